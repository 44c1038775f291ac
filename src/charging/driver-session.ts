import type { OpenTransaction } from '../gateway/charging-port.ts';
import type { DrivenCharger } from './driver-charger.ts';
import { outcomeOf } from './driver-outcome.ts';
import { Patience } from './driver-patience.ts';
import type { Next } from './driver-room.ts';
import type { StopStart } from './models.ts';

/*
 * The session on one connector, which is stopped when its limit is too low to charge with (IEC 61851: 6 A), and started
 * again when it is not. Every stop splits the session for driver and CSMS, so it is the last resort.
 *
 * free: no session of ours is stopped. A session whose limit is too low is stopped once it has run for minOnS and has its
 *   transaction id: RemoteStopTransaction. That it was us is on disk before the call leaves; a charger that says no, or
 *   surely did not hear it, takes that back.
 * stopping: the charger agreed, or may have. When the transaction is over → stopped. Still running after a while: that
 *   was a refusal, and it is asked again with patience; → free if it may charge again by then.
 * stopped: waits until the limit allows charging (the stopped session's own profiles go on to count), minOffS are over,
 *   and a car is there: a connector that says Available has none → free. Then RemoteStartTransaction with the same idTag.
 * starting: the charger agreed. A transaction begins → free. None in time: nobody is there any more → free.
 *
 * A transaction that ends without our asking was ended by its driver, the charger or the CSMS: free, nothing is resumed.
 * One that begins while ours is stopped is somebody's own doing: free, and stopped in its turn if the limit is too low.
 */

/** How long a charger may take to end or begin a transaction that it agreed to. */
const effectMs = 120_000;

type Stopping = {
  readonly kind: 'stopping';
  readonly startedAtMs: number;
  readonly sinceMs: number;
  readonly agreed: boolean;
};

type Phase =
  | { readonly kind: 'free' }
  | Stopping
  | { readonly kind: 'stopped'; readonly sinceMs: number }
  | { readonly kind: 'starting'; readonly sinceMs: number };

export class SessionKeeper {
  readonly #charger: DrivenCharger;
  readonly #stopStart: StopStart;
  readonly #connectorId: number;
  readonly #patience: Patience;
  #phase: Phase;

  constructor(charger: DrivenCharger, stopStart: StopStart, connectorId: number) {
    this.#charger = charger;
    this.#stopStart = stopStart;
    this.#connectorId = connectorId;
    this.#patience = new Patience(charger.context.clock, charger.context.chance);
    this.#phase = this.#phaseOnDisk();
  }

