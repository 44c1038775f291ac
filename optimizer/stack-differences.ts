import type { ChargingProfile } from './charging-profile.ts';
import type { PlannedProfile } from './plan-result.ts';
import type { Site, SiteConnector } from './site.ts';
import { type Effect, effectOf, isWithin, lesser } from './stack-effect.ts';
import { epochSeconds, isoTime } from './time.ts';

/** A message to a charge point: SetChargingProfile, or ClearChargingProfile by id (OCPP 1.6 §5.5). */
export type StackStep =
  | { readonly kind: 'set'; readonly profile: PlannedProfile }
  | {
      readonly kind: 'clear';
      readonly chargePoint: string;
      readonly connectorId: number;
      readonly chargingProfileId: number;
    };

/**
 * What must be sent, in order. No step of `increases` may be sent before every one of `decreases` was accepted; after a
 * refusal the increases are void, and what stays is planned around.
 */
export type Differences = { readonly decreases: readonly StackStep[]; readonly increases: readonly StackStep[] };

/** A default is compared over a day, since its calendar recurs daily. */
const dayS = 86_400;

/**
 * The way from the profiles that lie in the chargers to those that should: only what makes a difference from `atS` on.
 * Each connector is first lowered to the lesser of what it may do before and after, moment by moment; only then is
 * anything raised. So the currents of any mixture of old and new are at most all the old ones, or at most all the new
 * ones. A profile is replaced by its successor, and cleared only when that is in force.
 */
export function differences(
  site: Site,
  before: readonly PlannedProfile[],
  after: readonly PlannedProfile[],
  atS: number,
): Differences {
  const ways = site.connectors.map((connector) => {
    const isOn = ({ chargePoint, connectorId }: PlannedProfile) =>
      chargePoint === connector.chargePoint && connectorId === connector.connector;
    return new Way(site, connector, atS, before.filter(isOn), after.filter(isOn)).steps();
  });
  return {
    decreases: ways.flatMap(({ decreases }) => decreases),
    increases: ways.flatMap(({ increases }) => increases),
  };
}

/** The way of one connector. */
class Way {
  readonly #site: Site;
  readonly #connector: SiteConnector;
  readonly #atS: number;
  readonly #before: readonly PlannedProfile[];
  readonly #after: readonly PlannedProfile[];

  constructor(
    site: Site,
    connector: SiteConnector,
    atS: number,
    before: readonly PlannedProfile[],
    after: readonly PlannedProfile[],
  ) {
    this.#site = site;
    this.#connector = connector;
    this.#atS = atS;
    this.#before = before;
    this.#after = after;
  }

  steps(): Differences {
    const defaults = this.#ofLayer((profile) => !isLive(profile));
    const live = this.#live();
    return {
      decreases: [...live.decreases, ...defaults.decreases],
      increases: [...defaults.increases, ...live.increases],
    };
  }

  /** Persistent profiles are written only when they change: flash memory wears. */
  #ofLayer(belongs: (profile: PlannedProfile) => boolean): Differences {
    const before = this.#before.filter(belongs);
    const after = this.#after.filter(belongs);
    const steps = this.#direct(before, after);
    if (steps.length === 0) return { decreases: [], increases: [] };
    const endS = this.#atS + dayS;
    const old = this.#effect(before, endS);
    const next = this.#effect(after, endS);
    if (isWithin(next, old)) return { decreases: steps.toReversed(), increases: [] };
    if (isWithin(old, next)) return { decreases: [], increases: steps };
    const top = highest([...before, ...after]);
    const least = Math.min(...old.map(({ tenths }) => tenths), ...next.map(({ tenths }) => tenths));
    const still = top === undefined ? [] : [setting(this.#lowered(top, [{ fromS: this.#atS, tenths: least }]))];
    const isCovered = ({ csChargingProfiles }: PlannedProfile) =>
      csChargingProfiles.chargingProfileId === top?.csChargingProfiles.chargingProfileId;
    const last = after.filter(isCovered);
    const others = steps.filter((step) => step.kind === 'clear' || !last.includes(step.profile));
    return { decreases: still, increases: [...others, ...last.map(setting)] };
  }

  #live(): Differences {
    const liveBefore = this.#before.filter(isLive);
    const liveAfter = this.#after.filter(isLive);
    const endS = Math.max(this.#atS + 1, ...[...liveBefore, ...liveAfter].map(endOf));
    const old = this.#effect(this.#before, endS);
    const next = this.#effect(this.#after, endS);
    const isSame = isWithin(old, next) && isWithin(next, old);
    const isKept = (liveBefore.length === 0) === (liveAfter.length === 0) && sameTransaction(liveBefore, liveAfter);
    if (isSame && isKept) return { decreases: [], increases: [] };
    const steps = this.#direct(liveBefore, liveAfter);
    if (isWithin(next, old)) return { decreases: steps, increases: [] };
    if (isWithin(old, next)) return { decreases: [], increases: steps };
    const [model] = [...liveBefore, ...liveAfter];
    if (model === undefined) return { decreases: [], increases: [] };
    const cover = this.#lowered(liveAfter[0] ?? model, lesser(old, next), endS);
    return { decreases: [setting(cover)], increases: steps };
  }

  /** Sets what is new or another, then clears what has no successor: never the other way round. */
  #direct(before: readonly PlannedProfile[], after: readonly PlannedProfile[]): readonly StackStep[] {
    const sets = after.filter((profile) => !before.some((present) => isEqual(present, profile))).map(setting);
    const gone = before.filter((present) => !after.some((profile) => succeeds(profile, present)));
    return [...sets, ...gone.map(clearing)];
  }

