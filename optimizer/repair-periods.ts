import { type Choice, sumOf, worthOf } from './repair-response.ts';

/** Slots [from, to) at one level. */
type Run = { readonly from: number; readonly to: number; readonly tenths: number };

/** Stretches of equal current in a row, ascending. */
export function runsOf(row: Int32Array): readonly Run[] {
  const runs: Run[] = [];
  let from = 0;
  for (let slot = 1; slot <= row.length; slot += 1) {
    if (slot < row.length && row[slot] === row[from]) continue;
    runs.push({ from, to: slot, tenths: row[from] ?? 0 });
    from = slot;
  }
  return runs;
}

/**
 * The best row of at most `maxPeriods` stretches (ChargingScheduleMaxPeriods, OCPP 1.6 §9.4) that brings about as much
 * energy as `row`: every stretch has one level that all its slots can have, so that nothing is exceeded. Either the
 * exact slots stay as they are and the rest is cut anew, or all is, whichever is worth more.
 */
export function withinPeriods(choice: Choice, row: Int32Array, maxPeriods: number): Int32Array {
  const ends = choice.car.endSlot < row.length ? 1 : 0;
  const head = headOf(choice, row, maxPeriods - ends);
  const whole = cutAfter(choice, row, { end: 0, periods: choice.car.firstSlot > 0 ? 1 : 0 }, maxPeriods - ends);
  const exact = head.end === 0 ? whole : cutAfter(choice, row, head, maxPeriods - ends);
  const best = worthOf(choice, exact) <= worthOf(choice, whole) ? exact : whole;
  return runsOf(best).length <= maxPeriods ? best : firstOnly(best, maxPeriods);
}

type Head = { readonly end: number; readonly periods: number };

function cutAfter(choice: Choice, row: Int32Array, head: Head, maxPeriods: number): Int32Array {
  const kept = row.slice(0, head.end);
  const from = Math.max(head.end, choice.car.firstSlot);
  const cut = new Cut(choice, from, Math.max(1, maxPeriods - head.periods));
  const cutRow = cut.bring(Math.max(0, Math.min(choice.budget, sumOf(row)) - sumOf(kept)));
  cutRow.set(kept);
  return cutRow;
}

/** The stretches at the beginning that can stay: inside the exact slots, and so few that the rest has a period as well. */
function headOf({ car, exactSlots, most }: Choice, row: Int32Array, maxPeriods: number): Head {
  let end = 0;
  let periods = 0;
  for (const { to, tenths } of runsOf(row.slice(0, Math.min(exactSlots, car.endSlot)))) {
    const isPossible = most.subarray(end, to).every((available) => tenths <= available);
    if (!isPossible || periods + 2 >= maxPeriods) break;
    end = to;
    periods += 1;
  }
  return { end, periods };
}

/** A charger of so few periods gets the first ones, and nothing afterwards. */
function firstOnly(row: Int32Array, maxPeriods: number): Int32Array {
  const lastFrom = runsOf(row)[maxPeriods - 1]?.from ?? 0;
  return maxPeriods <= 1 ? new Int32Array(row.length) : row.map((tenths, slot) => (slot < lastFrom ? tenths : 0));
}

/** The slots from `from` to the departure of a car, cut into stretches of one level each. */
class Cut {
  readonly #choice: Choice;
  readonly #from: number;
  readonly #stretches: number;

  constructor(choice: Choice, from: number, stretches: number) {
    this.#choice = choice;
    this.#from = from;
    this.#stretches = stretches;
  }

  /** Energy is given a price that rises until the sum is reached; what is then too much is taken away. */
  bring(sum: number): Int32Array {
    const { car } = this.#choice;
    let low = 0;
    let high = (car.valuePerKwh * car.kwhPerA) / 10;
    let best = this.#at(high);
    for (let round = 0; round < 12 && totalOf(best) > sum; round += 1) {
      const middle = (low + high) / 2;
      const tried = this.#at(middle);
      if (totalOf(tried) < sum) low = middle;
      else {
        high = middle;
        best = tried;
      }
    }
    return this.#asRow(this.#lowered(best, totalOf(best) - sum));
  }

