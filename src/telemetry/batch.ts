import type { Exchange } from '../gateway/ports.ts';

/**
 * Exchanges as their values, one after the other: a list of plain values crosses to another thread at a third of what
 * the same in objects costs.
 */
export type Batch = readonly BatchValue[];
export type BatchValue = string | number | undefined;

const stride = 10;

/** Appends the values of an exchange. */
export function append(values: BatchValue[], exchange: Exchange): void {
  const { atMs, station, side, direction, action, outcome, latencyMs, request, answer, seq } = exchange;
  values.push(atMs, station, side, direction, action, outcome, latencyMs, request, answer, seq);
}

export const countOf = (batch: Batch): number => batch.length / stride;

/** The exchanges of a batch, in the order in which they were appended. */
export function exchangesOf(batch: Batch): readonly Exchange[] {
  return Array.from({ length: countOf(batch) }, (_, index) => exchangeAt(batch, index * stride));
}

function exchangeAt(batch: Batch, from: number): Exchange {
  const [atMs, station, side, direction, action, outcome, latencyMs, request, answer, seq] = batch.slice(
    from,
    from + stride,
  );
  // Only `append` makes batches.
  return { atMs, station, side, direction, action, outcome, latencyMs, request, answer, seq } as Exchange;
}
