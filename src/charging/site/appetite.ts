/*
 * What a car really takes, learned while it charges; it begins anew with each session.
 *
 * Its most. free: as much as was said of it. A car that at every reading of three minutes takes clearly less than it was
 *   allowed (by 1 A or a tenth) → held: the most that it took, and as much again as "clearly" is, but never less than its
 *   connector's minimum. The rest is others'.
 * held: takes still less for three minutes → held lower. Takes nearly all that it is held to → free: it wants more. After
 *   half an hour → free, to see: a car that knows only whole steps would not show that it wants more.
 * While it is allowed nothing, nothing is learned; time that it is allowed more than before counts from then on.
 *
 * Its phases. More than were thought: at once. Fewer: after a minute of readings that agree.
 */

export type Appetite = {
  /** Undefined: free. */
  readonly held: Held | undefined;
  /** It takes less than it may, since when, and the most of it. */
  readonly less: { readonly sinceS: number; readonly mostA: number; readonly allowedA: number } | undefined;
  readonly phases: 1 | 2 | 3 | undefined;
  readonly fewerSinceS: number | undefined;
};

/** `isSated`: it took nothing at all. */
type Held = { readonly mostA: number; readonly untilS: number; readonly isSated: boolean };

/** A measurement beside what was allowed when it was taken; undefined: nobody knows. */
export type Bite = {
  readonly atS: number;
  readonly takesA: number;
  readonly allowedA: number | undefined;
  /** Below this it does not charge. */
  readonly minCurrentA: number;
};

export const unknownAppetite: Appetite = {
  held: undefined,
  less: undefined,
  phases: undefined,
  fewerSinceS: undefined,
};

const holdS = 180;
const probeAfterS = 1800;
const fewerAfterS = 60;
/** Less is nothing: what a car's electronics take. */
const nothingA = 1;

/** What is clearly less than a current. */
function slackOf(currentA: number): number {
  return Math.max(1, currentA / 10);
}

/** The most that the car takes, A; Infinity while it is free. */
export function mostTakenA(appetite: Appetite, atS: number): number {
  return heldAt(appetite, atS)?.mostA ?? Number.POSITIVE_INFINITY;
}

/** True for a car that lately took nothing though it might have. */
export function isSated(appetite: Appetite, atS: number): boolean {
  return heldAt(appetite, atS)?.isSated ?? false;
}

/** A clock that was set back does not hold it longer. */
function heldAt({ held }: Appetite, atS: number): Held | undefined {
  return held !== undefined && atS < held.untilS && held.untilS - atS <= probeAfterS ? held : undefined;
}

export function afterBite(appetite: Appetite, bite: Bite): Appetite {
  const { atS, takesA, allowedA, minCurrentA } = bite;
  const held = heldAt(appetite, atS);
  if (held !== undefined && takesA > held.mostA - slackOf(held.mostA) / 2) {
    return { ...appetite, held: undefined, less: undefined };
  }
  // one that is tried again is not judged by what it took while it was held
  const before = { ...appetite, held, less: held === appetite.held ? appetite.less : undefined };
  if (allowedA === undefined || allowedA < minCurrentA || takesA > allowedA - slackOf(allowedA)) {
    return { ...before, less: undefined };
  }
  const less = lessSince(before.less, takesA, allowedA, atS);
  if (atS - less.sinceS < holdS) return { ...before, less };
  return { ...before, held: heldTo(less.mostA, held, bite), less: undefined };
}

/** A car that is held already is held lower, never higher, and no longer. */
function heldTo(tookA: number, held: Held | undefined, { atS, minCurrentA }: Bite): Held {
  const mostA = Math.max(minCurrentA, tookA + slackOf(tookA));
  return {
    mostA: Math.min(mostA, held?.mostA ?? mostA),
    untilS: held?.untilS ?? atS + probeAfterS,
    isSated: tookA < nothingA,
  };
}

function lessSince(
  less: Appetite['less'],
  takesA: number,
  allowedA: number,
  atS: number,
): NonNullable<Appetite['less']> {
  const isNew = less === undefined || atS < less.sinceS || allowedA > less.allowedA + slackOf(less.allowedA);
  if (isNew) return { sinceS: atS, mostA: takesA, allowedA };
  return { sinceS: less.sinceS, mostA: Math.max(less.mostA, takesA), allowedA };
}

/** `thought` is the number of phases before anything was measured. */
export function afterPhases(
  appetite: Appetite,
  used: 1 | 2 | 3 | undefined,
  thought: 1 | 2 | 3,
  atS: number,
): Appetite {
  if (used === undefined) return appetite;
  const known = appetite.phases ?? thought;
  if (used >= known) return { ...appetite, phases: used, fewerSinceS: undefined };
  const sinceS = Math.min(appetite.fewerSinceS ?? atS, atS);
  if (atS - sinceS < fewerAfterS) return { ...appetite, fewerSinceS: sinceS };
  return { ...appetite, phases: used, fewerSinceS: undefined };
}
