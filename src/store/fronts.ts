import type { Lane } from '../gateway/store-port.ts';
import type { Message } from './outbox.ts';

/** How many rows of a lane are kept in memory at most: while the CSMS is away the backlog lies on disk only. */
export const frontLength = 4;

type Front = {
  readonly rows: Message[];
  /** Nothing of the lane lies behind `rows`. */
  whole: boolean;
};

/**
 * The first rows of each lane in memory, so that the usual step of the pump (a row comes, goes out, is done) reads
 * nothing from the database. A front is a true copy or not there at all: whatever changes rows in another way than by
 * appending at the end or removing one forgets the front.
 */
export function openFronts(load: (station: number, lane: Lane) => readonly Message[]) {
  const fronts: Readonly<Record<Lane, Map<number, Front>>> = { transaction: new Map(), notice: new Map() };

  const read = (station: number, lane: Lane): Front => {
    const rows = [...load(station, lane)];
    const front = { rows, whole: rows.length < frontLength };
    fronts[lane].set(station, front);
    return front;
  };

  return {
    head: (station: number, lane: Lane): Message | undefined => {
      const front = fronts[lane].get(station) ?? read(station, lane);
      return (front.rows.length === 0 && !front.whole ? read(station, lane) : front).rows[0];
    },
    appended: (row: Message): void => {
      const front = fronts[row.lane].get(row.station);
      if (front === undefined) return;
      front.whole &&= front.rows.length < frontLength;
      if (front.whole) front.rows.push(row);
    },
    removed: (station: number, lane: Lane, seq: number): void => {
      const front = fronts[lane].get(station);
      const index = front?.rows.findIndex((row) => row.seq === seq) ?? -1;
      if (index >= 0) front?.rows.splice(index, 1);
    },
    forgetStation: (station: number): void => {
      fronts.transaction.delete(station);
      fronts.notice.delete(station);
    },
    forget: (): void => {
      fronts.transaction.clear();
      fronts.notice.clear();
    },
  };
}
