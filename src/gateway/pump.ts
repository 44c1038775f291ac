import { isSecurityAction } from '../ocpp/security-extension.ts';
import { rememberAuthorization } from './authorization.ts';
import { csmsAcceptedBoot } from './boot.ts';
import { background, type Context } from './context.ts';
import { asSent } from './outgoing.ts';
import type { Delivery, Payload } from './ports.ts';
import type { Station } from './stations.ts';
import { StoreUnavailable, type Heads, type Outcome, type OutboxRow, type StartAnswer } from './store-port.ts';

/*
 * The outbox pump of one station. It is idle, or working on exactly one row.
 *
 * idle → working: kicked, while the link is open and the CSMS has accepted the boot.
 * working: take the lower seq of the two lanes that is due (a transaction row that waits lets notices overtake), send,
 *   then by what became of it:
 *   - answered: the row is completed, next row;
 *   - unreachable (no link, no answer in time): nothing has been decided; the same row again, for ever. While the link
 *     is open a short pause grows from 1 s to 30 s; when it opens again the pump is kicked;
 *   - refused (CALLERROR): counted; again after interval × attempts (OCPP 1.6 §3.7.1), after the last attempt the row
 *     and everything that depends on it become dead letters, next row. That rule is for transaction messages: a refused
 *     notice is not sent again, since it would hold up those behind it.
 * working → idle: nothing is due, or the link is closed.
 */

const pauseMs = { least: 1_000, most: 30_000 };

/** What a StartTransaction's charger waits for; undefined: the CSMS has not said it in time. */
type StartWaiter = (answer: StartAnswer | undefined) => void;

export class Pump {
  readonly #context: Context;
  readonly #station: Station;
  readonly #lateRefusal: (row: OutboxRow, answer: StartAnswer) => void;
  readonly #waiters = new Map<number, Set<StartWaiter>>();
  #working = false;
  /** The StartTransaction that is being sent, with all that follows from its answer. */
  #start: Promise<unknown> | undefined;
  #again = false;
  #pauses = 0;
  #cancelWake: () => void = () => undefined;

  constructor(context: Context, station: Station, lateRefusal: (row: OutboxRow, answer: StartAnswer) => void) {
    this.#context = context;
    this.#station = station;
    this.#lateRefusal = lateRefusal;
  }

