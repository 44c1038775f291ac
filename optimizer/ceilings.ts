import { compositeOf } from './composite.ts';
import { emptyStore, setProfile } from './profiles.ts';
import type { ProfileStore } from './profile-store.ts';
import type { Slots } from './series.ts';
import type { CeilingProfile, Session } from './site.ts';
import { StackCursor } from './stack-cursor.ts';
import { stacksOf } from './stacks.ts';
import { constantLimit, type Station } from './station.ts';

/** The most that the profiles of the CSMS allow a car, A per used phase for each slot, and on how many phases. */
export type CarCeiling = { readonly capA: Float64Array; readonly phases: number };

/** The ChargePointMaxProfile of a charge point for each slot: A on each phase, or of all phases added; Infinity: none. */
export type StationCeiling = { readonly perPhaseA: Float64Array; readonly totalA: Float64Array };

/** No connector has as much: a limit that limits nothing. */
const unlimitedA = 1_000_000;

/** The profiles that the CSMS set on one charge point, in the order in which they came. */
export type StationProfiles = {
  readonly profiles: readonly CeilingProfile[];
  readonly connectors: number;
  readonly nominalVoltageV: number;
};

/**
 * What the profiles allow a session from its arrival on. A profile that allows fewer phases than the car has makes
 * it a car of fewer phases: a current on all of them could exceed what the profile means in watts.
 */
export function carCeiling(station: StationProfiles, session: Session, phases: number, slots: Slots): CarCeiling {
  const ceiling = ceilingOn(station, session, phases, slots);
  return ceiling.phases < phases ? ceilingOn(station, session, ceiling.phases, slots) : ceiling;
}

function ceilingOn(
  { profiles, connectors, nominalVoltageV }: StationProfiles,
  session: Session,
  phases: number,
  { startS, slotS, slotCount }: Slots,
): CarCeiling {
  const capA = new Float64Array(slotCount).fill(Number.POSITIVE_INFINITY);
  if (profiles.length === 0) return { capA, phases };
  const station = stationWith(connectors, phases, nominalVoltageV);
  const store = storeOf(station, profiles, session, startS);
  const endS = startS + slotCount * slotS;
  const query = { connectorId: session.connector, startS, durationS: endS - startS, unit: 'A' } as const;
  const { periods } = compositeOf({ ...stacksOf(station, store), stationLimits: [] }, query);
  let fewest = phases;
  for (const [index, { startPeriod, limit, numberPhases = phases }] of periods.entries()) {
    const endPeriod = periods[index + 1]?.startPeriod ?? endS - startS;
    if (startS + endPeriod > session.arrivalS && startS + startPeriod < session.departureS) {
      fewest = Math.min(fewest, numberPhases);
    }
    if (limit < unlimitedA) lowerFrom(capA, limit, startPeriod / slotS, endPeriod / slotS);
  }
  return { capA, phases: fewest };
}

/** The station limits of a charge point; a slot has the least that holds in it. */
export function stationCeiling(
  { profiles, nominalVoltageV }: StationProfiles,
  { startS, slotS, slotCount }: Slots,
): StationCeiling {
  const perPhaseA = new Float64Array(slotCount).fill(Number.POSITIVE_INFINITY);
  const totalA = new Float64Array(slotCount).fill(Number.POSITIVE_INFINITY);
  const station = stationWith(0, 3, nominalVoltageV);
  const common = profiles.filter(({ profile }) => profile.chargingProfilePurpose === 'ChargePointMaxProfile');
  const cursor = new StackCursor(
    stacksOf(station, setAll(station, emptyStore, common)).stationLimits,
    undefined,
    startS,
  );
  const endS = startS + slotCount * slotS;
  for (let atS = startS; atS < endS; atS = cursor.untilS) {
    if (atS > startS) cursor.advanceTo(atS);
    if (cursor.limit === undefined) continue;
    const { unit, tenths } = cursor.limit;
    const limitA = unit === 'A' ? tenths / 10 : tenths / 10 / nominalVoltageV;
    lowerFrom(unit === 'A' ? perPhaseA : totalA, limitA, (atS - startS) / slotS, (cursor.untilS - startS) / slotS);
  }
  return { perPhaseA, totalA };
}

/** Slots that [from, to) touches; both in slots, not whole. */
function lowerFrom(values: Float64Array, limit: number, from: number, to: number): void {
  const end = Math.min(values.length, Math.ceil(to));
  for (let slot = Math.floor(from); slot < end; slot += 1) values[slot] = Math.min(values[slot] ?? 0, limit);
}

function stationWith(connectors: number, phases: number, nominalVoltageV: number): Station {
  return {
    localLimits: Array.from({ length: connectors }, () => constantLimit('A', unlimitedA, phases)),
    nominalVoltageV,
    hasSmartCharging: true,
    allowedUnits: ['A', 'W'],
  };
}

/** The session runs, or it is played as if: relative profiles begin with it. */
function storeOf(
  station: Station,
  profiles: readonly CeilingProfile[],
  { connector, sinceS, arrivalS }: Session,
  startS: number,
): ProfileStore {
  const isThere = arrivalS <= startS;
  const startedAtS = isThere ? sinceS : arrivalS;
  const running = { ...emptyStore, transactions: [{ connectorId: connector, startedAtS }] };
  // a TxProfile ends with its transaction (OCPP 1.6 §3.12.1): the next car is not under it
  const lasting = profiles.filter(({ profile }) => isThere || profile.chargingProfilePurpose !== 'TxProfile');
  return setAll(station, running, lasting);
}

/** As the charge point would install them; what it would refuse rules nothing. */
function setAll(station: Station, store: ProfileStore, profiles: readonly CeilingProfile[]): ProfileStore {
  return profiles.reduce((present, { connectorId, receivedAtS, profile }) => {
    // the profiles of a scenario are those of the transactions in it, whose ids it does not name
    const { transactionId: _, ...csChargingProfiles } = profile;
    const outcome = setProfile(station, present, { connectorId, csChargingProfiles }, receivedAtS);
    return outcome.kind === 'accepted' ? outcome.store : present;
  }, store);
}
