import { parentPort } from 'node:worker_threads';
import { planWith } from './plan.ts';
import type { PlanResult } from './plan-result.ts';
import type { Scenario } from './site.ts';
import { type Engines, loadEngines } from './solver.ts';
import { Warmth } from './warmth.ts';

/** What a planner asks its worker: one plan of one site. */
export type PlanRequest = { readonly id: number; readonly scenario: Scenario };

/** What comes back; `failed` is a mistake of ours, with its stack. */
export type PlanAnswer =
  | { readonly id: number; readonly kind: 'planned'; readonly result: PlanResult }
  | { readonly id: number; readonly kind: 'failed'; readonly stack: string };

const nothingTransferred: readonly [] = [];

/** Where the last plan of each site ended. */
const warmths = new Map<string, Warmth>();
const engines = loadEngines();

parentPort?.on('message', ({ id, scenario }: PlanRequest) => {
  engines.then(
    (loaded) => send(answer(loaded, id, scenario)),
    (thrown: unknown) => send({ id, kind: 'failed', stack: String(thrown) }),
  );
});

function send(given: PlanAnswer): void {
  parentPort?.postMessage(given, nothingTransferred);
}

function answer(loaded: Engines, id: number, scenario: Scenario): PlanAnswer {
  const warmth = warmths.get(scenario.site.id) ?? new Warmth();
  warmths.set(scenario.site.id, warmth);
  try {
    return { id, kind: 'planned', result: planWith(loaded, scenario, warmth) };
  } catch (thrown) {
    // the thread lives on; whoever asked decides what a site without a plan does
    return { id, kind: 'failed', stack: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) };
  }
}
