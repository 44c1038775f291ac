import type { PerPhase, Scenario, Session, SiteConnector } from '../../../optimizer/site.ts';
import { safeTenths } from '../../../optimizer/stack-safe.ts';
import { connectorAt } from './connectors.ts';
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

/**
 * The scenario with the safe share of each connector, of the site as it is, whoever can be reached just now. Nothing ends
 * by itself in a driven charger: it gets no more than its share, if the site is to be safe with nobody speaking.
 */
export function withShares(
  scenario: Scenario,
  reserveA: PerPhase<number>,
  isDriven: (connector: SiteConnector) => boolean,
): Scenario {
  const { site, profiles, sessions } = scenario;
  if (!site.output.offlineSafeProfile) return scenario;
  const shares = safeTenths({ site, reserveA, profiles });
  const shareOf = new Map(site.connectors.map((connector, index) => [connector, (shares[index] ?? 0) / 10]));
  const capOf = ({ chargePoint, connector }: Session) => {
    const own = connectorAt(site, chargePoint, connector);
    return own !== undefined && isDriven(own) ? (shareOf.get(own) ?? 0) : Number.POSITIVE_INFINITY;
  };
  const capped = sessions.map((session) => ({
    ...session,
    maxCurrentA: Math.min(session.maxCurrentA, capOf(session)),
  }));
  return { ...scenario, shares, sessions: capped };
}
