import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Answer, Ask, AskTable } from './asks.ts';

export type ChildOptions = {
  readonly args?: readonly string[];
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

type Waiter = { readonly resolve: (output: unknown) => void; readonly reject: (problem: Error) => void };

/** A process of the bench, and what it can be asked. */
export class Child<A extends AskTable> {
  readonly pid: number;
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #waiters = new Map<number, Waiter>();
  #lastId = 0;

  private constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#process = child;
    this.pid = child.pid ?? 0;
    child.on('message', (message) => this.#settle(message as Answer));
    child.once('exit', (code, signal) => this.#ended(`${name} ended (${String(code ?? signal)})`));
  }

  /** Starts a compiled file of the bench; resolves when it says that it is ready. */
  static async start<A extends AskTable>(file: string, options: ChildOptions = {}): Promise<Child<A>> {
    const { args = [], execArgv = [], env = {} } = options;
    const stdio: ('ignore' | 'inherit' | 'ipc')[] = ['ignore', 'ignore', 'inherit', 'ipc'];
    const process_ = fork(file, args, { execArgv: [...execArgv], env: { ...process.env, ...env }, stdio });
    const child = new Child<A>(file.slice(file.lastIndexOf('/') + 1), process_);
    await new Promise<unknown>((resolve, reject) => child.#waiters.set(0, { resolve, reject }));
    return child;
  }

  /** Asks, and waits for the answer; rejects when the process fails or ends. */
  ask<K extends keyof A & string>(name: K, ...[input]: Parameters<A[K]>): Promise<Awaited<ReturnType<A[K]>>> {
    this.#lastId += 1;
    const ask: Ask = { id: this.#lastId, name, input };
    return new Promise((resolve, reject) => {
      this.#waiters.set(ask.id, { resolve: resolve as (output: unknown) => void, reject });
      this.#process.send(ask);
    });
  }

  /** Ends the process, by asking first. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(timer);
  }

  #settle(answer: Answer): void {
    const waiter = this.#waiters.get(answer.id);
    this.#waiters.delete(answer.id);
    if (answer.kind === 'done') waiter?.resolve(answer.output);
    else waiter?.reject(new Error(`${this.#name}: ${answer.problem}`));
  }

  #ended(problem: string): void {
    for (const { reject } of this.#waiters.values()) reject(new Error(problem));
    this.#waiters.clear();
  }
}
