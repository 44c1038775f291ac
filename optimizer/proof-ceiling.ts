import type { ChargingProfile } from './charging-profile.ts';
import { limitAt, nextChange } from './composite.ts';
import { emptyStore, setProfile, startTransaction } from './profiles.ts';
import type { ProfileStore } from './profile-store.ts';
import type { CeilingProfile, Scenario, Session, Site } from './site.ts';
import { type Stacks, stacksOf } from './stacks.ts';
import { constantLimit, type Station } from './station.ts';

/** A connector of a million amperes is limited by its profiles alone. */
const nothingLimitsA = 1_000_000;

/** What the profiles of a charge point allow, asked moment by moment. */
export type Ceiling = {
  /** The fewest phases that any profile allows during the stay, and the phases of the car without profiles. */
  readonly phases: number;
  /** The least A per phase in [fromS, toS); Infinity where no profile rules. */
  readonly leastA: (fromS: number, toS: number) => number;
};

/** The ceiling of a session: its charge point is asked as a charger of as many phases as the car may use would be. */
export function sessionCeiling(
  scenario: Scenario,
  session: Session,
  wiredPhases: number,
  [fromS, toS]: readonly [number, number],
): Ceiling {
  const own = scenario.profiles.filter((given) => given.chargePoint === session.chargePoint);
  if (own.length === 0) return { phases: wiredPhases, leastA: () => Number.POSITIVE_INFINITY };
  for (let phases = wiredPhases; ; ) {
    const stacks = stacksFor(scenario, session, own, phases);
    const fewest = leastOver(fromS, toS, stacks, session.connector, (atS) => {
      return limitAt(stacks, session.connector, atS, 'A').numberPhases ?? phases;
    });
    if (fewest >= phases) return { phases, leastA: ampereCeiling(stacks, session.connector) };
    phases = Math.max(1, fewest);
  }
}

/**
 * The least station limit (ChargePointMaxProfile) of a charge point in [fromS, toS): A on each phase if asked for A, of
 * all phases together if asked for W. A limit in the other unit does not count.
 */
export function leastStationLimit(
  scenario: Scenario,
  chargePoint: string,
  unit: 'A' | 'W',
  [fromS, toS]: readonly [number, number],
): number {
  // one connector of one phase: whatever unit a limit has, it is the limit of that phase
  const station = stationOf(scenario.site, 1, 1);
  const own = scenario.profiles.filter((given) => given.chargePoint === chargePoint && isStationLimit(given.profile));
  if (own.length === 0) return Number.POSITIVE_INFINITY;
  const store = installed(station, emptyStore, own);
  const stacks = stacksOf(station, store);
  return leastOver(fromS, toS, stacks, 1, (atS) =>
    rulingUnit(station, store, atS) === unit ? limitAt(stacks, 1, atS, unit).limit : Number.POSITIVE_INFINITY,
  );
}

/** The unit of the highest level that alone would limit anything at this moment (OCPP 1.6 §3.12.2). */
function rulingUnit(station: Station, store: ProfileStore, atS: number): 'A' | 'W' | undefined {
  const levels = store.profiles.toSorted((a, b) => b.profile.stackLevel - a.profile.stackLevel);
  const ruling = levels.find((given) => {
    const alone = stacksOf(station, { profiles: [given], transactions: [] });
    return limitAt(alone, 1, atS, 'A').limit < nothingLimitsA;
  });
  return ruling?.profile.chargingSchedule.chargingRateUnit;
}

function isStationLimit({ chargingProfilePurpose }: ChargingProfile): boolean {
  return chargingProfilePurpose === 'ChargePointMaxProfile';
}

function ampereCeiling(stacks: Stacks, connectorId: number): Ceiling['leastA'] {
  return (fromS, toS) =>
    leastOver(fromS, toS, stacks, connectorId, (atS) => {
      const { limit } = limitAt(stacks, connectorId, atS, 'A');
      return limit >= nothingLimitsA ? Number.POSITIVE_INFINITY : limit;
    });
}

/** The least of a value over all moments at which it may change. */
function leastOver(
  fromS: number,
  toS: number,
  stacks: Stacks,
  connectorId: number,
  valueAt: (atS: number) => number,
): number {
  let least = Number.POSITIVE_INFINITY;
  for (let atS: number | undefined = fromS; atS !== undefined && atS < toS; ) {
    least = Math.min(least, valueAt(atS));
    atS = nextChange(stacks, connectorId, atS);
  }
  return least;
}

/** Without station limits: those bind all connectors together. */
function stacksFor(
  { site, nowS }: Scenario,
  { connector, sinceS, arrivalS }: Session,
  profiles: readonly CeilingProfile[],
  phases: number,
): Stacks {
  const isThere = arrivalS <= nowS;
  const station = stationOf(site, connector, phases);
  const running = startTransaction(station, emptyStore, {
    connectorId: connector,
    startedAtS: isThere ? sinceS : arrivalS,
  });
  const ruling = profiles.filter(({ profile }) => !isStationLimit(profile) && rulesSession(profile, isThere));
  return stacksOf(station, installed(station, running, ruling));
}

/** A TxProfile is for the transaction that runs (OCPP 1.6 §3.12.1), not for the one of the next car. */
function rulesSession({ chargingProfilePurpose }: ChargingProfile, isThere: boolean): boolean {
  return isThere || chargingProfilePurpose !== 'TxProfile';
}

function stationOf(site: Site, connectors: number, phases: number): Station {
  return {
    localLimits: Array.from({ length: connectors }, () => constantLimit('A', nothingLimitsA, phases)),
    nominalVoltageV: site.nominalVoltageV,
    hasSmartCharging: true,
    allowedUnits: ['A', 'W'],
  };
}

/** As a charge point would install them, in the order of their receipt; what it would refuse rules nothing. */
function installed(station: Station, store: ProfileStore, profiles: readonly CeilingProfile[]): ProfileStore {
  let present = store;
  for (const { connectorId, receivedAtS, profile } of profiles.toSorted((a, b) => a.receivedAtS - b.receivedAtS)) {
    if (connectorId > station.localLimits.length) continue;
    const { transactionId: _, ...csChargingProfiles } = profile;
    const outcome = setProfile(station, present, { connectorId, csChargingProfiles }, receivedAtS);
    if (outcome.kind === 'accepted') present = outcome.store;
  }
  return present;
}
