import type { WebSocket } from 'ws';
import { RateLimiter } from '../front-door/rates.ts';
import type {
  ChargerCaller,
  Claim,
  Clock,
  ConnectionDoor,
  Delivery,
  Log,
  MessageLog,
  Meters,
} from '../gateway/ports.ts';
import { ChargerConnection } from './charger-connection.ts';
import type { JsonLimits } from './server-limits.ts';

export type ConnectionsParts = {
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
  readonly messages: MessageLog;
  readonly limits: JsonLimits;
};

/** The connections of all chargers with OCPP-J, over whichever listener they came: one for each, the newest. */
export class ChargerConnections implements ChargerCaller {
  readonly #parts: ConnectionsParts;
  readonly #rates: RateLimiter;
  readonly #open = new Map<string, ChargerConnection>();
  #cancelSweep: (() => void) | undefined;
  #onEmpty: () => void = () => undefined;

  constructor(parts: ConnectionsParts) {
    this.#parts = parts;
    this.#rates = new RateLimiter(parts.limits.rates.perCharger);
  }

  /** Takes over a connection that was admitted under `identity`; an older one of the same charger is closed. */
  add(socket: WebSocket, identity: string, claim: Claim, door: ConnectionDoor): void {
    const { log } = this.#parts;
    const key = identity.toLowerCase();
    const before = this.#open.get(key);
    const ended = (connection: ChargerConnection): void => this.#remove(key, connection, door);
    const around = { ...this.#parts, rates: this.#rates, door, ended };
    this.#open.set(key, new ChargerConnection(socket, identity, claim, around));
    before?.close(policyViolation, 'another connection of this charger took its place');
    log.info('charger connected', { station: identity, peer: claim.peerAddress, replaced: before !== undefined });
    door.opened(identity);
    if (this.#cancelSweep === undefined) this.#sweepLater();
  }

  /** OCPP-J begins with 1.6, which is the house language: it has every operation. */
  can(): boolean {
    return true;
  }

  call: ChargerCaller['call'] = (target, action, payload, deadlineMs) => {
    const connection = this.#open.get(target.identity.toLowerCase());
    return connection?.call(action, payload, deadlineMs) ?? Promise.resolve(notConnected);
  };

  /** Ends all connections, each once the call under way on it has been answered; those that take longer at `graceMs`. */
  async close(graceMs: number): Promise<void> {
    const reason = 'the gateway stops';
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    const cancel = this.#parts.clock.after(graceMs, () => {
      for (const connection of this.#open.values()) connection.close(goingAway, reason);
    });
    for (const connection of this.#open.values()) connection.closeAfterAnswer(goingAway, reason);
    if (this.#open.size > 0) await empty;
    cancel();
  }

  #remove(key: string, connection: ChargerConnection, door: ConnectionDoor): void {
    if (this.#open.get(key) !== connection) return;
    this.#open.delete(key);
    door.closed(connection.identity);
    if (this.#open.size > 0) return;
    this.#cancelSweep?.();
    this.#cancelSweep = undefined;
    this.#onEmpty();
  }

  #sweepLater(): void {
    this.#cancelSweep = this.#parts.clock.after(sweepMs, () => {
      for (const connection of this.#open.values()) connection.sweep();
      if (this.#open.size > 0) this.#sweepLater();
    });
  }
}

/** Between two looks at what pings are due. */
const sweepMs = 1_000;

const notConnected: Delivery = { kind: 'unreachable', reason: 'it is not connected', sent: false };

/** RFC 6455 §7.4.1 */
const goingAway = 1001;
const policyViolation = 1008;
