import type { PlanResult } from '../../../optimizer/plan-result.ts';
import type { Scenario } from '../../../optimizer/site.ts';
import type { Clock, Log } from '../../gateway/ports.ts';
import type { SiteMeters } from './ports.ts';

/**
 * Whoever makes plans; rejects for a mistake of ours. With `hear` there may be an early plan, which it is told; then the
 * promise resolves with that same one if none is worth taking its place.
 */
export type Planning = { plan(scenario: Scenario, hear?: (early: PlanResult) => void): Promise<PlanResult> };

export type AskedPlanParts = {
  readonly planning: Planning;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: SiteMeters;
};

/** The plan of a scenario, counted with the time that it took. Rejects as the planning does. */
export async function askedPlan(
  { planning, clock, meters, log }: AskedPlanParts,
  scenario: Scenario,
  hear?: (early: PlanResult) => void,
): Promise<PlanResult> {
  const { id } = scenario.site;
  const begunMs = clock.elapsed();
  const seconds = () => (clock.elapsed() - begunMs) / 1000;
  try {
    const result = await planning.plan(scenario, hear);
    meters.planned(result.engine, result.status, seconds());
    if (result.status === 'fallback') log.warn('site planned without solver', { site: id, engine: result.engine });
    return result;
  } catch (thrown) {
    meters.planned('none', 'failed', seconds());
    throw thrown;
  }
}
