import type { PlanResult } from '../../../optimizer/plan-result.ts';
import { type PerPhase, phaseNames } from '../../../optimizer/site.ts';
import { epochSeconds } from '../../../optimizer/time.ts';

/** What a connector may take: on each pin that is used, and on each phase of the site. */
export type Allowance = { readonly currentA: number; readonly onPhaseA: PerPhase<number> };

/** What a plan allows a connector at a moment; undefined where it has no such car or no such time. */
export function allowanceIn(
  plan: PlanResult,
  chargePoint: string,
  connector: number,
  atS: number,
): Allowance | undefined {
  const planned = plan.connectors.find((own) => own.chargePoint === chargePoint && own.connector === connector);
  const startS = epochSeconds(plan.slots[0] ?? '');
  if (planned === undefined || startS === undefined) return undefined;
  const slot = Math.floor((atS - startS) / (plan.slotMinutes * 60));
  const currentA = planned.currentA[slot];
  if (currentA === undefined) return undefined;
  const on = (phase: 0 | 1 | 2) => (planned.phases.includes(phaseNames[phase]) ? currentA : 0);
  return { currentA, onPhaseA: [on(0), on(1), on(2)] };
}
