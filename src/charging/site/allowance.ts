import type { PlanResult } from '../../../optimizer/plan-result.ts';
import type { SiteConnector } from '../../../optimizer/site.ts';
import { epochSeconds } from '../../../optimizer/time.ts';

/** What a plan allows a connector at a moment, A; undefined where it has no such car, or does not reach so far. */
export function allowedA(plan: PlanResult, { chargePoint, connector }: SiteConnector, atS: number): number | undefined {
  const planned = plan.connectors.find((own) => own.chargePoint === chargePoint && own.connector === connector);
  return planned?.currentA[slotAt(plan, atS) ?? -1];
}

/** The slot of a plan that holds at a moment; undefined where it does not reach so far. */
export function slotAt({ slots, slotMinutes }: PlanResult, atS: number): number | undefined {
  const startS = epochSeconds(slots[0] ?? '') ?? Number.NaN;
  const slot = Math.floor((atS - startS) / (slotMinutes * 60));
  return slot >= 0 && slot < slots.length ? slot : undefined;
}