  look(): Next {
    const transaction = this.#charger.transactionOn(this.#connectorId);
    const phase = this.#phaseNow(transaction);
    if (phase !== this.#phase) this.#enter(phase);
    switch (phase.kind) {
      case 'free':
        return this.#lookFree(transaction);
      case 'stopping':
        return this.#lookStopping(transaction, phase);
      case 'stopped':
        return this.#lookStopped(phase.sinceMs);
      case 'starting':
        return this.#sleep(phase.sinceMs + effectMs - this.#nowMs());
    }
  }

  /** No session goes on that may not. */
  isSettled(): boolean {
    const transaction = this.#charger.transactionOn(this.#connectorId);
    return transaction === undefined || (this.#phase.kind === 'free' && this.#mayCharge());
  }

  /** After a start of the gateway: the time off is counted anew. */
  #phaseOnDisk(): Phase {
    if (this.#paused() === undefined) return { kind: 'free' };
    const running = this.#charger.transactionOn(this.#connectorId);
    if (running === undefined) return { kind: 'stopped', sinceMs: this.#nowMs() };
    return { kind: 'stopping', startedAtMs: running.startedAtMs, sinceMs: this.#nowMs(), agreed: false };
  }

  /** What the transactions say that came and went meanwhile. */
  #phaseNow(transaction: OpenTransaction | undefined): Phase {
    const phase = this.#phase;
    switch (phase.kind) {
      case 'free':
        return phase;
      case 'stopping':
        if (transaction === undefined) return { kind: 'stopped', sinceMs: this.#nowMs() };
        return transaction.startedAtMs === phase.startedAtMs ? phase : { kind: 'free' };
      case 'stopped':
        return transaction !== undefined || this.#charger.isVacant(this.#connectorId) ? { kind: 'free' } : phase;
      case 'starting':
        return transaction !== undefined || this.#nowMs() >= phase.sinceMs + effectMs ? { kind: 'free' } : phase;
    }
  }

  #enter(phase: Phase): void {
    const { log } = this.#charger.context;
    if (phase.kind === 'stopped') log.info('session paused', this.#fields());
    if (phase.kind === 'free') log.info('session no longer paused', { ...this.#fields(), was: this.#phase.kind });
    this.#phase = phase;
    this.#patience.reset();
    if (phase.kind === 'free') this.#charger.letSessionGo(this.#connectorId);
  }

  // ---------------------------------------------------------------------------------------------- free, stopping

  #lookFree(transaction: OpenTransaction | undefined): Next {
    if (this.#paused() !== undefined) return this.#act(() => this.#note(undefined));
    if (transaction?.transactionId === undefined || this.#mayCharge()) return this.#sleep();
    return this.#whenReady(this.#onTimeLeftMs(transaction), () => this.#stop(transaction));
  }

  #lookStopping(transaction: OpenTransaction | undefined, { sinceMs, agreed, startedAtMs }: Stopping): Next {
    if (transaction === undefined) return this.#sleep();
    if (agreed) {
      const leftMs = sinceMs + effectMs - this.#nowMs();
      if (leftMs > 0) return this.#sleep(leftMs);
      this.#fail('sessionNotStopped', { failure: 'refused', reason: 'it agreed, and the session goes on' });
      this.#phase = { kind: 'stopping', startedAtMs, sinceMs, agreed: false };
    }
    if (this.#mayCharge()) return this.#act(() => this.#giveUp());
    return this.#whenReady(0, () => this.#stop(transaction));
  }

  async #stop(transaction: OpenTransaction): Promise<void> {
    const { transactionId, idTag, startedAtMs } = transaction;
    if (transactionId === undefined) return;
    this.#charger.holdSession(this.#connectorId);
    await this.#note({ idTag });
    const delivery = await this.#charger.call('RemoteStopTransaction', { transactionId });
    const outcome = outcomeOf(delivery);
    const sinceMs = this.#nowMs();
    if (outcome.kind !== 'failed') {
      this.#phase = { kind: 'stopping', startedAtMs, sinceMs, agreed: true };
      this.#charger.context.log.info('session stopped for its limit', this.#fields());
      return;
    }
    this.#fail('sessionNotStopped', outcome);
    const mayHaveHeard = delivery.kind === 'unreachable' && delivery.sent;
    if (mayHaveHeard) this.#phase = { kind: 'stopping', startedAtMs, sinceMs, agreed: false };
    else await this.#giveUp();
  }

  /** Nothing is stopped by us. */
  async #giveUp(): Promise<void> {
    this.#phase = { kind: 'free' };
    this.#charger.letSessionGo(this.#connectorId);
    await this.#note(undefined);
  }

  // ---------------------------------------------------------------------------------------------- stopped

  #lookStopped(sinceMs: number): Next {
    const paused = this.#paused();
    if (paused === undefined) return this.#act(() => this.#giveUp());
    if (!this.#mayCharge()) return this.#sleep();
    if (this.#patience.waitMs() === undefined) return this.#act(() => this.#giveUp());
    const leftMs = sinceMs + this.#stopStart.minOffS * 1000 - this.#nowMs();
    return this.#whenReady(leftMs, () => this.#start(paused.idTag));
  }

  async #start(idTag: string): Promise<void> {
    if (await this.#charger.isVacantNow(this.#connectorId)) return this.#giveUp();
    const payload = { connectorId: this.#connectorId, idTag };
    const delivery = await this.#charger.call('RemoteStartTransaction', payload);
    const outcome = outcomeOf(delivery);
    const mayHaveHeard = delivery.kind === 'unreachable' && delivery.sent;
    if (outcome.kind === 'failed' && !mayHaveHeard) return this.#fail('sessionNotResumed', outcome);
    this.#phase = { kind: 'starting', sinceMs: this.#nowMs() };
    this.#charger.context.log.info('session resumed', this.#fields());
  }

  // ---------------------------------------------------------------------------------------------- surroundings

  #mayCharge(): boolean {
    return this.#charger.mayCharge(this.#connectorId);
  }

  #paused(): { readonly idTag: string } | undefined {
    return this.#charger.written(this.#connectorId)?.paused;
  }

  #note(paused: { readonly idTag: string } | undefined): Promise<void> {
    return this.#charger.note(this.#connectorId, { paused });
  }

  #nowMs(): number {
    return this.#charger.context.clock.elapsed();
  }

  /** A session that began in the future began before the wall clock was set back: long enough ago. */
  #onTimeLeftMs({ startedAtMs }: OpenTransaction): number {
    const passedMs = this.#charger.context.clock.now() - startedAtMs;
    return passedMs < 0 ? 0 : this.#stopStart.minOnS * 1000 - passedMs;
  }

  #whenReady(leftMs: number, act: () => Promise<void>): Next {
    const patienceMs = this.#patience.waitMs();
    if (patienceMs === undefined) return this.#sleep();
    const waitMs = Math.max(leftMs, patienceMs);
    return waitMs > 0 ? this.#sleep(waitMs) : this.#act(act);
  }

  #act(act: () => Promise<void>): Next {
    return { kind: 'act', act };
  }

  #sleep(waitMs = Number.POSITIVE_INFINITY): Next {
    const ms = Math.min(waitMs, this.#charger.untilNextChangeMs() ?? Number.POSITIVE_INFINITY);
    return { kind: 'sleep', ms: Number.isFinite(ms) ? ms : undefined };
  }

  #fail(anomaly: string, outcome: { readonly failure: 'refused' | 'unreachable'; readonly reason: string }): void {
    this.#patience.failed(outcome.failure);
    const { log, meters } = this.#charger.context;
    meters.anomaly(anomaly);
    const { failures } = this.#patience;
    const givenUp = this.#patience.waitMs() === undefined;
    log.warn('limit not kept', { ...this.#fields(), anomaly, reason: outcome.reason, failures, givenUp });
  }

  #fields() {
    return { station: this.#charger.identity, connector: this.#connectorId, model: this.#charger.model.name };
  }
}
