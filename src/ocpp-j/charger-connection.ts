import type { WebSocket } from 'ws';
import type { RateLimiter } from '../front-door/rates.ts';
import type {
  Claim,
  Clock,
  CommandReply,
  ConnectionDoor,
  Delivery,
  Log,
  MessageLog,
  Meters,
  Payload,
} from '../gateway/ports.ts';
import { OcppError } from '../ocpp/errors.ts';
import { FrameSocket } from './frame-socket.ts';
import type { JsonLimits } from './server-limits.ts';
import { Session } from './session.ts';

/**
 * One open connection of a charger that was admitted. It is open until `ended` is called, once; whoever ends it and why,
 * from then on nothing more is heard or said.
 *
 * A charger that sends faster than its rate allows is not refused, since it would drop what is refused: its frames stay
 * in the network until their time has come. A charger that is quiet is pinged, and cut when it does not answer.
 */
export class ChargerConnection {
  readonly identity: string;
  readonly #claim: Claim;
  readonly #around: ConnectionSurroundings;
  readonly #frames: FrameSocket;
  readonly #session: Session;
  readonly #openedMs: number;
  #heardMs: number;
  #awaitsPong = false;
  /** Cancels the end of a pause; undefined while the charger is read. */
  #cancelPause: (() => void) | undefined;
  #over = false;

  constructor(socket: WebSocket, identity: string, claim: Claim, around: ConnectionSurroundings) {
    const { clock, log, meters, messages, limits } = around;
    this.identity = identity;
    this.#claim = claim;
    this.#around = around;
    this.#openedMs = clock.elapsed();
    this.#heardMs = this.#openedMs;
    const events = {
      text: (text: string) => this.#receive(text),
      sign: () => this.#heard(),
      ended: (reason: string) => this.#finish(reason),
    };
    this.#frames = new FrameSocket(socket, 'the charger', events, limits);
    this.#session = new Session({
      station: identity,
      serves: 'CentralSystem',
      clock,
      log,
      meters,
      messages,
      limits,
      send: (text) => this.#frames.send(text),
      lacks: () => false,
      command: (action, payload) => this.#answer(action, payload),
      onAnswer: () => undefined,
      onStuck: (timeouts) => this.#cut(`the charger left ${timeouts} calls in a row unanswered`),
    });
  }

  /** Sends one call when its turn has come; resolves with the answer, or when `deadlineMs` from now have passed. */
  call(action: string, payload: Payload, deadlineMs: number): Promise<Delivery> {
    return this.#session.call(action, payload, deadlineMs);
  }

  /** Ends it with a close frame. */
  close(code: number, reason: string): void {
    this.#frames.close(code, reason);
    this.#finish(reason);
  }

  /** As `close`, once the call that is under way has been answered. */
  closeAfterAnswer(code: number, reason: string): void {
    this.#session.afterAnswer(() => this.close(code, reason));
  }

  /** Called now and then: sends the ping that is due, and gives up on a charger that does not answer one. */
  sweep(): void {
    const { clock, limits } = this.#around;
    if (this.#over || this.#cancelPause !== undefined) return;
    const quietMs = clock.elapsed() - this.#heardMs;
    if (this.#awaitsPong) {
      if (quietMs >= limits.pongDeadlineMs) this.#cut('the charger does not answer pings');
    } else if (limits.pingIntervalMs > 0 && quietMs >= limits.pingIntervalMs) {
      this.#awaitsPong = true;
      this.#heardMs = clock.elapsed();
      this.#frames.ping();
    }
  }

  #heard(): void {
    this.#awaitsPong = false;
    this.#heardMs = this.#around.clock.elapsed();
  }

  #receive(text: string): void {
    if (this.#over) return;
    this.#heard();
    this.#slowDown();
    this.#session.receive(text);
  }

  #slowDown(): void {
    const { clock, limits, meters, rates } = this.#around;
    if (rates.take(this.identity.toLowerCase(), clock.elapsed()) || this.#cancelPause !== undefined) return;
    meters.securityReject('chargerRate');
    this.#frames.pause();
    this.#cancelPause = clock.after(1000 / limits.rates.perCharger.perSecond, () => {
      this.#cancelPause = undefined;
      this.#heard();
      this.#frames.resume();
    });
  }

  async #answer(action: string, payload: Payload): Promise<CommandReply> {
    const { door, log, meters } = this.#around;
    const reply = await door.receive(this.#claim, { action, payload, anomalies: [] });
    if (reply.kind !== 'silence') return reply;
    const { reason } = reply;
    log.warn('json call left unanswered', { station: this.identity, action, reason });
    meters.message('json-charger', 'in', action, 'silence');
    this.close(tryAgainLater, 'the gateway can keep nothing now');
    // Nobody hears it: the session is over, and the charger keeps its message.
    return { kind: 'refused', error: new OcppError('InternalError', reason) };
  }

  #cut(reason: string): void {
    this.#frames.cut(reason);
    this.#finish(reason);
  }

  #finish(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelPause?.();
    this.#session.end(reason);
    const { clock, log } = this.#around;
    const openS = Math.round((clock.elapsed() - this.#openedMs) / 1000);
    log.info('charger disconnected', { station: this.identity, reason, openS });
    this.#around.ended(this);
  }
}

export type ConnectionSurroundings = {
  readonly door: ConnectionDoor;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
  readonly messages: MessageLog;
  readonly limits: JsonLimits;
  /** Of all connections, by identity in lower case: to connect anew is no way to be faster. */
  readonly rates: RateLimiter;
  readonly ended: (connection: ChargerConnection) => void;
};

/** IANA registry of WebSocket close codes */
const tryAgainLater = 1013;
