import { connect, type Socket } from 'node:net';
import { type ChargerAction } from '../wire/envelopes.ts';
import { HttpReader } from '../wire/http-reader.ts';
import { type Caller, RequestBytes } from '../wire/request-bytes.ts';

let messagesSent = 0;

/** One charger: a kept connection and one message at a time. */
export class Charger {
  readonly #caller: Caller;
  readonly #socket: Socket;
  readonly #reader = new HttpReader();
  readonly #requests = new Map<ChargerAction, RequestBytes>();
  #transactionId = 1;
  #answered: ((body: Buffer) => void) | undefined;

  private constructor(caller: Caller, socket: Socket) {
    this.#caller = caller;
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#take(chunk));
    socket.once('close', () => {
      if (this.#answered !== undefined) throw new Error(`the connection of ${caller.identity} was closed`);
    });
  }

  static async connect(port: number, caller: Caller): Promise<Charger> {
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new Charger(caller, socket);
  }

  get busy(): boolean {
    return this.#answered !== undefined;
  }

  /** Sends one message; `answered` is called with the body of its answer. */
  send(action: ChargerAction, answered: (body: Buffer) => void): void {
    if (this.busy) throw new Error(`${this.#caller.identity} waits for an answer already`);
    this.#answered = answered;
    messagesSent += 1;
    this.#socket.write(this.#requestOf(action).numbered(messagesSent));
  }

  /** False if the CSMS has not accepted it yet. */
  async boot(): Promise<boolean> {
    const boot = await this.#exchange('BootNotification');
    return !boot.includes('Pending') && !boot.includes('Rejected');
  }

  /** Boots and begins the transaction that its MeterValues belong to. */
  async prepare(): Promise<void> {
    if (!(await this.boot())) throw new Error(`the boot of ${this.#caller.identity} was not accepted`);
    const started = await this.#exchange('StartTransaction');
    const id = /transactionId>(\d+)</.exec(started)?.[1];
    if (id !== undefined) this.#transactionId = Number(id);
    this.#requests.clear();
  }

  close(): void {
    this.#answered = undefined;
    this.#socket.destroy();
  }

  #exchange(action: ChargerAction): Promise<string> {
    return new Promise((resolve) => this.send(action, (body) => resolve(body.toString())));
  }

  #requestOf(action: ChargerAction): RequestBytes {
    const known = this.#requests.get(action);
    if (known !== undefined) return known;
    const request = new RequestBytes(action, this.#caller, this.#transactionId);
    this.#requests.set(action, request);
    return request;
  }

  #take(chunk: Buffer): void {
    const message = this.#reader.take(chunk);
    const answered = this.#answered;
    if (message === undefined || answered === undefined) return;
    if (!message.firstLine.startsWith('HTTP/1.1 200')) {
      throw new Error(`${this.#caller.identity} was answered ${message.firstLine}: ${message.body.toString()}`);
    }
    this.#answered = undefined;
    answered(message.body);
  }
}
