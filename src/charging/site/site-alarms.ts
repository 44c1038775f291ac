import { type PerPhase, phaseNames, type Scenario } from '../../../optimizer/site.ts';
import type { Bay } from './bay.ts';
import type { Alarm } from './ports.ts';

type Steps<S> = readonly (S & { readonly fromS: number })[];

/** Roots of the tree that the uncontrolled load alone exceeds now: no car can be given anything below them. */
export function overloads({ site, load, external, nowS }: Scenario): readonly Alarm[] {
  // a load holds before its first step as well, an outer limit does not
  const loadA = (stepAt(load, nowS) ?? load[0])?.currentA;
  if (loadA === undefined) return [];
  const outer = stepAt(external, nowS);
  return site.tree
    .filter(({ parent }) => parent === undefined)
    .flatMap(({ id, maxCurrentA, headroomPct }) => {
      const limitA = (phase: 0 | 1 | 2) =>
        Math.min(maxCurrentA[phase] * (1 - headroomPct / 100), outer?.currentA?.[phase] ?? Number.POSITIVE_INFINITY);
      const byPhase = exceeded(loadA, [limitA(0), limitA(1), limitA(2)]);
      const loadKw = (loadA.reduce((sum, value) => sum + Math.max(0, value), 0) * site.nominalVoltageV) / 1000;
      const isAbove = outer?.kw !== undefined && loadKw > outer.kw;
      const inAll = isAbove ? [`${loadKw.toFixed(1)} kW of ${outer.kw.toFixed(1)} kW`] : [];
      const causes = [...byPhase, ...inAll];
      const message = `the load without the chargers is above the limit: ${causes.join(', ')}`;
      return causes.length === 0 ? [] : [{ kind: 'overload', about: id, message }];
    });
}

function exceeded(loadA: PerPhase<number>, limitA: PerPhase<number>): readonly string[] {
  return phaseNames.flatMap((name, phase) => {
    const [isA = 0, mostA = 0] = [loadA[phase], limitA[phase]];
    return isA > mostA ? [`${isA.toFixed(1)} A of ${mostA.toFixed(1)} A on ${name}`] : [];
  });
}

function stepAt<S>(steps: Steps<S>, atS: number): S | undefined {
  return steps.findLast(({ fromS }) => fromS <= atS);
}

/** What a person should see of a connector. */
export function bayAlarms(bay: Bay, atS: number): readonly Alarm[] {
  const { place } = bay;
  const rejected = bay.rejections(atS);
  const stray = phaseNames.flatMap((name, phase) => {
    const currentA = bay.strayA(atS)[phase] ?? 0;
    return currentA > 0 ? [`${currentA.toFixed(1)} A on ${name}`] : [];
  });
  const left = `${rejected?.count} values were left out, the last one: ${rejected?.last}`;
  const without = `current without a transaction, which counts as load: ${stray.join(', ')}`;
  return [
    ...(rejected === undefined ? [] : [{ kind: 'badMeterValues', about: place, message: left }]),
    ...(stray.length === 0 ? [] : [{ kind: 'strayCurrent', about: place, message: without }]),
  ];
}
