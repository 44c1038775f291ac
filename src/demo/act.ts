import { Background } from './background.ts';
import type { Deed, Step } from './script.ts';
import { slept, within } from './waiting.ts';

export type ActSettings = {
  readonly script: readonly Step[];
  readonly lengthMs: number;
  /** Resolves when the deed is over, whether it succeeded or not. */
  readonly perform: (deed: Deed) => Promise<void>;
  /** Ends the act early. */
  readonly signal: AbortSignal;
};

/** How long the CSMS waits with going and coming for deeds that are not over. */
const barrierMs = 60_000;

/**
 * Plays the script once. The deeds of one charger happen one after the other, each at its time or as soon as the one
 * before is over. The CSMS goes and comes when all before it is over; what comes later is then as much later, so that
 * on a slow machine the story is longer and not another one. False when it was ended early.
 */
export async function playAct({ script, lengthMs, perform, signal }: ActSettings): Promise<boolean> {
  const turns = new Turns();
  let beganMs = performance.now();
  const lateMs = (at: number) => performance.now() - (beganMs + at * lengthMs);
  const allOver = async (at: number) => {
    await within(turns.settled(), barrierMs, signal);
    beganMs += Math.max(0, lateMs(at));
  };
  for (const { at, deed } of script) {
    if (!(await slept(Math.max(0, -lateMs(at)), signal))) return false;
    if ('charger' in deed) {
      turns.take(deed.charger, () => perform(deed));
    } else {
      await allOver(at);
      if (signal.aborted) return false;
      await perform(deed);
    }
  }
  if (!(await slept(Math.max(0, -lateMs(1)), signal))) return false;
  await allOver(1);
  return !signal.aborted;
}

/** What happens to one charger happens one after the other. */
class Turns {
  readonly #background = new Background();
  readonly #last = new Map<number, Promise<void>>();

  take(charger: number, act: () => Promise<void>): void {
    const turn = (this.#last.get(charger) ?? Promise.resolve()).then(act);
    this.#last.set(charger, turn);
    this.#background.run(turn, `a deed of charger ${charger}`);
  }

  /** Rejects when a deed rejected: a mistake of ours. */
  async settled(): Promise<void> {
    await this.#background.settled();
  }
}
