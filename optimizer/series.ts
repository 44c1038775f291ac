/** Slots of equal length; `startS` in seconds since the epoch. */
export type Slots = { readonly startS: number; readonly slotS: number; readonly slotCount: number };

/** A value from `fromS` on, until the next one. */
export type Step = { readonly fromS: number; readonly value: number };

/** What is made of several values in one slot: their mean over time, or the worst. */
export type Sampling = 'mean' | 'most' | 'least';

/**
 * Ascending steps as one value for each slot; the last one holds for ever. Before the first step, and without any, it
 * is `before`. A slot that a step divides has the mean or the worst of its parts.
 */
export function sampled(steps: readonly Step[], slots: Slots, sampling: Sampling, before: number): Float64Array {
  const values = new Float64Array(slots.slotCount);
  let next = 0;
  let value = before;
  for (let slot = 0; slot < slots.slotCount; slot += 1) {
    let atS = slots.startS + slot * slots.slotS;
    const endS = atS + slots.slotS;
    let total = 0;
    let worst: number | undefined;
    while (atS < endS) {
      for (let step = steps[next]; step !== undefined && step.fromS <= atS; step = steps[next]) {
        value = step.value;
        next += 1;
      }
      const untilS = Math.min(endS, steps[next]?.fromS ?? endS);
      total += value * (untilS - atS);
      worst = worse(worst, value, sampling);
      atS = untilS;
    }
    // a slot of one value keeps it exactly
    values[slot] = sampling !== 'mean' || worst === value ? (worst ?? value) : total / slots.slotS;
  }
  return values;
}

function worse(worst: number | undefined, value: number, sampling: Sampling): number | undefined {
  if (worst === undefined) return value;
  switch (sampling) {
    case 'mean':
      return worst === value ? worst : Number.NaN;
    case 'most':
      return Math.max(worst, value);
    case 'least':
      return Math.min(worst, value);
  }
}
