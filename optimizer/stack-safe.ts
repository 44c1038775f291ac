import type { ChargingSchedulePeriod } from './charging-profile.ts';
import type { PlannedProfile } from './plan-result.ts';
import { type PerPhase, phaseNames, type CeilingProfile, type Site, type SiteConnector } from './site.ts';

/** Lowest level of the TxDefaultProfile stack: everything else that is set rules over it (OCPP 1.6 §3.12.2). */
export const safeStackLevel = 0;

/** Start of a schedule that has begun for every charger, whatever its clock says. */
export const longPast = '2000-01-01T00:00:00Z';

/** What a share may depend on. */
export type SafeBasis = {
  readonly site: Site;
  /** The most that the uncontrolled load takes at the roots, while nobody measures it. */
  readonly reserveA: PerPhase<number>;
  /** Profiles of the CSMS: none of their limits is exceeded by a share. */
  readonly profiles: readonly CeilingProfile[];
};

/**
 * The persistent TxDefaultProfile of each connector with its share of `safeTenths`: without gateway and network, all of
 * them together still fit the tree.
 */
export function safeProfiles(site: Site, shares: readonly number[]): readonly PlannedProfile[] {
  return site.connectors.map((connector, index) => ({
    chargePoint: connector.chargePoint,
    connectorId: connector.connector,
    csChargingProfiles: {
      chargingProfileId: profileId(connector, 'safe'),
      stackLevel: safeStackLevel,
      chargingProfilePurpose: 'TxDefaultProfile',
      chargingProfileKind: 'Absolute',
      chargingSchedule: {
        startSchedule: longPast,
        chargingRateUnit: connector.unit ?? site.output.unit,
        chargingSchedulePeriod: [{ startPeriod: 0, ...unknownCarLimit(site, connector, shares[index] ?? 0) }],
      },
    },
  }));
}

/** The profiles that the gateway itself sets on a connector, each with an id of its own (OCPP 1.6 §5.16.3). */
export function profileId({ connector }: SiteConnector, layer: 'safe' | 'calendar' | 'waiting' | 'live'): number {
  const layers = { safe: 1, calendar: 2, live: 3, waiting: 4 } as const;
  return 900_000 + connector * 10 + layers[layer];
}

/** A limit for whatever car comes: watts are all drawn on one phase if the car has only one. */
export function unknownCarLimit(
  site: Site,
  connector: SiteConnector,
  tenths: number,
): Pick<ChargingSchedulePeriod, 'limit'> {
  const isWatts = (connector.unit ?? site.output.unit) === 'W';
  return { limit: isWatts ? Math.floor(tenths * site.nominalVoltageV + 1e-6) / 10 : tenths / 10 };
}

/**
 * A share for each connector, tenths of an ampere per phase: as many as fit get their minimum, the most important first;
 * what is left is shared out evenly.
 */
export function safeTenths({ site, reserveA, profiles }: SafeBasis): readonly number[] {
  const room = new TreeRoom(site, reserveA);
  const needs = site.connectors.map((connector) => room.needsOf(connector));
  const most = site.connectors.map((connector) => mostTenths(connector, profiles, site.nominalVoltageV));
  const shares = site.connectors.map(() => 0);
  const byPriority = [...site.connectors.keys()].toSorted(
    (a, b) => (site.connectors[b]?.priority ?? 0) - (site.connectors[a]?.priority ?? 0),
  );
  for (const index of byPriority) {
    const connector = site.connectors[index];
    if (connector === undefined) continue;
    const least = Math.ceil(connector.minCurrentA * 10 - 1e-6);
    if (least <= (most[index] ?? 0) && room.take(needs[index] ?? [], least)) shares[index] = least;
  }
  let open = byPriority.filter((index) => (shares[index] ?? 0) > 0);
  // each round gives every open connector one tenth, or closes it
  while (open.length > 0) {
    open = open.filter((index) => {
      const share = shares[index] ?? 0;
      if (share >= (most[index] ?? 0) || !room.take(needs[index] ?? [], 1)) return false;
      shares[index] = share + 1;
      return true;
    });
  }
  return shares;
}

/** Its own limit and the least that any profile of the CSMS ever allows it. */
function mostTenths(
  { chargePoint, connector, maxCurrentA, phases }: SiteConnector,
  profiles: readonly CeilingProfile[],
  voltageV: number,
): number {
  let mostA = maxCurrentA;
  for (const { chargePoint: id, connectorId, profile } of profiles) {
    const rules = id === chargePoint && (connectorId === 0 || connectorId === connector);
    if (!rules || profile.chargingProfilePurpose === 'TxProfile') continue;
    const { chargingRateUnit, chargingSchedulePeriod } = profile.chargingSchedule;
    const perAmpere = chargingRateUnit === 'W' ? voltageV * phases.length : 1;
    for (const { limit } of chargingSchedulePeriod) mostA = Math.min(mostA, limit / perAmpere);
  }
  return Math.floor(mostA * 10 + 1e-6);
}

/** A limit that a connector counts against, and how often: once on a phase, once for each phase of a total. */
type Need = { readonly limit: number; readonly times: number };

/** What the tree has left for connectors, in tenths. */
class TreeRoom {
  readonly #paths = new Map<string, readonly string[]>();
  readonly #limits = new Map<string, number>();
  readonly #left: number[] = [];

  constructor(site: Site, reserveA: PerPhase<number>) {
    for (const { id, parent, maxCurrentA, headroomPct, contractKw } of site.tree) {
      const path = parent === undefined ? [] : (this.#paths.get(parent) ?? pathOf(site, parent));
      this.#paths.set(id, [id, ...path]);
      for (const [at, phase] of phaseNames.entries()) {
        const fuseA = (maxCurrentA[at] ?? 0) * (1 - headroomPct / 100);
        const reserve = parent === undefined ? (reserveA[at] ?? 0) : 0;
        this.#limit(`${id} ${phase}`, fuseA - reserve);
      }
      if (contractKw === undefined || site.objective.peakPolicy !== 'hard') continue;
      const reserve = parent === undefined ? reserveA[0] + reserveA[1] + reserveA[2] : 0;
      const totalA = (contractKw * 1000) / site.nominalVoltageV - reserve;
      this.#limit(`${id} all`, totalA);
    }
  }

  /** Every limit above a connector. */
  needsOf({ parent, phases }: SiteConnector): readonly Need[] {
    const path = this.#paths.get(parent) ?? [];
    return path.flatMap((id) => [
      ...phases.flatMap((phase) => this.#need(`${id} ${phase}`, 1)),
      ...this.#need(`${id} all`, phases.length),
    ]);
  }

  /** Takes so much on every phase of a connector, or nothing. */
  take(needs: readonly Need[], tenths: number): boolean {
    for (const { limit, times } of needs) if ((this.#left[limit] ?? 0) < tenths * times) return false;
    for (const { limit, times } of needs) this.#left[limit] = (this.#left[limit] ?? 0) - tenths * times;
    return true;
  }

  #limit(name: string, ampere: number): void {
    this.#limits.set(name, this.#left.push(Math.max(0, Math.floor(ampere * 10 + 1e-6))) - 1);
  }

  #need(name: string, times: number): readonly Need[] {
    const limit = this.#limits.get(name);
    return limit === undefined ? [] : [{ limit, times }];
  }
}

function pathOf(site: Site, id: string): readonly string[] {
  const path: string[] = [];
  for (let at: string | undefined = id; at !== undefined && !path.includes(at); ) {
    path.push(at);
    at = site.tree.find((node) => node.id === at)?.parent;
  }
  return path;
}