  /** Something may be due. */
  kick(): void {
    this.#again = true;
    if (!this.#working && this.#mayWork()) background(this.#context, 'outbox pump', this.#work());
  }

  /**
   * Waits for the CSMS's answer to a StartTransaction, if it is next in line and the CSMS can be asked; else undefined at
   * once. Who waits is noted before the line is looked at: an answer in between is not missed.
   */
  async started(seq: number, withinMs: number): Promise<StartAnswer | undefined> {
    const { promise, settle } = this.#wait(seq, withinMs);
    const { transaction } = await this.#context.store.peek(this.#station.identity);
    if (transaction?.seq !== seq || !this.#mayWork()) settle(undefined);
    this.kick();
    return promise;
  }

  /** Resolves when no StartTransaction is on its way, or after `withinMs`. */
  async startSettled(withinMs: number): Promise<void> {
    if (this.#start === undefined) return;
    let cancel: () => void = () => undefined;
    const patience = new Promise<void>((resolve) => {
      cancel = this.#context.clock.after(withinMs, resolve);
    });
    await Promise.race([this.#start.catch(() => undefined), patience]);
    cancel();
  }

  #wait(seq: number, withinMs: number): { readonly promise: Promise<StartAnswer | undefined>; settle: StartWaiter } {
    let resolve: StartWaiter = () => undefined;
    const promise = new Promise<StartAnswer | undefined>((settle) => {
      resolve = settle;
    });
    const waiters = this.#waiters.get(seq) ?? new Set();
    const settle: StartWaiter = (answer) => {
      cancel();
      waiters.delete(settle);
      resolve(answer);
    };
    const cancel = this.#context.clock.after(withinMs, () => settle(undefined));
    this.#waiters.set(seq, waiters.add(settle));
    return { promise, settle };
  }

  #settle(seq: number, answer: StartAnswer | undefined): void {
    const waiters = this.#waiters.get(seq) ?? [];
    this.#waiters.delete(seq);
    for (const settle of waiters) settle(answer);
  }

  #mayWork(): boolean {
    return this.#station.linkOpen && csmsAcceptedBoot(this.#station);
  }

  async #work(): Promise<void> {
    this.#working = true;
    this.#cancelWake();
    try {
      while (this.#mayWork()) {
        this.#again = false;
        const heads = await this.#context.store.peek(this.#station.identity);
        const row = this.#nextDue(heads);
        if (row !== undefined && (await this.#track(row))) continue;
        if (row === undefined) this.#wakeFor(heads);
        if (row !== undefined || !this.#again) break;
      }
    } catch (cause) {
      if (!(cause instanceof StoreUnavailable)) throw cause;
      this.#wakeAfter(pauseMs.most);
    } finally {
      this.#working = false;
    }
  }

  async #track(row: OutboxRow): Promise<boolean> {
    const sending = this.#send(row);
    if (row.action !== 'StartTransaction') return sending;
    this.#start = sending;
    try {
      return await sending;
    } finally {
      this.#start = undefined;
    }
  }

  /** True if the next row may follow at once. */
  async #send(row: OutboxRow): Promise<boolean> {
    const { links, settings } = this.#context;
    const { csmsDeadlineMs } = settings;
    const delivery = await links.deliver(this.#station.identity, row.action, asSent(row), csmsDeadlineMs, row.seq);
    switch (delivery.kind) {
      case 'answered':
        await this.#complete(row, delivery.payload);
        return true;
      case 'refused':
        await this.#refused(row, delivery);
        return true;
      case 'unreachable':
        this.#settle(row.seq, undefined);
        this.#context.meters.outboxRetry(delivery.sent ? 'no answer' : 'no link');
        this.#wakeAfter(Math.min(pauseMs.least * 2 ** this.#pauses++, pauseMs.most));
        return false;
    }
  }

  async #complete(row: OutboxRow, answer: Payload): Promise<void> {
    this.#pauses = 0;
    const { store, epoch } = this.#context;
    const outcome = outcomeOf(row, answer);
    const completed = await store.complete(row.seq, epoch, outcome);
    if (completed.kind === 'started' && outcome.kind === 'started') {
      this.#settle(row.seq, completed.answer);
      const late = completed.answer.toldBefore && completed.transaction.state === 'open';
      if (late && outcome.idTagInfo['status'] !== 'Accepted') this.#lateRefusal(row, completed.answer);
    }
    await this.#remember(row, answer);
  }

  /** A full disk costs the cache an entry; it must not hold up the outbox that would free it. */
  async #remember(row: OutboxRow, answer: Payload): Promise<void> {
    const idTag = row.payload['idTag'];
    const idTagInfo = answer['idTagInfo'];
    if (typeof idTag !== 'string' || typeof idTagInfo !== 'object' || idTagInfo === null) return;
    try {
      await rememberAuthorization(this.#context, this.#station, idTag, idTagInfo as Payload);
    } catch (cause) {
      if (!(cause instanceof StoreUnavailable)) throw cause;
      this.#context.log.warn('authorization not remembered', { station: row.station, reason: cause.message });
    }
  }

  async #refused(row: OutboxRow, delivery: Delivery & { kind: 'refused' }): Promise<void> {
    this.#pauses = 0;
    this.#settle(row.seq, undefined);
    const { store, epoch, clock, log, meters, settings } = this.#context;
    const attempts = row.attempts + 1;
    const fields = { station: row.station, seq: row.seq, action: row.action, code: delivery.code, attempts };
    if (isWorthless(row, delivery)) {
      await store.complete(row.seq, epoch, { kind: 'delivered' });
      log.warn('notice dropped that csms refused', fields);
      return;
    }
    if (row.lane === 'notice' || attempts >= settings.outbox.attempts) {
      await store.deadLetter(row.seq, epoch, `${delivery.code}: ${delivery.description}`, clock.now());
      meters.deadLetter();
      log.error('message became a dead letter', fields);
      return;
    }
    await store.defer(row.seq, epoch, attempts, clock.now() + settings.outbox.retryIntervalMs * attempts);
    meters.outboxRetry('refused');
    log.warn('message refused by csms', fields);
  }

  #nextDue({ transaction, notice }: Heads): OutboxRow | undefined {
    const due = [transaction, notice].filter((row) => row !== undefined && this.#isDue(row));
    return due.reduce((first, row) => (first === undefined || (row?.seq ?? 0) < first.seq ? row : first), undefined);
  }

  /** A wait longer than any that is ever set: the wall clock was put back meanwhile. */
  #isDue({ notBeforeMs, attempts }: OutboxRow): boolean {
    const waitMs = notBeforeMs - this.#context.clock.now();
    return waitMs <= 0 || waitMs > this.#context.settings.outbox.retryIntervalMs * attempts;
  }

  #wakeFor(heads: Heads): void {
    const due = [heads.transaction, heads.notice].flatMap((row) => (row === undefined ? [] : [row.notBeforeMs]));
    if (due.length > 0) this.#wakeAfter(Math.max(Math.min(...due) - this.#context.clock.now(), 10));
  }

  #wakeAfter(ms: number): void {
    this.#cancelWake();
    this.#cancelWake = this.#context.clock.after(ms, () => this.kick());
  }
}

/** A status that is refused is soon replaced; a CSMS without the security extension will never take its messages. */
function isWorthless({ action }: OutboxRow, { code }: Delivery & { kind: 'refused' }): boolean {
  const unknown = code === 'NotImplemented' || code === 'NotSupported';
  return action === 'StatusNotification' || (unknown && isSecurityAction(action));
}

function outcomeOf(row: OutboxRow, answer: Payload): Outcome {
  if (row.action !== 'StartTransaction') return { kind: 'delivered' };
  return {
    kind: 'started',
    csmsTxId: String(answer['transactionId']),
    idTagInfo: answer['idTagInfo'] as Payload,
  };
}
