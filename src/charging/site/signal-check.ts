import type { Signal } from './ports.ts';
import { refuseUnless } from './refusal.ts';

/** A day in minutes, several times over. */
const mostSteps = 10_000;

type Range = { readonly least: number; readonly most: number };

/** A net load may be negative: what the site feeds in. So may a price: somebody pays for taking. */
const ranges = {
  loadA: { least: -100_000, most: 100_000 },
  limitA: { least: 0, most: 100_000 },
  kw: { least: 0, most: 1_000_000 },
  perKwh: { least: -100_000, most: 100_000 },
  gPerKwh: { least: 0, most: 100_000 },
} as const satisfies Record<string, Range>;

/** Throws OcppError for steps that are missing, do not ascend or hold a number that is none. */
export function checkSignal(signal: Signal): void {
  const { kind, steps } = signal;
  // no price at all: those of the site's own file hold again
  const leastSteps = kind === 'prices' ? 0 : 1;
  const isSound = steps.length >= leastSteps && steps.length <= mostSteps;
  refuseUnless(isSound, `${kind}.steps`, steps.length, `${leastSteps} to ${mostSteps} steps`);
  for (const [index, { fromS }] of steps.entries()) {
    const beforeS = steps[index - 1]?.fromS ?? Number.NEGATIVE_INFINITY;
    const isNext = Number.isFinite(fromS) && fromS > beforeS;
    refuseUnless(isNext, `${kind}.steps[${index}].fromS`, fromS, 'a time in seconds, after that of the step before');
  }
  checkValues(signal);
}

function checkValues(signal: Signal): void {
  switch (signal.kind) {
    case 'load':
      return signal.steps.forEach(({ currentA }, index) => checkPhases(`load.steps[${index}]`, currentA, ranges.loadA));
    case 'pv':
      return signal.steps.forEach(({ kw }, index) => checkNumber(`pv.steps[${index}].kw`, kw, ranges.kw));
    case 'external':
      return signal.steps.forEach(({ currentA, kw }, index) => {
        if (currentA !== undefined) checkPhases(`external.steps[${index}]`, currentA, ranges.limitA);
        if (kw !== undefined) checkNumber(`external.steps[${index}].kw`, kw, ranges.kw);
      });
    case 'prices':
      return signal.steps.forEach(({ perKwh }, index) =>
        checkNumber(`prices.steps[${index}].perKwh`, perKwh, ranges.perKwh),
      );
    case 'co2':
      return signal.steps.forEach(({ gPerKwh }, index) =>
        checkNumber(`co2.steps[${index}].gPerKwh`, gPerKwh, ranges.gPerKwh),
      );
  }
}

function checkPhases(path: string, currentA: readonly number[], range: Range): void {
  refuseUnless(currentA.length === 3, `${path}.currentA`, currentA.length, 'a current for each of L1, L2, L3');
  for (const [phase, value] of currentA.entries()) checkNumber(`${path}.currentA[${phase}]`, value, range);
}

function checkNumber(field: string, value: number, { least, most }: Range): void {
  refuseUnless(value >= least && value <= most, field, value, `a number from ${least} to ${most}`);
}
