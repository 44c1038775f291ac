import { setImmediate as turn } from 'node:timers/promises';
import type { PlannedProfile } from '../../../optimizer/plan-result.ts';
import type { Site } from '../../../optimizer/site.ts';
import { differences, type Differences, type StackStep } from '../../../optimizer/stack-differences.ts';
import { effectOf, isWithin } from '../../../optimizer/stack-effect.ts';
import type { Clock, Delivery, Log, Payload } from '../../gateway/ports.ts';
import { isIncapable } from '../driver-outcome.ts';
import { type Failure, Patience } from '../driver-patience.ts';
import { within } from '../within.ts';
import { connectorAt } from './connectors.ts';
import { type Id, type Ledger, placeOf, planned } from './ledger.ts';
import { type Present, presentOn } from './presence.ts';
import type { Keeper, SiteHands, SiteMeters } from './ports.ts';

/*
 * One round brings what should lie in the chargers into them: first everything that lowers a connector, and only when all
 * of that was accepted what raises one, so that no mixture of old and new exceeds a node (stack-differences.ts). At most
 * `mostAtOnce` chargers are called at the same time, one call each.
 *
 * A charger is
 * ready: it is told what differs, and what it may have lost.
 * busy: it has not answered in `answerPatienceMs`. The round goes on without it, its increases are void. What it may have
 *   lies in doubt (ledger.ts) until its answer comes, and so long it is told nothing else.
 * waiting: it refused, or could not be reached. It is left alone with patience (driver-patience.ts, without end: until the
 *   limit has arrived the site has less room), or until it is heard again.
 *
 * Whoever is not ready is planned around, with the most that may lie in it.
 */

/** Calls over one site at the same time: chargers often share a slow uplink. */
const mostAtOnce = 16;
/** Comparing the profiles of a connector takes up to a millisecond. */
const connectorsATurn = 16;
/** Calendars recur daily. */
const dayS = 86_400;
const answerPatienceMs = 5_000;
/** How long a driven charger may take to confirm that it comes down (driver-value.ts), before it is left to be measured. */
const drivenPatienceMs = 60_000;

export type DispatchParts = {
  readonly ledger: Ledger;
  readonly hands: () => SiteHands;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: SiteMeters;
  readonly chance: () => number;
  /** Has the ledger on disk; false: it could not be. */
  readonly save: () => Promise<boolean>;
  /** Who holds a charger to its profiles now; undefined: nobody. */
  readonly keeperOf: (chargePoint: string) => Keeper | undefined;
  /** How long a charger that failed is left alone at least: the next plan is one around it. */
  readonly leastPauseMs: () => number;
  /** A charger answered after its round was over, or may be asked again. */
  readonly changed: () => void;
};

/** A charger that cannot be called speaks all the same: it is tried again at its messages, but not at each. */
const heardPatienceMs = 30_000;

type Line = {
  readonly patience: Patience;
  busy: boolean;
  failure: Failure | undefined;
  failedAtMs: number;
  /** It has taken a profile since the gateway started. */
  isCapable: boolean;
};
type Outcome = 'accepted' | 'failed';
/** `isNew`: it brings what was not there before; `lowers`: a driven connector may draw less than it was told last. */
type Sent = { readonly step: StackStep; readonly isNew: boolean; readonly lowers: boolean };

export class Dispatch {
  readonly #parts: DispatchParts;
  readonly #lines = new Map<string, Line>();
  #isStopped = false;

  constructor(parts: DispatchParts) {
    this.#parts = parts;
  }