  /** The stretches that are worth most when a tenth is worth `price`: dynamic programming over their ends. */
  #at(price: number): readonly Run[] {
    const { car, costs, exactSlots, least } = this.#choice;
    const count = car.endSlot - this.#from;
    const width = count + 1;
    const gains = new Float64Array((this.#stretches + 1) * width).fill(Number.POSITIVE_INFINITY);
    const cuts = new Int32Array(gains.length);
    const levels = new Int32Array(gains.length);
    gains[0] = 0;
    for (let stretch = 1; stretch <= this.#stretches; stretch += 1) {
      for (let end = 1; end <= count; end += 1) {
        let margin = 0;
        let most = Number.POSITIVE_INFINITY;
        for (let begin = end - 1; begin >= 0; begin -= 1) {
          const slot = this.#from + begin;
          margin += (costs[slot] ?? 0) - price;
          most = Math.min(most, this.#choice.most[slot] ?? 0);
          const isTooLow = slot < exactSlots && most < least;
          const level = margin < 0 && !isTooLow ? most : 0;
          const gain = (gains[(stretch - 1) * width + begin] ?? 0) + margin * level;
          const place = stretch * width + end;
          if (gain >= (gains[place] ?? 0)) continue;
          gains[place] = gain;
          cuts[place] = begin;
          levels[place] = level;
        }
      }
    }
    return this.#traced(count, gains, cuts, levels);
  }

  #traced(count: number, gains: Float64Array, cuts: Int32Array, levels: Int32Array): readonly Run[] {
    const width = count + 1;
    let stretch = 1;
    for (let other = 2; other <= this.#stretches; other += 1) {
      if ((gains[other * width + count] ?? 0) < (gains[stretch * width + count] ?? 0)) stretch = other;
    }
    const runs: Run[] = [];
    for (let end = count; end > 0 && stretch > 0; stretch -= 1) {
      const place = stretch * width + end;
      const begin = cuts[place] ?? 0;
      runs.push({ from: this.#from + begin, to: this.#from + end, tenths: levels[place] ?? 0 });
      end = begin;
    }
    return runs.toReversed();
  }

  /** Ends a stretch earlier by whole slots, then lowers the one that loses least by it. */
  #lowered(runs: readonly Run[], excess: number): readonly Run[] {
    let left = excess;
    const shortened = runs.map((run, index) => {
      const isFollowed = (runs[index + 1]?.tenths ?? 0) > 0;
      if (isFollowed || run.tenths === 0 || left <= 0) return run;
      const slots = Math.min(run.to - run.from - 1, Math.floor(left / run.tenths));
      left -= slots * run.tenths;
      return { ...run, to: run.to - slots };
    });
    if (left <= 0) return shortened;
    const { least } = this.#choice;
    const candidates = shortened.map((run) => {
      const length = run.to - run.from;
      const steps = Math.ceil(left / length);
      return run.tenths - steps >= least ? steps * length : run.tenths * length;
    });
    const chosen = candidates.reduce(
      (best, lost, index) => (lost >= left && (best < 0 || lost < (candidates[best] ?? 0)) ? index : best),
      -1,
    );
    return shortened.map((run, index) =>
      index === chosen ? { ...run, tenths: run.tenths - (candidates[index] ?? 0) / (run.to - run.from) } : run,
    );
  }

  #asRow(runs: readonly Run[]): Int32Array {
    const row = new Int32Array(this.#choice.most.length);
    for (const { from, to, tenths } of runs) row.fill(tenths, from, to);
    return row;
  }
}

function totalOf(runs: readonly Run[]): number {
  return runs.reduce((sum, { from, to, tenths }) => sum + (to - from) * tenths, 0);
}
