import type { Limit } from './exact.ts';
import type { Steps } from './steps.ts';
import type { Track } from './track.ts';

/**
 * What one track allows as time goes on. A step to the next period costs O(1), any other O(log periods).
 *
 * `chargingStartS` is when charging began, the anchor of tracks that have none of their own. Undefined: charging is
 * about to begin at whatever second is asked, so that such a track stays at its first second.
 */
export class TrackCursor implements Steps {
  readonly track: Track;
  /** Undefined while the track is not active. */
  limit: Limit | undefined;
  untilS = Number.POSITIVE_INFINITY;
  readonly #anchorS: number | undefined;
  /** Start of the present recurrence. */
  #baseS = 0;
  #index = 0;

  constructor(track: Track, chargingStartS: number | undefined, atS: number) {
    this.track = track;
    this.#anchorS = track.anchorS ?? chargingStartS;
    this.#locate(atS);
  }

  advanceTo(atS: number): number {
    const nextStartS = this.track.startsS[this.#index + 1];
    const isNext = this.limit !== undefined && nextStartS !== undefined && this.#baseS + nextStartS === atS;
    if (isNext && atS < this.track.validToS) this.#enter(this.#index + 1);
    else this.#locate(atS);
    return 1;
  }

  #locate(atS: number): void {
    const { recurrenceS, spanS, validFromS, validToS, startsS, limits } = this.track;
    if (atS >= validToS) return this.#restForEver();
    if (atS < validFromS) return this.#restUntil(validFromS);
    if (this.#anchorS === undefined) {
      this.limit = limits[0];
      this.untilS = validToS;
      return;
    }
    // floor: a recurrence also runs before its startSchedule
    const recurrences = recurrenceS === undefined ? 0 : Math.floor((atS - this.#anchorS) / recurrenceS);
    this.#baseS = this.#anchorS + recurrences * (recurrenceS ?? 0);
    const elapsedS = atS - this.#baseS;
    const index = lastAtOrBefore(startsS, elapsedS);
    if (index < 0) return this.#restUntil(this.#baseS);
    if (elapsedS >= spanS) return this.#restUntil(this.#baseS + (recurrenceS ?? Number.POSITIVE_INFINITY));
    this.#enter(index);
  }

  #enter(index: number): void {
    const { startsS, limits, spanS, validToS } = this.track;
    this.#index = index;
    this.limit = limits[index];
    this.untilS = Math.min(this.#baseS + (startsS[index + 1] ?? spanS), validToS);
  }

  #restForEver(): void {
    this.limit = undefined;
    this.untilS = Number.POSITIVE_INFINITY;
  }

  #restUntil(borderS: number): void {
    this.limit = undefined;
    this.untilS = Math.min(borderS, this.track.validToS);
  }
}

/** Index of the last of the ascending `startsS` that is not after `elapsedS`; -1 when all are. */
function lastAtOrBefore(startsS: readonly number[], elapsedS: number): number {
  let low = 0;
  let high = startsS.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((startsS[middle] ?? Number.POSITIVE_INFINITY) <= elapsedS) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
