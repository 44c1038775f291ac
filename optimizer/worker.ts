import { parentPort } from 'node:worker_threads';
import { planInTwo, planWith } from './plan.ts';
import type { PlanResult } from './plan-result.ts';
import type { Scenario } from './site.ts';
import { type Engines, loadEngines } from './solver.ts';
import { Warmth } from './warmth.ts';

/** What a planner asks its worker: one plan of one site; `isEarly`: the greedy one before, so that it is there. */
export type PlanRequest = { readonly id: number; readonly scenario: Scenario; readonly isEarly: boolean };

/** What comes back in the end; `failed` is a mistake of ours, with its stack. */
export type PlanAnswer =
  | { readonly id: number; readonly kind: 'planned'; readonly result: PlanResult; readonly isBetter: boolean }
  | { readonly id: number; readonly kind: 'failed'; readonly stack: string };

/** What comes back before, where an engine is asked. */
export type EarlyAnswer = { readonly id: number; readonly kind: 'early'; readonly result: PlanResult };

const nothingTransferred: readonly [] = [];

/** Where the last plan of each site ended. */
const warmths = new Map<string, Warmth>();
const engines = loadEngines();

parentPort?.on('message', ({ id, scenario, isEarly }: PlanRequest) => {
  engines.then(
    (loaded) => send(answer(loaded, { id, scenario, isEarly })),
    (thrown: unknown) => send({ id, kind: 'failed', stack: String(thrown) }),
  );
});

function send(given: PlanAnswer | EarlyAnswer): void {
  parentPort?.postMessage(given, nothingTransferred);
}

function answer(loaded: Engines, { id, scenario, isEarly }: PlanRequest): PlanAnswer {
  const warmth = warmths.get(scenario.site.id) ?? new Warmth();
  warmths.set(scenario.site.id, warmth);
  try {
    if (!isEarly) return { id, kind: 'planned', result: planWith(loaded, scenario, warmth), isBetter: true };
    const hear = (result: PlanResult) => send({ id, kind: 'early', result });
    return { id, kind: 'planned', ...planInTwo(loaded, scenario, warmth, hear) };
  } catch (thrown) {
    // the thread lives on; whoever asked decides what a site without a plan does
    return { id, kind: 'failed', stack: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) };
  }
}
