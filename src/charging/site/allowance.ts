import type { PlanResult } from '../../../optimizer/plan-result.ts';
import type { SiteConnector } from '../../../optimizer/site.ts';
import { epochSeconds } from '../../../optimizer/time.ts';

/** What a plan allows a connector at a moment, A; undefined where it has no such car, or does not reach so far. */
export function allowedA(plan: PlanResult, { chargePoint, connector }: SiteConnector, atS: number): number | undefined {
  const planned = plan.connectors.find((own) => own.chargePoint === chargePoint && own.connector === connector);
  const startS = epochSeconds(plan.slots[0] ?? '') ?? Number.NaN;
  return planned?.currentA[Math.floor((atS - startS) / (plan.slotMinutes * 60))];
}
