import type { ChargingRateUnit, ChargingSchedulePeriod } from '../../../optimizer/charging-profile.ts';
import { limitAt } from '../../../optimizer/external-limits.ts';
import type { ProfileStore } from '../../../optimizer/profile-store.ts';
import { type ExternalLimit, phaseNames, type Site } from '../../../optimizer/site.ts';
import { type Effect, tenthsAt } from '../../../optimizer/stack-effect.ts';
import type { Station } from '../../../optimizer/station.ts';
import { isoTime } from '../../../optimizer/time.ts';
import type { Payload } from '../../gateway/ports.ts';
import { type Answer, answerAs } from '../answers.ts';
import { admitted } from '../settings.ts';

/*
 * The site as one charge point without connectors of its own, as its Local Controller shows it (OCPP 1.6 §3.12.4): its
 * ChargePointMaxProfiles are limits of the site, its composite schedule is what all connectors together may draw.
 */

/** How far it is known what lies in the chargers. */
export const longestCompositeS = 86_400;

/** SetChargingProfile and ClearChargingProfile; anything but a limit of the whole is Rejected. Throws OcppError. */
export function answerCeiling(
  site: Site,
  ceiling: ProfileStore,
  action: 'SetChargingProfile' | 'ClearChargingProfile',
  payload: Payload,
  atS: number,
): Answer {
  const rejected: Answer = { store: ceiling, conf: { status: 'Rejected' } };
  if (action === 'SetChargingProfile' && !(isOfWhole(payload) && hasOneRoot(site))) return rejected;
  return answerAs(stationOf(site), ceiling, action, payload, atS);
}

function isOfWhole({ csChargingProfiles }: Payload): boolean {
  const profile = csChargingProfiles as Payload | undefined;
  return profile?.['chargingProfilePurpose'] === 'ChargePointMaxProfile';
}

/** Limits from outside hold at each root of the tree: with several, their sum could not be kept to one. */
const hasOneRoot = ({ tree }: Site) => tree.filter(({ parent }) => parent === undefined).length === 1;

function stationOf({ nominalVoltageV }: Site): Station {
  return { localLimits: [], nominalVoltageV, hasSmartCharging: true, allowedUnits: ['A', 'W'], ...admitted };
}

/** What is known of a site's limits from `atS` on. */
export type WholeLimits = {
  readonly site: Site;
  /** What each connector may draw, by place in `site.connectors`. */
  readonly effects: readonly Effect[];
  readonly ceiling: readonly ExternalLimit[];
};

/**
 * GetCompositeSchedule.conf of the site (OCPP 1.6 §5.7): amperes of the phase that may draw most, or watts of all. It
 * ends after a day, as its duration says.
 */
export function compositeOfSite(whole: WholeLimits, payload: Payload, atS: number): Payload {
  const { connectorId, duration, chargingRateUnit } = payload;
  if (connectorId !== 0 || typeof duration !== 'number' || duration < 0) return { status: 'Rejected' };
  const unit: ChargingRateUnit = chargingRateUnit === 'W' ? 'W' : 'A';
  const endS = atS + Math.min(duration, longestCompositeS);
  return {
    status: 'Accepted',
    connectorId: 0,
    scheduleStart: isoTime(atS),
    chargingSchedule: {
      duration: endS - atS,
      chargingRateUnit: unit,
      chargingSchedulePeriod: periodsOf(whole, unit, atS, endS),
    },
  };
}

function periodsOf(
  whole: WholeLimits,
  unit: ChargingRateUnit,
  atS: number,
  endS: number,
): readonly ChargingSchedulePeriod[] {
  const borders = [...whole.effects.flat(), ...whole.ceiling].map(({ fromS }) => fromS);
  const inside = [...new Set([atS, ...borders.filter((borderS) => borderS > atS && borderS < endS)])];
  const periods = inside
    .toSorted((a, b) => a - b)
    .map((fromS) => ({ startPeriod: fromS - atS, limit: limitOf(whole, unit, fromS) }));
  return periods.filter(({ limit }, index) => index === 0 || limit !== periods[index - 1]?.limit);
}

/** Rounded down to tenths, as OCPP 1.6 §7.14 has limits. */
function limitOf({ site, effects, ceiling }: WholeLimits, unit: ChargingRateUnit, atS: number): number {
  const cap = limitAt(ceiling, atS);
  const tenths = phaseNames.map((name, phase) => {
    const wired = site.connectors.map(({ phases }, index) => (phases.includes(name) ? (effects[index] ?? []) : []));
    const drawn = wired.reduce((sum, effect) => sum + tenthsAt(effect, atS), 0);
    return Math.min(drawn, (cap?.currentA?.[phase] ?? Number.POSITIVE_INFINITY) * 10);
  });
  const inUse = tenths.filter((drawn) => drawn > 0).length;
  const capW = (cap?.kw ?? Number.POSITIVE_INFINITY) * 1000;
  const volt = site.nominalVoltageV;
  const most =
    unit === 'A'
      ? Math.min(Math.max(...tenths), (capW * 10) / volt / Math.max(inUse, 1))
      : Math.min(tenths.reduce((sum, drawn) => sum + drawn, 0) * volt, capW * 10);
  // what binary fractions lack of a whole tenth is none of it
  return Math.floor(most + 1e-6) / 10;
}