  #effect(profiles: readonly PlannedProfile[], endS: number): Effect {
    return effectOf(this.#site, this.#connector, profiles, this.#atS, endS);
  }

  /** A profile in the place of `model` that allows just `effect`; with an end it is absolute until then. */
  #lowered(model: PlannedProfile, effect: Effect, endS?: number): PlannedProfile {
    const { chargingRateUnit, chargingSchedulePeriod } = model.csChargingProfiles.chargingSchedule;
    const { validFrom: _, validTo: __, recurrencyKind: ___, ...kept } = model.csChargingProfiles;
    const statedPhases = chargingSchedulePeriod[0]?.numberPhases;
    const inUnit = (tenths: number) =>
      chargingRateUnit === 'A'
        ? tenths / 10
        : Math.floor(tenths * this.#site.nominalVoltageV * (statedPhases ?? this.#connector.phases.length) + 1e-6) / 10;
    const maxPeriods = this.#connector.maxPeriods ?? this.#site.output.maxPeriods;
    const profile: ChargingProfile = {
      ...kept,
      chargingProfileKind: 'Absolute',
      chargingSchedule: {
        ...(endS === undefined ? {} : { duration: endS - this.#atS }),
        startSchedule: isoTime(this.#atS),
        chargingRateUnit,
        chargingSchedulePeriod: folded(effect, maxPeriods).map(({ fromS, tenths }) => ({
          startPeriod: fromS - this.#atS,
          limit: inUnit(tenths),
          ...(statedPhases === undefined ? {} : { numberPhases: statedPhases }),
        })),
      },
    };
    return { ...model, csChargingProfiles: profile };
  }
}

function isLive({ csChargingProfiles }: PlannedProfile): boolean {
  return csChargingProfiles.chargingProfilePurpose === 'TxProfile';
}

function sameTransaction(before: readonly PlannedProfile[], after: readonly PlannedProfile[]): boolean {
  return before[0]?.csChargingProfiles.transactionId === after[0]?.csChargingProfiles.transactionId;
}

function endOf({ csChargingProfiles }: PlannedProfile): number {
  const { startSchedule, duration } = csChargingProfiles.chargingSchedule;
  return (epochSeconds(startSchedule ?? '') ?? 0) + (duration ?? 0);
}

function isEqual(a: PlannedProfile, b: PlannedProfile): boolean {
  return JSON.stringify(a.csChargingProfiles) === JSON.stringify(b.csChargingProfiles);
}

function succeeds(after: PlannedProfile, before: PlannedProfile): boolean {
  return after.csChargingProfiles.chargingProfileId === before.csChargingProfiles.chargingProfileId;
}

function highest(profiles: readonly PlannedProfile[]): PlannedProfile | undefined {
  return profiles.reduce<PlannedProfile | undefined>(
    (top, profile) =>
      top === undefined || profile.csChargingProfiles.stackLevel >= top.csChargingProfiles.stackLevel ? profile : top,
    undefined,
  );
}

function setting(profile: PlannedProfile): StackStep {
  return { kind: 'set', profile };
}

function clearing({ chargePoint, connectorId, csChargingProfiles }: PlannedProfile): StackStep {
  return { kind: 'clear', chargePoint, connectorId, chargingProfileId: csChargingProfiles.chargingProfileId };
}

/** Equal neighbours become one; what is beyond `maxPeriods` becomes its least. */
function folded(effect: Effect, maxPeriods: number): Effect {
  const merged = effect.filter(({ tenths }, index) => index === 0 || tenths !== effect[index - 1]?.tenths);
  if (merged.length <= maxPeriods) return merged;
  const kept = merged.slice(0, Math.max(0, maxPeriods - 1));
  const rest = merged.slice(kept.length);
  const [first] = rest;
  const least = Math.min(...rest.map(({ tenths }) => tenths));
  return first === undefined ? kept : [...kept, { fromS: first.fromS, tenths: least }];
}
