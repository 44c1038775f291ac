import { randomBytes } from 'node:crypto';
import type { Clock, CommandReply, Delivery, Log, MessageLog, MeterSide, Meters, Payload } from '../gateway/ports.ts';
import { jsonActionsOf } from '../ocpp/actions.ts';
import { OcppError } from '../ocpp/errors.ts';
import type { ServiceName } from '../ocpp/schema.ts';
import { tolerated } from '../ocpp/tolerance.ts';
import { validateJsonRequest, validateJsonResponse, withoutNulls } from '../ocpp/validation.ts';
import { Calls, type CallTrace } from './calls.ts';
import { type Command, Commands } from './commands.ts';
import { errorCodeOf } from './errors.ts';
import type { Peer } from './failures.ts';
import { type Reading, readFrame, writeError, writeResult } from './frames.ts';

/**
 * OCPP-J 1.6 on one connection, without the connection: text goes in by `receive` and out by `send`. It lives from the
 * moment the socket opens until `end`, and holds one lane for each direction (`calls.ts`, `commands.ts`), which do not
 * wait for each other: crossing calls are legal. Everything that crosses is validated both ways; what cannot be read is
 * answered with a CALLERROR when it may have been a call, and counted when it was not.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #calls: Calls;
  readonly #commands: Commands;

  constructor(options: SessionOptions) {
    const { clock, limits } = options;
    this.#options = options;
    this.#calls = new Calls({
      clock,
      idPrefix: `${randomBytes(6).toString('base64url')}.`,
      maxWaiting: limits.maxWaitingCalls,
      maxTimeoutsInRow: limits.maxTimeoutsInRow,
      send: options.send,
      onOver: (action, delivery, trace) => this.#over(action, delivery, trace),
      onStuck: options.onStuck,
    });
    this.#commands = new Commands({
      clock,
      maxWaiting: limits.maxWaitingCommands,
      deadlineMs: () => limits.commandDeadlineMs,
      overdue: peers[options.serves].overdue,
      execute: (command) => this.#execute(command),
      answer: (command, reply) => this.#answer(command, reply),
      unheard: (command) => this.#said(command, 'silence', undefined),
    });
  }

  get #peer(): PeerWords {
    return peers[this.#options.serves];
  }

  /** Sends one call when its turn has come; resolves with the answer, or when `deadlineMs` from now have passed. */
  async call(action: string, payload: Payload, deadlineMs: number, seq?: number): Promise<Delivery> {
    const delivery = this.#refuseInvalid(action, payload) ?? (await this.#calls.make(action, payload, deadlineMs, seq));
    this.#options.meters.message(this.#peer.side, 'out', action, outcomeOf(delivery));
    return delivery;
  }

  /** Takes one text frame of the peer. */
  receive(text: string): void {
    const reading = readFrame(text);
    switch (reading.kind) {
      case 'call':
        this.#commands.take(this.#commandOf(reading, text));
        return;
      case 'result':
        this.#result(reading.id, reading.payload, text);
        return;
      case 'error':
        this.#settle(reading.id, refusedBy(reading), text);
        return;
      case 'brokenResult':
        this.#settle(reading.id, this.#unusable(new OcppError('FormationViolation', reading.description)), text);
        return;
      case 'broken':
        this.#refuseFrame(reading, text);
        return;
      case 'ignored':
        if (reading.rule !== 'empty') this.#options.meters.anomaly(`json_${reading.rule}`);
        return;
    }
  }

  /** Calls `run` when the peer's call that runs has been answered, at once when none runs. */
  afterAnswer(run: () => void): void {
    this.#commands.afterAnswer(run);
  }

  /** The connection is gone. */
  end(reason: string): void {
    this.#commands.end();
    this.#calls.end(reason);
  }

  /** What we send was validated where it came from: a failure here is our own bug, and no reason to bother the peer. */
  #refuseInvalid(action: string, payload: Payload): Delivery | undefined {
    try {
      validateJsonRequest(action, payload);
      return undefined;
    } catch (thrown) {
      const { message } = OcppError.from(thrown);
      this.#options.log.error('invalid call withheld', { station: this.#options.station, action }, thrown);
      return { kind: 'refused', code: 'InternalError', description: `not sent, invalid: ${message}`, details: {} };
    }
  }

  #commandOf({ token, action, payload }: ReadCall, text: string): Command {
    const { clock } = this.#options;
    return { token, action, payload, text, atMs: clock.now(), elapsedMs: clock.elapsed() };
  }

  #refuseFrame({ token, rule, description }: BrokenFrame, text: string): void {
    const { meters, send } = this.#options;
    const answer = writeError(token, 'FormationViolation', description);
    meters.securityReject(`json_${rule}`);
    send(answer);
    this.#said(this.#commandOf({ token, action: '', payload: {} }, text), 'FormationViolation', answer);
  }

  #result(id: string, received: Payload, text: string): void {
    const action = this.#calls.openAction(id);
    if (action === undefined) {
      this.#strayAnswer(id);
      return;
    }
    this.#calls.settle(this.#readAnswer(action, withoutNulls(received)), text);
  }

  #readAnswer(action: string, payload: Payload): Delivery {
    try {
      validateJsonResponse(action, payload);
      return { kind: 'answered', payload };
    } catch (thrown) {
      const error = OcppError.from(thrown);
      const fields = { station: this.#options.station, action, fault: error.message };
      this.#options.log.warn(this.#peer.invalidAnswer, fields);
      return this.#unusable(error);
    }
  }

  /** The peer has the message, and its answer cannot be used: as bad as a refusal, and never taken for success. */
  #unusable({ code, message, details }: OcppError): Delivery {
    return { kind: 'refused', code, description: `invalid answer of ${this.#peer.name}: ${message}`, details };
  }

  #settle(id: string, delivery: Delivery, text: string): void {
    if (this.#calls.openAction(id) === undefined) this.#strayAnswer(id);
    else this.#calls.settle(delivery, text);
  }

  #over(action: string, delivery: Delivery, trace: CallTrace): void {
    const { station, meters, messages, onAnswer } = this.#options;
    const { side } = this.#peer;
    if (trace.latencyMs !== undefined) {
      meters.callDuration(side, action, trace.latencyMs / 1000);
      onAnswer();
    }
    messages.said({ station, side, direction: 'out', action, outcome: outcomeOf(delivery), ...trace });
  }

  #strayAnswer(id: string): void {
    this.#options.meters.anomaly(this.#calls.late(id) ? 'json_lateAnswer' : 'json_unknownAnswer');
  }

  async #execute({ action, payload }: Command): Promise<CommandReply> {
    const { serves, lacks } = this.#options;
    if (!jsonActionsOf(serves).has(action) || lacks(action))
      return { kind: 'refused', error: notServed(action, serves) };
    const wanted = tolerated(action, withoutNulls(payload));
    validateJsonRequest(action, wanted);
    const reply = await this.#options.command(action, wanted);
    if (reply.kind === 'answered') checkReply(action, reply.payload);
    return reply;
  }

  #answer(command: Command, reply: CommandReply): void {
    const { station, log, meters, send, serves } = this.#options;
    const { token, action } = command;
    // Names from the wire never become labels.
    const label = jsonActionsOf(serves).has(action) ? action : 'unknown';
    const outcome = reply.kind === 'answered' ? 'answered' : reply.error.code;
    meters.message(this.#peer.side, 'in', label, outcome);
    if (reply.kind === 'answered') {
      const text = writeResult(token, reply.payload);
      send(text);
      this.#said(command, outcome, text, reply.seq);
      return;
    }
    const { code, message, details, cause } = reply.error;
    if (code === 'InternalError' && cause !== undefined) log.error('command failed', { station, action: label }, cause);
    const text = writeError(token, code, message, details);
    send(text);
    this.#said(command, outcome, text);
  }

  /** A call of the peer, and our answer, if there was one. */
  #said({ action, text, atMs, elapsedMs }: Command, outcome: string, answer: string | undefined, seq?: number): void {
    const { station, clock, messages, serves } = this.#options;
    messages.said({
      atMs,
      station,
      side: this.#peer.side,
      direction: 'in',
      action: jsonActionsOf(serves).has(action) ? action : '',
      outcome,
      latencyMs: answer === undefined ? undefined : clock.elapsed() - elapsedMs,
      request: text,
      answer,
      seq,
    });
  }
}

