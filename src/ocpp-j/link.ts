import type {
  Clock,
  CsmsDoor,
  Delivery,
  LinkSettings,
  LinkState,
  Log,
  MessageLog,
  Meters,
  Payload,
} from '../gateway/ports.ts';
import { type BackOff, backOffMs } from './back-off.ts';
import { sameSettings } from './handshake.ts';
import { Session, type SessionLimits } from './session.ts';
import type { Slots } from './slots.ts';
import type { Connect, LinkSocket } from './socket.ts';

/**
 * The link of one station: it wants to be open from its creation until `close`.
 *
 * `waiting` (for the back-off, then for a free handshake slot) → `connecting` → `open` → lost, and `waiting` again.
 * A link that works starts its back-off from the beginning when it is lost: one that had an answer, or stayed open for
 * a while. `closing` is an open socket that we end ourselves: when it is gone, the link is `ended`, or it connects
 * again at once if its settings changed meanwhile. Until then no second socket is opened, since a CSMS may refuse it
 * while it holds the first.
 */
export class Link {
  readonly #station: string;
  readonly #surroundings: LinkSurroundings;
  #settings: LinkSettings;
  #phase: Phase = { kind: 'ended' };
  #failures = 0;
  #lastError: string | undefined;

  constructor(station: string, settings: LinkSettings, surroundings: LinkSurroundings) {
    this.#station = station;
    this.#settings = settings;
    this.#surroundings = surroundings;
    this.#waitForSlot();
  }

  state(): LinkState {
    const phase = this.#phase;
    if (phase.kind === 'ended' || (phase.kind === 'closing' && !phase.again)) return { kind: 'closed' };
    if (phase.kind === 'open') return { kind: 'open', sinceMs: phase.openedAtMs };
    const lastError = this.#lastError === undefined ? {} : { lastError: this.#lastError };
    return { kind: 'connecting', attempts: this.#failures, ...lastError };
  }

  deliver(action: string, payload: Payload, deadlineMs: number, seq?: number): Promise<Delivery> {
    if (this.#phase.kind === 'open') return this.#phase.session.call(action, payload, deadlineMs, seq);
    const reason = this.#lastError === undefined ? 'not connected yet' : `not connected: ${this.#lastError}`;
    return Promise.resolve({ kind: 'unreachable', reason, sent: false });
  }

  /** New settings reconnect, after the answer to a command that runs; a new ping interval alone does not. */
  change(settings: LinkSettings): void {
    const same = sameSettings(this.#settings, settings);
    this.#settings = settings;
    if (same && this.#phase.kind !== 'closing') return;
    this.#failures = 0;
    this.#lastError = undefined;
    const phase = this.#phase;
    const reconnect = () => {
      if (this.#phase === phase) this.#stop(normalClosure, 'new settings', true);
    };
    if (phase.kind === 'open') phase.session.afterAnswer(reconnect);
    else reconnect();
  }

  /** Ends the link for good; `onEnded` follows when the socket is gone. */
  close(code: number, reason: string): void {
    this.#stop(code, reason, false);
  }

  /** Called now and then: sends the ping that is due, and gives up on a peer that does not answer one. */
  sweep(): void {
    const phase = this.#phase;
    if (phase.kind !== 'open') return;
    const { clock, options } = this.#surroundings;
    const quietMs = clock.elapsed() - phase.heardOrPingedMs;
    const { pingIntervalS } = this.#settings;
    if (phase.awaitsPong) {
      if (quietMs >= options.pongDeadlineMs) this.#giveUp(phase, 'the CSMS does not answer pings');
    } else if (pingIntervalS > 0 && quietMs >= pingIntervalS * 1000) {
      phase.awaitsPong = true;
      phase.heardOrPingedMs = clock.elapsed();
      phase.socket.ping();
    }
  }

  #waitForSlot(): void {
    let leaveLine = (): void => undefined;
    this.#phase = { kind: 'waiting', cancel: () => leaveLine() };
    leaveLine = this.#surroundings.slots.take((giveBack) => this.#connect(giveBack));
  }

  #connect(giveBack: () => void): void {
    const { connect, clock, options } = this.#surroundings;
    try {
      const socket: LinkSocket = connect(this.#settings, {
        opened: () => this.#opened(socket),
        text: (text) => this.#heard(socket)?.session.receive(text),
        sign: () => this.#heard(socket),
        ended: (reason) => this.#ended(socket, reason),
      });
      const seconds = options.handshakeDeadlineMs / 1000;
      const cancelDeadline = clock.after(options.handshakeDeadlineMs, () =>
        socket.cut(`the CSMS did not finish the handshake within ${seconds} s`),
      );
      this.#phase = { kind: 'connecting', socket, giveBack, cancelDeadline };
    } catch (thrown) {
      // Settings that no connection can be made from: told in the state, and tried again like any other failure.
      giveBack();
      this.#retry(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  #opened(socket: LinkSocket): void {
    const phase = this.#phase;
    if (phase.kind !== 'connecting' || phase.socket !== socket) return;
    const { clock, door, log } = this.#surroundings;
    endHandshake(phase);
    this.#lastError = undefined;
    this.#phase = {
      kind: 'open',
      socket,
      session: this.#newSession(socket),
      openedAtMs: clock.now(),
      openedElapsedMs: clock.elapsed(),
      answered: false,
      awaitsPong: false,
      heardOrPingedMs: clock.elapsed(),
    };
    log.info('csms link opened', { station: this.#station, failures: this.#failures });
    door.linkOpened(this.#station);
  }

  #newSession(socket: LinkSocket): Session {
    const { door, clock, log, meters, messages, options } = this.#surroundings;
    return new Session({
      station: this.#station,
      serves: 'ChargePoint',
      clock,
      log,
      meters,
      messages,
      limits: options,
      send: (text) => socket.send(text),
      lacks: (action) => door.lacks(this.#station, action),
      command: (action, payload) => door.command(this.#station, action, payload),
      onAnswer: () => this.#answered(socket),
      onStuck: (timeouts) => this.#stuck(socket, timeouts),
    });
  }

  /** The open phase of this socket; whatever comes from it shows that the peer lives. */
  #heard(socket: LinkSocket): OpenPhase | undefined {
    const phase = this.#openPhase(socket);
    if (phase === undefined) return undefined;
    phase.awaitsPong = false;
    phase.heardOrPingedMs = this.#surroundings.clock.elapsed();
    return phase;
  }

  #answered(socket: LinkSocket): void {
    const phase = this.#openPhase(socket);
    if (phase !== undefined) phase.answered = true;
  }

  #stuck(socket: LinkSocket, timeouts: number): void {
    const phase = this.#openPhase(socket);
    if (phase !== undefined) this.#giveUp(phase, `the CSMS left ${timeouts} calls in a row unanswered`);
  }

  #openPhase(socket: LinkSocket): OpenPhase | undefined {
    return this.#phase.kind === 'open' && this.#phase.socket === socket ? this.#phase : undefined;
  }

  #ended(socket: LinkSocket, reason: string): void {
    const phase = this.#phase;
    switch (phase.kind) {
      case 'connecting':
        if (phase.socket !== socket) return;
        endHandshake(phase);
        this.#retry(reason);
        return;
      case 'open':
        if (phase.socket === socket) this.#lose(phase, reason);
        return;
      case 'closing':
        if (phase.socket !== socket) return;
        if (phase.again) this.#waitForSlot();
        else this.#end();
        return;
      case 'waiting':
      case 'ended':
        return;
    }
  }

  #giveUp(phase: OpenPhase, reason: string): void {
    this.#lose(phase, reason);
    phase.socket.cut(reason);
  }