  isReady(chargePoint: string): boolean {
    if (this.#parts.keeperOf(chargePoint) === undefined) return false;
    const line = this.#line(chargePoint);
    return !line.busy && line.patience.waitMs() === 0;
  }

  /** Why a charger is not told anything now. */
  failureOf(chargePoint: string): Failure | undefined {
    return this.#lines.get(chargePoint)?.failure;
  }

  /** Until the first charger that is left alone may be asked again; undefined: none is. */
  waitMs(): number | undefined {
    const alone = [...this.#lines.values()].filter(({ failure, busy }) => failure !== undefined && !busy);
    const waits = alone.flatMap(({ patience }) => patience.waitMs() ?? []);
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  /** Tells no charger anything more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** It speaks: it may be called again. True if it was left alone until now. */
  heard(chargePoint: string): boolean {
    const line = this.#lines.get(chargePoint);
    if (line?.failure !== 'unreachable' || line.busy) return false;
    if (this.#parts.clock.elapsed() - line.failedAtMs < heardPatienceMs || line.patience.waitMs() === 0) return false;
    line.patience.pause(0);
    return true;
  }

  /** Nothing that it said before counts. */
  forgive(chargePoint: string): void {
    const line = this.#line(chargePoint);
    line.failure = undefined;
    line.patience.reset();
  }

  /** One round towards `wanted` on the connectors of `site`; false: not all of it lies in them. */
  async round(site: Site, wanted: readonly PlannedProfile[], atS: number): Promise<boolean> {
    const connectors = site.connectors.filter(({ chargePoint }) => this.isReady(chargePoint));
    const isAsPlanned = connectors.length === site.connectors.length;
    const steps = await this.#steps({ ...site, connectors }, wanted, atS);
    const told = new Set([...steps.decreases, ...steps.increases].map((step) => placeOf(step).chargePoint));
    // what lies in the others is what should
    for (const { chargePoint } of connectors) if (!told.has(chargePoint)) this.forgive(chargePoint);
    const lowered = steps.decreases.map((step) => this.#sending(site, step, atS));
    if (!(await this.#phase(lowered, 'decreases')) || !isAsPlanned) return false;
    const raised = steps.increases.map((step) => this.#sending(site, step, atS));
    return this.#phase(raised, 'increases');
  }

  /** What must be told: connector by connector, with turns of the event loop in between for the chargers' own messages. */
  async #steps(site: Site, wanted: readonly PlannedProfile[], atS: number): Promise<Differences> {
    const parts: Differences[] = [];
    for (let from = 0; from < site.connectors.length; from += connectorsATurn) {
      const connectors = site.connectors.slice(from, from + connectorsATurn);
      const isHere = (profile: PlannedProfile) => connectorAt({ connectors }, profile.chargePoint, profile.connectorId);
      const own = wanted.filter((profile) => isHere(profile) !== undefined);
      const present = connectors.map((connector) => {
        const place = { chargePoint: connector.chargePoint, connectorId: connector.connector };
        return presentOn(site, connector, this.#parts.ledger.on(place), atS);
      });
      const before = present.flatMap(({ profiles }) => profiles);
      parts.push(retold(differences({ ...site, connectors }, before, own, atS), present, own));
      await turn();
    }
    return {
      decreases: parts.flatMap(({ decreases }) => decreases),
      increases: parts.flatMap(({ increases }) => increases),
    };
  }

  #sending(site: Site, step: StackStep, atS: number): Sent {
    const { ledger } = this.#parts;
    const place = placeOf(step);
    const connector = connectorAt(site, place.chargePoint, place.connectorId);
    const keeper = this.#keeper(step);
    if (keeper === 'charger' || connector === undefined) {
      return { step, isNew: ledger.sending(step, keeper), lowers: false };
    }
    const before = effectOf(site, connector, ledger.told(place), atS, atS + dayS);
    const isNew = ledger.sending(step, keeper);
    return { step, isNew, lowers: !isWithin(before, effectOf(site, connector, ledger.told(place), atS, atS + dayS)) };
  }

  /** True when every step was accepted in time. */
  async #phase(sent: readonly Sent[], direction: keyof Differences): Promise<boolean> {
    if (sent.length === 0) return true;
    // a decrease that a crash forgets is told again; an increase must be known
    if (!(await this.#parts.save()) && direction === 'increases') {
      for (const one of sent) this.#takeBack(one);
      return false;
    }
    const queues = [...grouped(sent).values()];
    let isWhole = true;
    const work = async () => {
      for (let queue = queues.shift(); queue !== undefined; queue = queues.shift()) {
        isWhole = (await this.#tell(queue)) && isWhole;
      }
    };
    await Promise.all(Array.from({ length: Math.min(mostAtOnce, queues.length) }, work));
    await this.#parts.save();
    return isWhole;
  }

  /** The steps of one charger, in order; what follows a failure is not sent. */
  async #tell(sent: readonly Sent[]): Promise<boolean> {
    for (const [index, one] of sent.entries()) {
      const isSent = !this.#isStopped;
      if (isSent && (await this.#step(one)) === 'accepted') continue;
      for (const unsent of sent.slice(isSent ? index + 1 : index)) this.#takeBack(unsent);
      return false;
    }
    return true;
  }

  async #step(sent: Sent): Promise<Outcome> {
    const { chargePoint } = placeOf(sent.step);
    const line = this.#line(chargePoint);
    line.busy = true;
    let isOver = false;
    const answered = this.#deliver(sent).then((delivery) => {
      line.busy = false;
      const outcome = this.#settle(sent, delivery);
      if (isOver) this.#parts.changed();
      return outcome;
    });
    const outcome = await within(this.#parts.clock, answered, answerPatienceMs);
    isOver = outcome === undefined;
    return outcome ?? 'failed';
  }

  async #deliver({ step, lowers }: Sent): Promise<Delivery> {
    const { hands, clock } = this.#parts;
    const { chargePoint, chargingProfileId } = placeOf(step);
    if (this.#keeper(step) === 'charger') {
      const { action, payload } = requestOf(step, chargingProfileId);
      return hands().call(chargePoint, action, payload);
    }
    if (lowers) await within(clock, hands().held(chargePoint), drivenPatienceMs);
    else hands().look(chargePoint);
    return { kind: 'answered', payload: { status: 'Accepted' } };
  }

  // ---------------------------------------------------------------------------------------------- answers

  #settle(sent: Sent, delivery: Delivery): Outcome {
    const { ledger, hands, meters } = this.#parts;
    const { chargePoint } = placeOf(sent.step);
    if (isAccepted(sent.step, delivery)) {
      ledger.accepted(sent.step, this.#keeper(sent.step));
      this.forgive(chargePoint);
      meters.profileSent('accepted');
      if (sent.step.kind === 'set' && this.#keeper(sent.step) === 'charger') this.#learn(chargePoint);
      return 'accepted';
    }
    if (isIncapable(delivery)) {
      this.#takeBack(sent);
      meters.profileSent('notSupported');
      hands().learned(chargePoint, 'no');
      return this.#fail(sent.step, 'refused', 'NotSupported');
    }
    return this.#failed(sent, delivery);
  }

  #learn(chargePoint: string): void {
    const line = this.#line(chargePoint);
    if (!line.isCapable) this.#parts.hands().learned(chargePoint, 'yes');
    line.isCapable = true;
  }

  /** Only a Rejected, or a call that was never sent, tells for certain that it had no effect. */
  #failed(sent: Sent, delivery: Delivery): Outcome {
    const { meters } = this.#parts;
    switch (delivery.kind) {
      case 'answered':
        this.#takeBack(sent);
        meters.profileSent('refused');
        return this.#fail(sent.step, 'refused', String(delivery.payload['status']));
      case 'refused':
        meters.profileSent('refused');
        return this.#fail(sent.step, 'refused', delivery.code);
      case 'unreachable':
        if (!delivery.sent) this.#takeBack(sent);
        meters.profileSent('unreachable');
        return this.#fail(sent.step, 'unreachable', delivery.reason);
    }
  }

  #fail(step: StackStep, failure: Failure, reason: string): Outcome {
    const { chargePoint, connectorId, chargingProfileId } = placeOf(step);
    const line = this.#line(chargePoint);
    line.failure = failure;
    line.failedAtMs = this.#parts.clock.elapsed();
    // a plan changes, so that even one that was refused often may be taken another time
    line.patience.failed('unreachable');
    line.patience.pause(Math.max(line.patience.waitMs() ?? 0, this.#parts.leastPauseMs()));
    const fields = { station: chargePoint, connector: connectorId, chargingProfileId, failure, reason };
    this.#parts.log.warn('profile not in the charger', { ...fields, failures: line.patience.failures });
    return 'failed';
  }

  #takeBack({ step, isNew }: Sent): void {
    if (isNew) this.#parts.ledger.unsent(step);
  }

  #keeper(step: StackStep): Keeper {
    return this.#parts.keeperOf(placeOf(step).chargePoint) ?? 'charger';
  }

  #line(chargePoint: string): Line {
    const known = this.#lines.get(chargePoint);
    if (known !== undefined) return known;
    const { clock, chance } = this.#parts;
    const patience = new Patience(clock, chance);
    const line: Line = { patience, busy: false, failure: undefined, failedAtMs: 0, isCapable: false };
    this.#lines.set(chargePoint, line);
    return line;
  }
}

/**
 * What is in doubt is told again: as it should be, if no step does so anyway. What may have been lost is first told as it
 * was: until then the connector may draw more than all steps reckon with.
 */
function retold(
  { decreases, increases }: Differences,
  present: readonly Present[],
  wanted: readonly PlannedProfile[],
): Differences {
  const again = present.flatMap(({ doubtful }) =>
    doubtful.flatMap((lying): readonly StackStep[] => {
      const isTold = (steps: readonly StackStep[]) => steps.some((step) => isFor(step, lying));
      if (isTold(decreases) || (isTold(increases) && !lying.unsure)) return [];
      const next = wanted.find((profile) => isFor({ kind: 'set', profile }, lying));
      const [profile] = isTold(increases) ? planned(lying, lying.either.at(-1)) : [next];
      const { chargePoint, connectorId, chargingProfileId } = lying;
      return [
        profile === undefined
          ? { kind: 'clear', chargePoint, connectorId, chargingProfileId }
          : { kind: 'set', profile },
      ];
    }),
  );
  return { decreases: [...decreases, ...again], increases };
}

function isFor(step: StackStep, id: Id): boolean {
  const place = placeOf(step);
  return (
    place.chargePoint === id.chargePoint &&
    place.connectorId === id.connectorId &&
    place.chargingProfileId === id.chargingProfileId
  );
}

function grouped(sent: readonly Sent[]): ReadonlyMap<string, readonly Sent[]> {
  const groups = new Map<string, Sent[]>();
  for (const one of sent) {
    const { chargePoint } = placeOf(one.step);
    const group = groups.get(chargePoint);
    if (group === undefined) groups.set(chargePoint, [one]);
    else group.push(one);
  }
  return groups;
}

function requestOf(step: StackStep, chargingProfileId: number): { readonly action: string; readonly payload: Payload } {
  if (step.kind === 'clear') return { action: 'ClearChargingProfile', payload: { id: chargingProfileId } };
  const { connectorId, csChargingProfiles } = step.profile;
  return { action: 'SetChargingProfile', payload: { connectorId, csChargingProfiles } };
}

/** OCPP 1.6 §6.10: Unknown says that there is no such profile, which is what a clear is for. */
function isAccepted(step: StackStep, delivery: Delivery): boolean {
  if (delivery.kind !== 'answered') return false;
  const { status } = delivery.payload;
  return status === 'Accepted' || (step.kind === 'clear' && status === 'Unknown');
}
