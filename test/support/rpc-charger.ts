import ocppRpc, { type IHandlersOption, type RPCClient as OcppRpcClient } from 'ocpp-rpc';
import type { Payload } from '../../src/gateway/ports.ts';

const { RPCClient } = ocppRpc;

export type ChargerWishes = {
  readonly password?: string | Buffer;
  /** Default: ocpp1.6. */
  readonly protocols?: readonly string[];
  /** What the `ws` client is told beside: certificates, the address it speaks from. */
  readonly socket?: Readonly<Record<string, unknown>>;
  /** Comes back by itself when its connection is lost. */
  readonly reconnect?: boolean;
};

/**
 * The package `ocpp-rpc` as a charger with OCPP-J 1.6: its own RPC engine and its own copy of the published schemas,
 * which it holds against every request and response, both ways.
 */
export class RpcCharger {
  readonly identity: string;
  /** Calls of the gateway, oldest first. */
  readonly called: { readonly action: string; readonly payload: Payload }[] = [];
  /** What broke a schema or the protocol, as the package reports it. */
  readonly violations: unknown[] = [];
  /** Codes of the closes that it saw. */
  readonly closed: number[] = [];
  /** Answers a call of the gateway; what it throws becomes a CALLERROR. */
  react: (action: string, payload: Payload) => unknown = () => ({ status: 'Accepted' });
  readonly #client: OcppRpcClient;

  constructor(identity: string, url: string, wishes: ChargerWishes = {}) {
    const { password = null, protocols = ['ocpp1.6'], socket = {}, reconnect = false } = wishes;
    this.identity = identity;
    const options: Record<string, unknown> = {
      endpoint: url,
      identity,
      password,
      protocols: [...protocols],
      strictMode: protocols.includes('ocpp1.6') ? ['ocpp1.6'] : false,
      wsOpts: socket,
      reconnect,
      pingIntervalMs: 0,
      callTimeoutMs: 60_000,
      backoff: { initialDelay: 20, maxDelay: 200, factor: 2, randomisationFactor: 0.5 },
    };
    this.#client = new RPCClient(options as never);
    this.#client.on('strictValidationFailure', (report) => this.violations.push(report));
    this.#client.on('badMessage', (report) => this.violations.push(report));
    this.#client.on('disconnect', ({ code }: { readonly code: number }) => this.closed.push(code));
    this.#client.handle((call) => this.#serve(call));
  }

  async connect(): Promise<this> {
    await this.#client.connect();
    return this;
  }

  /** Resolves with the conf; rejects with the package's error on a CALLERROR, and when the connection is lost. */
  say(action: string, payload: Payload): Promise<Payload> {
    return this.#client.call(action, payload) as Promise<Payload>;
  }

  boot(): Promise<Payload> {
    return this.say('BootNotification', { chargePointVendor: 'Young Iron', chargePointModel: 'J1' });
  }

  /** Ends with a close frame. */
  async close(): Promise<void> {
    await this.#client.close({ code: 1000, reason: 'test' });
  }

  /** Ends without a word. */
  async cut(): Promise<void> {
    await this.#client.close({ force: true });
  }

  async #serve({ method = '', params = {} }: IHandlersOption): Promise<Payload> {
    this.called.push({ action: method, payload: params });
    return (await this.react(method, params)) as Payload;
  }
}
