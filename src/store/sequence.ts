import type { Database } from 'better-sqlite3';

const blockSize = 1000;

/** Numbers in the order of arrival, never given twice; gaps mean nothing. */
export type Sequence = {
  next(): number;
  /** After a rollback the reservation may be undone: the next number asks the database again. */
  forget(): void;
};

/** Reserves numbers by the thousand: a row of its own for each message would cost every commit a page. */
export function openSequence(db: Database): Sequence {
  const reserve = db
    .prepare<[], number>(`update sequence set next = next + ${blockSize} returning next - ${blockSize}`)
    .pluck();
  let next = 0;
  let end = 0;
  return {
    next: () => {
      if (next === end) {
        next = reserve.get() ?? Number.NaN;
        end = next + blockSize;
      }
      return next++;
    },
    forget: () => {
      next = end;
    },
  };
}
