import type { Limit } from './exact.ts';
import { Heap } from './heap.ts';
import { advanceAll, byBorder, type Steps } from './steps.ts';
import type { Track } from './track.ts';
import { TrackCursor } from './track-cursor.ts';

/**
 * The prevailing profile of one purpose as time goes on: the highest stack level among the active ones, even where a
 * lower level allows less (OCPP 1.6 §3.12.2). Levels are unique within a stack. Each border of each track costs
 * O(log tracks): one heap holds all tracks by their next border, a second one the active ones by level; what ended
 * in the second is taken away only when it comes to the top.
 */
export class StackCursor implements Steps {
  /** Undefined while no track is active. */
  limit: Limit | undefined;
  untilS = Number.POSITIVE_INFINITY;
  readonly #borders: Heap<TrackCursor>;
  readonly #active = new Heap<TrackCursor>((a, b) => a.track.stackLevel > b.track.stackLevel, []);
  /** What `#active` holds. */
  readonly #listed = new Set<TrackCursor>();

  /** Made once: a closure per border would be most of a sweep's garbage. */
  readonly #list = (cursor: TrackCursor): void => {
    if (cursor.limit === undefined || this.#listed.has(cursor)) return;
    this.#listed.add(cursor);
    this.#active.push(cursor);
  };

  constructor(tracks: readonly Track[], chargingStartS: number | undefined, atS: number) {
    const cursors = tracks.map((track) => new TrackCursor(track, chargingStartS, atS));
    this.#borders = byBorder(cursors);
    for (const cursor of cursors) this.#list(cursor);
    this.#settle();
  }

  advanceTo(atS: number): number {
    const passed = advanceAll(this.#borders, atS, this.#list);
    this.#settle();
    return passed;
  }

  #settle(): void {
    let prevailing = this.#active.top;
    while (prevailing !== undefined && prevailing.limit === undefined) {
      this.#active.pop();
      this.#listed.delete(prevailing);
      prevailing = this.#active.top;
    }
    this.limit = prevailing?.limit;
    this.untilS = this.#borders.top?.untilS ?? Number.POSITIVE_INFINITY;
  }
}
