import type { Clock, CommandReply, Payload } from '../gateway/ports.ts';
import { OcppError } from '../ocpp/errors.ts';

/**
 * The calls that the peer makes on one connection, answered one at a time in the order in which they came. A peer that
 * sends a second one before the answer (it should not, OCPP-J 1.6 §4.1.1) waits in a short queue; beyond it, calls are
 * refused at once. A command that takes too long is answered with an error and its late reply dropped.
 */
export class Commands {
  readonly #options: CommandsOptions;
  readonly #waiting: Command[] = [];
  #open: Command | undefined;
  #afterAnswer: () => void = () => undefined;
  #ended = false;

  constructor(options: CommandsOptions) {
    this.#options = options;
  }

  take(command: Command): void {
    if (this.#waiting.length >= this.#options.maxWaiting) {
      this.#options.answer(command, refusal('GenericError', 'too many calls are waiting for an answer'));
      return;
    }
    this.#waiting.push(command);
    this.#runNext();
  }

  /** Calls `run` when the command that runs has been answered, at once when none runs. */
  afterAnswer(run: () => void): void {
    if (this.#open === undefined) run();
    else this.#afterAnswer = run;
  }

  /** The connection is gone: what waits is forgotten, what runs is not answered. */
  end(): void {
    this.#ended = true;
    this.#waiting.length = 0;
  }

  #runNext(): void {
    if (this.#open !== undefined) return;
    const command = this.#waiting.shift();
    if (command === undefined) return;
    this.#open = command;
    const cancel = this.#options.clock.after(this.#options.deadlineMs(), () =>
      this.#finish(command, refusal('InternalError', this.#options.overdue)),
    );
    this.#options.execute(command).then(
      (reply) => this.#finish(command, reply, cancel),
      (thrown: unknown) => this.#finish(command, { kind: 'refused', error: OcppError.from(thrown) }, cancel),
    );
  }

  #finish(command: Command, reply: CommandReply, cancel?: () => void): void {
    cancel?.();
    if (this.#open !== command) return;
    this.#open = undefined;
    if (this.#ended) {
      this.#options.unheard(command);
      return;
    }
    this.#options.answer(command, reply);
    this.#afterAnswer();
    this.#runNext();
  }
}

export type Command = {
  /** The message id as it stands in the frame. */
  readonly token: string;
  readonly action: string;
  readonly payload: Payload;
  /** The frame, and when it came: wall clock, and monotonic. */
  readonly text: string;
  readonly atMs: number;
  readonly elapsedMs: number;
};

export type CommandsOptions = {
  readonly clock: Clock;
  readonly maxWaiting: number;
  readonly deadlineMs: () => number;
  /** What the peer hears after `deadlineMs`. */
  readonly overdue: string;
  readonly execute: (command: Command) => Promise<CommandReply>;
  readonly answer: (command: Command, reply: CommandReply) => void;
  /** The connection ended before the command was answered. */
  readonly unheard: (command: Command) => void;
};

function refusal(code: 'GenericError' | 'InternalError', description: string): CommandReply {
  return { kind: 'refused', error: new OcppError(code, description) };
}
