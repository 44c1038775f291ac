import type { ChargingProfile } from '../../../optimizer/charging-profile.ts';
import type { PlannedProfile } from '../../../optimizer/plan-result.ts';
import type { Site, SiteConnector } from '../../../optimizer/site.ts';
import { type Effect, effectOf, greater } from '../../../optimizer/stack-effect.ts';
import { epochSeconds, isoTime } from '../../../optimizer/time.ts';
import { isLive, planned } from './ledger.ts';
import type { Lying } from './ports.ts';

/** A connector's profiles for `differences`: nothing that may lie in it allows more at any time. */
export type Present = {
  readonly profiles: readonly PlannedProfile[];
  /** What must be told again, whether there is a difference or not. */
  readonly doubtful: readonly Lying[];
};

/** What lies in a connector at `atS`, the worst of it where that is not known. */
export function presentOn(site: Site, connector: SiteConnector, lying: readonly Lying[], atS: number): Present {
  const isDoubtful = ({ either, unsure }: Lying) => unsure || either.length > 1;
  const defaults = lying.filter((one) => !isLive(one)).flatMap(worstDefault);
  const live = lying.filter(isLive).flatMap((one) => worstLive(site, connector, one, defaults, atS));
  return {
    profiles: [...defaults, ...live],
    doubtful: lying.filter(isDoubtful),
  };
}

/**
 * What a connector may draw by what may lie in it, tenths of an ampere per phase from `atS` to `endS`; what it may have
 * lost with a boot counts as lost.
 */
export function mostOn(
  site: Site,
  connector: SiteConnector,
  lying: readonly Lying[],
  atS: number,
  endS: number,
): Effect {
  const present = lying.map((one) => (one.unsure && isLive(one) ? { ...one, either: [null, ...one.either] } : one));
  return effectOf(site, connector, presentOn(site, connector, present, atS).profiles, atS, endS);
}

/** Of two shares the higher one counts, of two waits the shorter; a calendar that is not certain does not: its pauses only take away. */
function worstDefault(lying: Lying): readonly PlannedProfile[] {
  if (lying.either.length === 1) return planned(lying, lying.either[0]);
  if (lying.either.includes(null)) return [];
  const profiles = lying.either.filter((profile) => profile !== null);
  if (profiles.some(({ chargingProfileKind }) => chargingProfileKind === 'Recurring')) return [];
  const worstFirst = (one: ChargingProfile, other: ChargingProfile) =>
    highest(other) - highest(one) || endsS(one) - endsS(other);
  return planned(lying, profiles.toSorted(worstFirst)[0]);
}

function endsS({ validTo }: ChargingProfile): number {
  return epochSeconds(validTo ?? '') ?? Number.POSITIVE_INFINITY;
}

function highest({ chargingSchedule }: ChargingProfile): number {
  return Math.max(...chargingSchedule.chargingSchedulePeriod.map(({ limit }) => limit));
}

/** One that may be this or that: a profile that allows the most of them at each moment, until the last of them ends. */
function worstLive(
  site: Site,
  connector: SiteConnector,
  lying: Lying,
  defaults: readonly PlannedProfile[],
  atS: number,
): readonly PlannedProfile[] {
  const [model] = lying.either.filter((profile) => profile !== null);
  if (lying.either.length === 1 || model === undefined) return planned(lying, model);
  const endS = Math.max(...lying.either.map((profile) => (profile === null ? atS : endOf(profile))));
  if (endS <= atS) return [];
  const effects = lying.either.map((profile) =>
    effectOf(site, connector, [...defaults, ...planned(lying, profile)], atS, endS),
  );
  const { validFrom: _, validTo: __, ...kept } = model;
  return planned(lying, {
    ...kept,
    chargingSchedule: {
      startSchedule: isoTime(atS),
      duration: endS - atS,
      chargingRateUnit: 'A',
      chargingSchedulePeriod: effects.reduce(greater).map(({ fromS, tenths }) => ({
        startPeriod: fromS - atS,
        limit: tenths / 10,
      })),
    },
  });
}

function endOf({ chargingSchedule: { startSchedule, duration } }: ChargingProfile): number {
  return (epochSeconds(startSchedule ?? '') ?? 0) + (duration ?? 0);
}
