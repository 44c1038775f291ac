import type {
  Clock,
  CsmsDoor,
  CsmsLinks,
  Delivery,
  LinkSettings,
  LinkState,
  Log,
  MessageLog,
  Meters,
  Payload,
} from '../gateway/ports.ts';
import { Link, type LinkOptions, type LinkSurroundings } from './link.ts';
import { Slots } from './slots.ts';
import { type Connect, type SocketOptions, webSockets } from './socket.ts';

export type CsmsLinkOptions = LinkOptions &
  SocketOptions & {
    /** Handshakes that run at once, over all stations. */
    readonly maxConnecting: number;
    /** Ms between two looks at what pings are due. */
    readonly sweepIntervalMs: number;
  };

/**
 * Defaults; see the fields. No compression: with 2.5 KB MeterValues it took 120 KB more a charger and three times the CPU.
 */
export const csmsLinkDefaults: CsmsLinkOptions = {
  backOff: { minMs: 1_000, maxMs: 300_000 },
  handshakeDeadlineMs: 15_000,
  pongDeadlineMs: 10_000,
  steadyAfterMs: 60_000,
  maxWaitingCalls: 100,
  maxWaitingCommands: 20,
  maxTimeoutsInRow: 3,
  commandDeadlineMs: 60_000,
  maxPayloadBytes: 256 * 1024,
  maxBufferedBytes: 1024 * 1024,
  compressFromBytes: undefined,
  closeDeadlineMs: 2_000,
  maxConnecting: 50,
  sweepIntervalMs: 1_000,
};

export type CsmsLinksParts = {
  readonly door: CsmsDoor;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
  readonly messages: MessageLog;
  /** Read whenever they are needed; default: `csmsLinkDefaults`. */
  readonly options?: CsmsLinkOptions;
  /** Tests replace the network and the dice. */
  readonly connect?: Connect;
  readonly chance?: () => number;
};

/** The links of all stations to their CSMS: one WebSocket per station, one timer for all their pings. */
export function createCsmsLinks(parts: CsmsLinksParts): CsmsLinks {
  return new WebSocketLinks(parts);
}

class WebSocketLinks implements CsmsLinks {
  readonly #links = new Map<string, Link>();
  readonly #common: Omit<LinkSurroundings, 'onEnded'>;
  readonly #options: CsmsLinkOptions;
  #cancelSweep: (() => void) | undefined;
  #emptied: Promise<void> | undefined;
  #onEmpty: (() => void) | undefined;

  constructor({ door, clock, log, meters, messages, options, connect, chance }: CsmsLinksParts) {
    this.#options = options ?? csmsLinkDefaults;
    this.#common = {
      door,
      clock,
      log,
      meters,
      messages,
      slots: new Slots(this.#options.maxConnecting),
      connect: connect ?? webSockets(this.#options),
      chance: chance ?? Math.random,
      options: this.#options,
    };
  }

  open(station: string, settings: LinkSettings): void {
    if (this.#emptied !== undefined) return;
    const link = this.#links.get(station);
    if (link === undefined) this.#add(station, settings);
    else link.change(settings);
  }

  close(station: string): void {
    this.#links.get(station)?.close(normalClosure, 'the charger is offline');
  }

  state(station: string): LinkState {
    return this.#links.get(station)?.state() ?? { kind: 'closed' };
  }

  deliver(station: string, action: string, payload: Payload, deadlineMs: number, seq?: number): Promise<Delivery> {
    const link = this.#links.get(station);
    if (link !== undefined) return link.deliver(action, payload, deadlineMs, seq);
    return Promise.resolve({ kind: 'unreachable', reason: 'no link is wanted for this station', sent: false });
  }

  shutdown(): Promise<void> {
    this.#emptied ??= new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const link of this.#links.values()) link.close(goingAway, 'the gateway stops');
    this.#endIfEmpty();
    return this.#emptied;
  }

  #add(station: string, settings: LinkSettings): void {
    const onEnded = (): void => {
      this.#links.delete(station);
      this.#endIfEmpty();
    };
    this.#links.set(station, new Link(station, settings, { ...this.#common, onEnded }));
    if (this.#cancelSweep === undefined) this.#sweepLater();
  }

  #sweepLater(): void {
    this.#cancelSweep = this.#common.clock.after(this.#options.sweepIntervalMs, () => {
      for (const link of this.#links.values()) link.sweep();
      this.#sweepLater();
    });
  }

  #endIfEmpty(): void {
    if (this.#links.size > 0) return;
    this.#cancelSweep?.();
    this.#cancelSweep = undefined;
    this.#onEmpty?.();
  }
}

/** RFC 6455 §7.4.1 */
const normalClosure = 1000;
const goingAway = 1001;
