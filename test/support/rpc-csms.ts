import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import ocppRpc, { type RPCServer as OcppRpcServer } from 'ocpp-rpc';
import type { Payload } from '../../src/gateway/ports.ts';

const { RPCServer } = ocppRpc;

/** A CALL of a station as the CSMS got it. */
export type StationCall = { readonly station: string; readonly action: string; readonly payload: Payload };

type Peer = {
  readonly identity: string;
  handle(handler: (call: { readonly method: string; readonly params: Payload }) => unknown): void;
  call(method: string, params: Payload): Promise<Payload>;
  close(options: { readonly code: number; readonly force: boolean }): Promise<unknown>;
  on(event: string, listener: (report: unknown) => void): void;
  once(event: string, listener: () => void): void;
};

/**
 * The package `ocpp-rpc` as CSMS: its own RPC engine and its own copy of the published schemas of OCPP 1.6, which it
 * holds against every request and response, both ways.
 */
export class RpcCsms {
  readonly heard: StationCall[] = [];
  /** What broke a schema or the protocol, as the package reports it. */
  readonly violations: unknown[] = [];
  /** Answers a station's call; what it throws becomes a CALLERROR. */
  answer: (action: string, payload: Payload) => unknown = () => ({});
  readonly #server: OcppRpcServer;
  readonly #peers = new Map<string, Peer>();
  #http: Server | undefined;
  #away = false;

  /** Without strictness it sends whatever it is told to. */
  constructor({ strict = true } = {}) {
    this.#server = new RPCServer({ protocols: ['ocpp1.6'], strictMode: strict ? ['ocpp1.6'] : false });
    this.#server.auth((accept, reject) => (this.#away ? reject(503, 'away') : accept()));
    this.#server.on('client', (peer: Peer) => this.#welcome(peer));
  }

  /** Base URL; identities are appended. */
  get url(): string {
    return `ws://127.0.0.1:${this.port}/ocpp`;
  }

  /** On any free port unless told otherwise. */
  async start(port = 0): Promise<void> {
    this.#http = await this.#server.listen(port, '127.0.0.1');
  }

  get port(): number {
    const address = this.#http?.address() as AddressInfo;
    return address.port;
  }

  async stop(): Promise<void> {
    if (this.#http === undefined) return;
    const closed = once(this.#http, 'close');
    await this.#server.close({});
    await closed;
  }

  /** Cuts all connections and accepts none until `comeBack`. */
  async goAway(): Promise<void> {
    this.#away = true;
    await Promise.all([...this.#peers.values()].map((peer) => peer.close({ code: 1001, force: true })));
  }

  comeBack(): void {
    this.#away = false;
  }

  /** Calls a station that is connected; rejects with the package's error on a CALLERROR. */
  call(station: string, action: string, payload: Payload): Promise<Payload> {
    const peer = this.#peers.get(station);
    if (peer === undefined) throw new Error(`${station} is not connected`);
    return peer.call(action, payload);
  }

  /** What a station said under an action, oldest first. */
  of(station: string, action: string): readonly Payload[] {
    return this.heard
      .filter((call) => call.station === station && call.action === action)
      .map(({ payload }) => payload);
  }

  #welcome(peer: Peer): void {
    this.#peers.set(peer.identity, peer);
    peer.once('close', () => {
      if (this.#peers.get(peer.identity) === peer) this.#peers.delete(peer.identity);
    });
    peer.on('strictValidationFailure', (report) => this.violations.push(report));
    peer.on('badMessage', (report) => this.violations.push(report));
    peer.handle(({ method, params }) => {
      this.heard.push({ station: peer.identity, action: method, payload: params });
      return this.answer(method, params);
    });
  }
}

/** An error that the package sends as CALLERROR with this code. */
export function callError(code: string, description = 'because'): Error {
  const error: unknown = ocppRpc.createRPCError(code, description, {});
  if (error instanceof Error) return error;
  throw new Error(`ocpp-rpc makes no error of ${code}`);
}
