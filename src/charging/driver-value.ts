import { limitAt } from '../../optimizer/composite.ts';
import { emptyStore } from '../../optimizer/profiles.ts';
import { stacksOf } from '../../optimizer/stacks.ts';
import { constantLimit } from '../../optimizer/station.ts';
import type { DrivenCharger } from './driver-charger.ts';
import { outcomeOf } from './driver-outcome.ts';
import { type Failure, Patience } from './driver-patience.ts';
import type { Next } from './driver-room.ts';
import { keyFor, limitUnit, minimumTenths, readValue, type Value, valueFor, valueOf, writeRequest } from './means.ts';
import type { Write } from './models.ts';

/*
 * One value that lies in a charger (of one connector; 0: of the station or of every connector) and follows the limit.
 *
 * settled: what was written last is what the limit asks for, and the charger has confirmed it. Sleeps until the stack
 *   changes by itself, or is woken by an update.
 * due: the limit asks for another value. A lower one is written at once: the value is all that holds the car to its limit.
 *   A higher one waits until minIntervalS have passed since the last write, so that a limit that goes up and down
 *   writes the charger's memory twice in an interval and not at each turn. A value that is not writable during a
 *   session waits for its end (counted when the present one is too high), one that needs a reboot until nobody charges.
 * written: the charger said Accepted (or RebootRequired, which counts as done); the value is remembered on disk, then
 *   read back. The same → settled. Lower than asked → settled: it rounds. Higher → it does not follow: due again.
 *   Without a readable key: settled by its Accepted alone.
 * failing: refused, unreachable, unreadable: tried again with patience (driver-patience.ts), then left until the limit asks
 *   for another value or the charger boots.
 * owing a reboot: Reset once no session runs; its boot proves it.
 *
 * A boot makes what is settled unsure: it is read back, and written again when it is another (a DataTransfer, which cannot
 * be read back, is sent again). A start of the gateway does not: what was confirmed is not written twice.
 */

/** How long a reset charger may take to come back, before the value is looked at without a BootNotification. */
const rebootMs = 120_000;

export class ValueKeeper {
  readonly #charger: DrivenCharger;
  readonly #write: Write;
  readonly #connectorId: number;
  readonly #patience: Patience;
  /** What the charger answers to a read-back may be the rounding of what it was just told. */
  #fresh = false;
  #owesReboot = false;
  #unsure = false;
  readonly #complaints = new Set<string>();

  constructor(charger: DrivenCharger, write: Write, connectorId: number) {
    this.#charger = charger;
    this.#write = write;
    this.#connectorId = connectorId;
    this.#patience = new Patience(charger.context.clock, charger.context.chance);
  }

