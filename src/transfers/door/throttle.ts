import type { Clock } from '../../gateway/ports.ts';

/** So large that the timers of a fast line are not what limits it, so small that many slow downloads never stall. */
const piecesPerS = 20;
const pieceBytes = { least: 512, most: 512 * 1024 };

/**
 * Bytes that several downloads may take together. Each asks for one piece after the other, and gets it when all that was
 * asked for before has been earned: they share alike, and at no time have more bytes left than the rate allows.
 */
export class Throttle {
  readonly pieceBytes: number;
  readonly #bytesPerS: number;
  readonly #clock: Pick<Clock, 'elapsed' | 'after'>;
  /** Monotonic ms. */
  #earnedAtMs = Number.NEGATIVE_INFINITY;

  constructor(bytesPerS: number, clock: Pick<Clock, 'elapsed' | 'after'>) {
    this.pieceBytes = Math.max(pieceBytes.least, Math.min(Math.ceil(bytesPerS / piecesPerS), pieceBytes.most));
    this.#bytesPerS = bytesPerS;
    this.#clock = clock;
  }

  /** Calls when so many bytes may leave. */
  take(bytes: number, granted: () => void): void {
    const nowMs = this.#clock.elapsed();
    this.#earnedAtMs = Math.max(nowMs, this.#earnedAtMs) + (bytes * 1000) / this.#bytesPerS;
    this.#clock.after(this.#earnedAtMs - nowMs, granted);
  }
}
