import type { PerPhase, Scenario } from '../../../optimizer/site.ts';
import type { Flow } from './flow.ts';

/*
 * What flows at a connector beyond what was planned for it: a charger that does not obey, a car on more phases than was
 * thought, somebody who charges without a transaction. Chargers need seconds to follow a plan, and a reading may be from
 * before: only what has lasted a minute counts, and then as load of the site, until a reading says otherwise.
 */

export type Excess = { readonly sinceS: number; readonly atS: number; readonly currentA: PerPhase<number> };

export const noCurrent: PerPhase<number> = [0, 0, 0];

/** What matters of a current; noise of a meter and the overshoot of a car are less. */
export const noticeableA = 1;
const lastsS = 60;

/** What is in excess now; `allowedA` on each phase of the site. */
export function excessOf(before: Excess | undefined, flow: Flow, allowedA: PerPhase<number>): Excess | undefined {
  const { currentA, atS } = flow;
  const beyondA = (phase: 0 | 1 | 2) => Math.max(0, currentA[phase] - allowedA[phase]);
  const excessA: PerPhase<number> = [beyondA(0), beyondA(1), beyondA(2)];
  if (Math.max(...excessA) <= noticeableA) return undefined;
  return { sinceS: Math.min(before?.sinceS ?? atS, atS), atS, currentA: excessA };
}

/** What of it counts as load. */
export function lastingA(excess: Excess | undefined): PerPhase<number> {
  return excess === undefined || excess.atS - excess.sinceS < lastsS ? noCurrent : excess.currentA;
}

export function added([a, b, c]: PerPhase<number>, [x, y, z]: PerPhase<number>): PerPhase<number> {
  return [a + x, b + y, c + z];
}

/** A load with what is in excess at all its times; what the site feeds in does not make up for it. */
export function withExcess(load: Scenario['load'], excessA: PerPhase<number>, atS: number): Scenario['load'] {
  if (excessA.every((value) => value === 0)) return load;
  const on = (currentA: PerPhase<number>, phase: 0 | 1 | 2) =>
    excessA[phase] === 0 ? currentA[phase] : Math.max(0, currentA[phase]) + excessA[phase];
  const steps = load.length === 0 ? [{ fromS: atS, currentA: noCurrent }] : load;
  return steps.map(({ fromS, currentA }) => ({
    fromS,
    currentA: [on(currentA, 0), on(currentA, 1), on(currentA, 2)],
  }));
}