type ReadCall = Pick<Command, 'token' | 'action' | 'payload'>;
type BrokenFrame = Extract<Reading, { kind: 'broken' }>;

export type SessionOptions = {
  readonly station: string;
  /** The service that this side is: a charger serves ChargePoint. */
  readonly serves: ServiceName;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
  readonly messages: MessageLog;
  readonly limits: SessionLimits;
  readonly send: (text: string) => void;
  /** True for an operation that the station does not have; answered NotImplemented. */
  readonly lacks: (action: string) => boolean;
  /** Executes a valid call of the peer. */
  readonly command: (action: string, payload: Payload) => Promise<CommandReply>;
  /** The peer answered a call: the connection works. */
  readonly onAnswer: () => void;
  /** The peer left so many calls in a row unanswered that the connection should be replaced. */
  readonly onStuck: (timeouts: number) => void;
};

export type SessionLimits = {
  /** Calls of ours that may wait behind the open one. */
  readonly maxWaitingCalls: number;
  /** Calls of the peer that may wait behind the open one. */
  readonly maxWaitingCommands: number;
  readonly maxTimeoutsInRow: number;
  /** Ms after which a call of the peer is answered with an error, waiting not counted. */
  readonly commandDeadlineMs: number;
};

type PeerWords = {
  readonly name: Peer;
  readonly side: MeterSide;
  readonly invalidAnswer: string;
  /** What a peer hears whose call took too long. */
  readonly overdue: string;
};