  look(): Next {
    const desired = this.#desired();
    if (writeRequest(this.#write, this.#connectorId, desired.text) === undefined) {
      this.#complain('noKeyForConnector', true);
      return { kind: 'sleep', ms: undefined };
    }
    this.#patience.about(desired.text);
    if (this.#unsure) return this.#act(() => this.#doubt());
    const last = this.#last();
    const isThere = last?.thousandths === desired.thousandths;
    if (isThere && last.confirmed && !this.#owesReboot) return this.#sleep();
    const waitMs = this.#patience.waitMs();
    if (waitMs === undefined || waitMs > 0) return this.#sleep(waitMs);
    if (this.#owesReboot) return this.#charger.hasSession() ? this.#sleep() : this.#act(() => this.#reset());
    if (isThere && this.#key() !== undefined) return this.#act(() => this.#readBack());
    return this.#due(desired, last);
  }

  /** What the limit asks for lies in the charger, and it has confirmed it. */
  isSettled(): boolean {
    const last = this.#last();
    const isThere = last?.confirmed === true && last.thousandths === this.#desired().thousandths;
    return isThere && !this.#owesReboot && !this.#unsure;
  }

  /** It booted: nobody knows what is left of what was written. */
  booted(): void {
    this.#patience.reset();
    this.#fresh = false;
    this.#owesReboot = false;
    this.#unsure = true;
  }

  /** Leaves the rest value in the charger; one attempt. */
  async rest(restA: number): Promise<void> {
    const rest = this.#restValue(restA);
    const request = writeRequest(this.#write, this.#connectorId, rest.text);
    if (request === undefined || this.#last()?.thousandths === rest.thousandths) return;
    const fields = { ...this.#fields(), value: rest.text };
    if (this.#isHeld())
      return this.#charger.context.log.warn('rest value not written', { ...fields, reason: 'session' });
    const outcome = outcomeOf(await this.#charger.call(request.action, request.payload));
    if (outcome.kind === 'failed') {
      return this.#charger.context.log.warn('rest value not written', { ...fields, reason: outcome.reason });
    }
    // The time of the write before stays: the first limit after the next start need not wait.
    await this.#note({ value: rest.text, confirmed: false });
    this.#charger.context.log.info('rest value written', fields);
  }

  // ---------------------------------------------------------------------------------------------- due

  #due(desired: Value, last: Last | undefined): Next {
    const isRise = last !== undefined && desired.thousandths > last.thousandths;
    const isHeld = this.#isHeld();
    this.#complain('limitHeldBySession', isHeld && !isRise);
    if (isHeld) return this.#sleep();
    const waitMs = isRise ? this.#intervalLeftMs(last.atMs) : 0;
    if (waitMs <= 0) return this.#act(() => this.#writeValue(desired));
    const isUnread = last?.confirmed === false && this.#key() !== undefined;
    return isUnread ? this.#act(() => this.#readBack()) : this.#sleep(waitMs);
  }

  #isHeld(): boolean {
    const { scope, writableDuringSession } = this.#write;
    if (this.#needsReboot()) return this.#charger.hasSession();
    if (writableDuringSession) return false;
    return scope === 'connector'
      ? this.#charger.transactionOn(this.#connectorId) !== undefined
      : this.#charger.hasSession();
  }

  /** A write in the future was before the wall clock was set back: nobody knows how long ago, and nothing waits for it. */
  #intervalLeftMs(sinceMs: number): number {
    const passedMs = this.#charger.context.clock.now() - sinceMs;
    return passedMs < 0 ? 0 : this.#write.minIntervalS * 1000 - passedMs;
  }

  // ---------------------------------------------------------------------------------------------- written

  async #writeValue(desired: Value): Promise<void> {
    const { log, clock } = this.#charger.context;
    const request = writeRequest(this.#write, this.#connectorId, desired.text);
    if (request === undefined) return;
    const outcome = outcomeOf(await this.#charger.call(request.action, request.payload));
    if (outcome.kind === 'failed') return this.#fail('limitNotWritten', outcome.failure, { reason: outcome.reason });
    this.#fresh = true;
    this.#owesReboot = this.#needsReboot();
    const confirmed = this.#key() === undefined;
    await this.#note({ value: desired.text, atMs: clock.now(), confirmed });
    log.info('limit written', { ...this.#fields(), value: desired.text, reboot: outcome.kind === 'rebootRequired' });
  }

  async #doubt(): Promise<void> {
    this.#unsure = false;
    if (this.#last() !== undefined) await this.#note({ confirmed: false });
  }

  async #readBack(): Promise<void> {
    const key = this.#key();
    const asked = this.#last();
    if (key === undefined || asked === undefined) return;
    const delivery = await this.#charger.call('GetConfiguration', { key: [key] });
    const found = delivery.kind === 'answered' ? readValue(delivery.payload, key) : undefined;
    const value = found === undefined ? undefined : valueOf(this.#write, found);
    if (value === undefined) {
      return this.#fail('limitNotReadBack', delivery.kind === 'unreachable' ? 'unreachable' : 'refused', { key });
    }
    if (value.thousandths === asked.thousandths) return this.#note({ confirmed: true });
    const fields = { asked: asked.text, found: value.text };
    if (this.#fresh && value.thousandths < asked.thousandths) {
      this.#charger.context.log.info('limit rounded by charger', { ...this.#fields(), ...fields });
      return this.#note({ confirmed: true });
    }
    if (this.#fresh) this.#fail('limitNotFollowed', 'refused', fields);
    await this.#note({ value: value.text, confirmed: true });
  }

  async #reset(): Promise<void> {
    const outcome = outcomeOf(await this.#charger.call('Reset', { type: 'Soft' }));
    if (outcome.kind === 'failed') return this.#fail('chargerNotReset', outcome.failure, { reason: outcome.reason });
    this.#owesReboot = false;
    this.#patience.pause(rebootMs);
    this.#charger.context.log.info('charger reset for its limit', this.#fields());
  }

  // ---------------------------------------------------------------------------------------------- values

  #desired(): Value {
    const limitTenths = this.#charger.valueTenths(this.#connectorId);
    const desired = valueFor(this.#write, limitTenths);
    const { below, onOff } = this.#write;
    const drawsMore = limitTenths < minimumTenths(this.#write) && below === 'minimum' && onOff === undefined;
    const isLoose = drawsMore && this.#charger.hasSession() && this.#charger.model.stopStart === undefined;
    this.#complain('limitBelowMinimum', isLoose);
    return desired;
  }

  #restValue(restA: number): Value {
    const { station } = this.#charger;
    const localLimits = station.localLimits.map(({ chargingSchedulePeriod: [period] }) =>
      constantLimit('A', restA, period?.numberPhases),
    );
    const stacks = stacksOf({ ...station, localLimits }, emptyStore);
    const connectorId = this.#write.scope === 'everyConnector' ? 1 : this.#connectorId;
    const { limit } = limitAt(stacks, connectorId, 0, limitUnit(this.#write));
    return valueFor(this.#write, Math.round(limit * 10));
  }

  #last(): Last | undefined {
    const written = this.#charger.written(this.#connectorId);
    const value = written && valueOf(this.#write, written.value);
    return written && value && { ...value, atMs: written.atMs, confirmed: written.confirmed };
  }

  /** Where the value can be read back. */
  #key(): string | undefined {
    return this.#charger.canReadKeys ? keyFor(this.#write, this.#connectorId) : undefined;
  }

  #needsReboot(): boolean {
    return this.#write.kind === 'changeConfiguration' && this.#write.rebootNeeded;
  }

  // ---------------------------------------------------------------------------------------------- telling

  #note(change: Partial<Last & { readonly value: string }>): Promise<void> {
    return this.#charger.note(this.#connectorId, change);
  }

  #fail(anomaly: string, failure: Failure, fields: Readonly<Record<string, unknown>>): void {
    this.#patience.failed(failure);
    const { log, meters } = this.#charger.context;
    meters.anomaly(anomaly);
    const givenUp = this.#patience.waitMs() === undefined;
    log.warn('limit not in the charger', {
      ...this.#fields(),
      anomaly,
      ...fields,
      failures: this.#patience.failures,
      givenUp,
    });
  }

  /** Says once what is so, until it is no more. */
  #complain(anomaly: string, isSo: boolean): void {
    if (!isSo) this.#complaints.delete(anomaly);
    if (!isSo || this.#complaints.has(anomaly)) return;
    this.#complaints.add(anomaly);
    const { log, meters } = this.#charger.context;
    meters.anomaly(anomaly);
    log.warn('limit not in the charger', { ...this.#fields(), anomaly });
  }

  #fields() {
    return { station: this.#charger.identity, connector: this.#connectorId, model: this.#charger.model.name };
  }

  #act(act: () => Promise<void>): Next {
    return { kind: 'act', act };
  }

  #sleep(waitMs?: number): Next {
    const changeMs = this.#charger.untilNextChangeMs();
    if (waitMs === undefined || changeMs === undefined) return { kind: 'sleep', ms: waitMs ?? changeMs };
    return { kind: 'sleep', ms: Math.min(waitMs, changeMs) };
  }
}

type Last = Value & { readonly atMs: number; readonly confirmed: boolean };