  #lose(phase: OpenPhase, reason: string): void {
    const { clock, door, meters, options } = this.#surroundings;
    const openMs = clock.elapsed() - phase.openedElapsedMs;
    if (phase.answered || openMs >= options.steadyAfterMs) this.#failures = 0;
    this.#retry(reason);
    meters.reconnect();
    phase.session.end(reason);
    door.linkClosed(this.#station);
  }

  #retry(reason: string): void {
    const { clock, chance, log, options } = this.#surroundings;
    const isNews = reason !== this.#lastError;
    this.#failures += 1;
    this.#lastError = reason;
    const waitMs = Math.round(backOffMs(this.#failures, options.backOff, chance()));
    this.#phase = { kind: 'waiting', cancel: clock.after(waitMs, () => this.#waitForSlot()) };
    const fields = { station: this.#station, reason, failures: this.#failures, waitMs };
    if (isNews) log.warn('csms link failed', fields);
    else log.debug('csms link failed', fields);
  }

  #stop(code: number, reason: string, again: boolean): void {
    const phase = this.#phase;
    switch (phase.kind) {
      case 'waiting':
        phase.cancel();
        this.#proceed(again);
        return;
      case 'connecting':
        endHandshake(phase);
        // From here on this socket's events are nobody's.
        this.#phase = { kind: 'ended' };
        phase.socket.cut(reason);
        this.#proceed(again);
        return;
      case 'open':
        this.#phase = { kind: 'closing', socket: phase.socket, again };
        phase.session.end(reason);
        phase.socket.close(code, reason);
        this.#surroundings.door.linkClosed(this.#station);
        return;
      case 'closing':
        this.#phase = { ...phase, again };
        return;
      case 'ended':
        return;
    }
  }

  #proceed(again: boolean): void {
    if (again) this.#waitForSlot();
    else this.#end();
  }

  #end(): void {
    this.#phase = { kind: 'ended' };
    this.#surroundings.onEnded();
  }
}

export type LinkSurroundings = {
  readonly door: CsmsDoor;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
  readonly messages: MessageLog;
  /** Shared by all links. */
  readonly slots: Slots;
  readonly connect: Connect;
  /** Evenly distributed in [0, 1). */
  readonly chance: () => number;
  readonly options: LinkOptions;
  readonly onEnded: () => void;
};

export type LinkOptions = SessionLimits & {
  readonly backOff: BackOff;
  readonly handshakeDeadlineMs: number;
  readonly pongDeadlineMs: number;
  /** A link that was open for so many ms counts as working, answered calls or not. */
  readonly steadyAfterMs: number;
};

type Phase =
  | { readonly kind: 'waiting'; readonly cancel: () => void }
  | ConnectingPhase
  | OpenPhase
  | { readonly kind: 'closing'; readonly socket: LinkSocket; readonly again: boolean }
  | { readonly kind: 'ended' };

type ConnectingPhase = {
  readonly kind: 'connecting';
  readonly socket: LinkSocket;
  readonly giveBack: () => void;
  readonly cancelDeadline: () => void;
};

type OpenPhase = {
  readonly kind: 'open';
  readonly socket: LinkSocket;
  readonly session: Session;
  readonly openedAtMs: number;
  readonly openedElapsedMs: number;
  answered: boolean;
  awaitsPong: boolean;
  heardOrPingedMs: number;
};

/** RFC 6455 §7.4.1 */
const normalClosure = 1000;

function endHandshake({ giveBack, cancelDeadline }: ConnectingPhase): void {
  giveBack();
  cancelDeadline();
}
