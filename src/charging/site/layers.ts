import type { PlannedProfile, PlanResult } from '../../../optimizer/plan-result.ts';
import type { PerPhase, Scenario, Session, SiteConnector } from '../../../optimizer/site.ts';
import { calendarProfiles } from '../../../optimizer/stack-calendar.ts';
import { safeProfiles, safeTenths } from '../../../optimizer/stack-safe.ts';
import { isWaiting } from '../../../optimizer/stack-waiting.ts';

import type { SiteMemory } from './ports.ts';

const dayS = 86_400;

/**
 * The load that the safe shares leave room for. Every change of a share wears flash memory in each charger, so it only
 * rises, in whole amperes, and is taken back to what is forecast once a day.
 */
export class SafeReserve {
  #reserveA: PerPhase<number> = [0, 0, 0];
  #sinceS = Number.NEGATIVE_INFINITY;

  /** What a car draws beyond its plan is no load of the site: the forecast alone counts. */
  of(signals: SiteMemory['signals'], nowS: number): PerPhase<number> {
    const load = signals.flatMap(({ signal }) => (signal.kind === 'load' ? signal.steps : []));
    const most = (phase: 0 | 1 | 2) => Math.ceil(Math.max(0, ...load.map(({ currentA }) => currentA[phase])));
    const isOld = nowS - this.#sinceS >= dayS;
    const kept = (phase: 0 | 1 | 2) => (isOld ? 0 : this.#reserveA[phase]);
    const next = (phase: 0 | 1 | 2) => Math.max(kept(phase), most(phase));
    if (isOld) this.#sinceS = nowS;
    this.#reserveA = [next(0), next(1), next(2)];
    return this.#reserveA;
  }
}

/** The layers that stay in the chargers when nobody speaks: of the site as it is, whoever can be reached just now. */
export function lastingProfiles(
  { site, profiles, nowS }: Scenario,
  reserveA: PerPhase<number>,
): readonly PlannedProfile[] {
  if (!site.output.offlineSafeProfile) return [];
  const safe = safeProfiles(site, safeTenths({ site, reserveA, profiles }));
  return site.calendar === undefined ? safe : [...safe, ...calendarProfiles(site, site.calendar, safe, nowS)];
}

/**
 * Nothing ends by itself in a driven charger: it gets no more than its safe share, if the site is to be safe with nobody
 * speaking.
 */
export function cappedWhereDriven(
  scenario: Scenario,
  reserveA: PerPhase<number>,
  isDriven: (connector: SiteConnector) => boolean,
): Scenario {
  const { site, profiles, sessions } = scenario;
  if (!site.output.offlineSafeProfile || !site.connectors.some(isDriven)) return scenario;
  const shares = safeTenths({ site, reserveA, profiles });
  const capOf = ({ chargePoint, connector }: Session) => {
    const index = site.connectors.findIndex((own) => own.chargePoint === chargePoint && own.connector === connector);
    const own = site.connectors[index];
    return own !== undefined && isDriven(own) ? (shares[index] ?? 0) / 10 : Number.POSITIVE_INFINITY;
  };
  const capped = sessions.map((session) => ({
    ...session,
    maxCurrentA: Math.min(session.maxCurrentA, capOf(session)),
  }));
  return { ...scenario, sessions: capped };
}

/** The plans of the sessions, which end by themselves. */
export function liveProfiles({ profiles }: PlanResult): readonly PlannedProfile[] {
  return profiles.filter(({ csChargingProfiles }) => csChargingProfiles.chargingProfilePurpose === 'TxProfile');
}

/** What lets unannounced cars wait for as long. */
export function waitingProfiles({ profiles }: PlanResult): readonly PlannedProfile[] {
  return profiles.filter(isWaiting);
}