/** Who is at the other end, by the service that this end is. */
const peers: Readonly<Record<ServiceName, PeerWords>> = {
  ChargePoint: {
    name: 'the CSMS',
    side: 'json',
    invalidAnswer: 'answer of csms found invalid',
    overdue: 'the charger did not answer in time',
  },
  CentralSystem: {
    name: 'the charger',
    side: 'json-charger',
    invalidAnswer: 'answer of charger found invalid',
    overdue: 'no answer was found in time',
  },
};

function outcomeOf(delivery: Delivery): string {
  return delivery.kind === 'refused' ? delivery.code : delivery.kind;
}

/** An error code that no version of OCPP knows stays readable in the description. */
function refusedBy({ code, description, details }: Extract<Reading, { kind: 'error' }>): Delivery {
  const known = errorCodeOf(code);
  if (known !== undefined) return { kind: 'refused', code: known, description, details };
  return { kind: 'refused', code: 'GenericError', description: `${code}: ${description}`, details };
}

/** Our own answers are checked as well: an invalid one is our bug, and the peer gets InternalError. */
function checkReply(action: string, payload: Payload): void {
  try {
    validateJsonResponse(action, payload);
  } catch (cause) {
    throw new OcppError('InternalError', 'internal error', { cause });
  }
}

function notServed(action: string, serves: ServiceName): OcppError {
  const other: ServiceName = serves === 'ChargePoint' ? 'CentralSystem' : 'ChargePoint';
  return jsonActionsOf(other).has(action)
    ? new OcppError('NotSupported', `${action} is not a call to a ${serves}`)
    : new OcppError('NotImplemented', `${action.slice(0, 60)} is not an action of OCPP 1.6`);
}
