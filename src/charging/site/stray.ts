import type { PerPhase, Scenario } from '../../../optimizer/site.ts';
import type { Flow } from './flow.ts';

/*
 * What flows at a connector without a transaction: somebody charges freely, or the charger has not told of it yet. When a
 * car has just left, a reading may be from before: only what has lasted a minute counts, and then as load of the site,
 * until a reading says otherwise.
 */

export type Stray = { readonly sinceS: number; readonly flow: Flow };

export const noCurrent: PerPhase<number> = [0, 0, 0];

/** What matters of a current; noise of a meter and the overshoot of a car are less. */
export const noticeableA = 1;
const lastsS = 60;

export function strayAfter(before: Stray | undefined, flow: Flow): Stray | undefined {
  if (flow.strongestA <= noticeableA) return undefined;
  return { sinceS: Math.min(before?.sinceS ?? flow.atS, flow.atS), flow };
}

/** What of it counts as load, on each phase of the site. */
export function lastingA(stray: Stray | undefined): PerPhase<number> {
  return stray === undefined || stray.flow.atS - stray.sinceS < lastsS ? noCurrent : stray.flow.currentA;
}

export function added([a, b, c]: PerPhase<number>, [x, y, z]: PerPhase<number>): PerPhase<number> {
  return [a + x, b + y, c + z];
}

/** A load with what strays, at all its times; what the site feeds in does not make up for it. */
export function withStray(load: Scenario['load'], strayA: PerPhase<number>, atS: number): Scenario['load'] {
  if (strayA.every((value) => value === 0)) return load;
  const on = (currentA: PerPhase<number>, phase: 0 | 1 | 2) =>
    strayA[phase] === 0 ? currentA[phase] : Math.max(0, currentA[phase]) + strayA[phase];
  const steps = load.length === 0 ? [{ fromS: atS, currentA: noCurrent }] : load;
  return steps.map(({ fromS, currentA }) => ({
    fromS,
    currentA: [on(currentA, 0), on(currentA, 1), on(currentA, 2)],
  }));
}
