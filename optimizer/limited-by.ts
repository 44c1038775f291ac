import type { Car, Problem } from './problem.ts';
import { Room } from './room.ts';
import { isoTime } from './time.ts';

/** Why a car gets less than it lacks. */
export type Limitation = {
  readonly kind: 'node' | 'cap' | 'profile' | 'departure' | 'price' | 'minimumCurrent';
  readonly id: string;
};

/** Currents are whole tenths: what is closer than half of one is there. */
const toleranceA = 0.05;
/** A node with less room than this has none: no step of 0.1 A fits. */
const fullA = 0.1;

/** What keeps each car from its energy; nothing for those that get it, but for less than a tenth of an ampere in a slot. */
export function limitations(
  problem: Problem,
  currentA: readonly ArrayLike<number>[],
  unmetKwh: Float64Array,
): readonly (readonly Limitation[])[] {
  const room = new Room(problem);
  for (const [index, car] of problem.cars.entries()) {
    for (let slot = car.firstSlot; slot < car.endSlot; slot += 1) room.take(car, slot, currentA[index]?.[slot] ?? 0);
  }
  return problem.cars.map((car, index) => {
    if ((unmetKwh[index] ?? 0) <= car.kwhPerA / 10 + 1e-9) return [];
    return distinct(limitsOf(problem, room, car, currentA[index] ?? []));
  });
}

function limitsOf(problem: Problem, room: Room, car: Car, currentA: ArrayLike<number>): readonly Limitation[] {
  const limits: Limitation[] = [];
  for (let slot = car.firstSlot; slot < car.endSlot; slot += 1) {
    limits.push(limitIn(problem, room, car, slot, currentA[slot] ?? 0));
  }
  const isFull = limits.every(({ kind }) => kind === 'cap' || kind === 'profile');
  return isFull ? [...limits, { kind: 'departure', id: placeOf(car) }] : limits;
}

function limitIn(problem: Problem, room: Room, car: Car, slot: number, currentA: number): Limitation {
  const profileA = car.profileCapA[slot] ?? Number.POSITIVE_INFINITY;
  const ceilingA = Math.min(car.ownCapA, profileA);
  const ceiling: Limitation = profileA <= car.ownCapA ? profileOf(problem, car) : { kind: 'cap', id: placeOf(car) };
  if (ceilingA < car.minCurrentA) {
    return ceiling.kind === 'profile' ? ceiling : { kind: 'minimumCurrent', id: placeOf(car) };
  }
  if (currentA >= ceilingA - toleranceA) return ceiling;
  const full = car.nodes.find((node) => room.ofNode(node, car, slot) < fullA);
  if (full !== undefined) return { kind: 'node', id: problem.nodes[full]?.id ?? '' };
  // there is room, but less than the least that a car can take
  const tight = car.nodes.find((node) => room.ofNode(node, car, slot) < car.minCurrentA);
  if (currentA === 0 && tight !== undefined) return { kind: 'minimumCurrent', id: problem.nodes[tight]?.id ?? '' };
  return { kind: 'price', id: isoTime(problem.startS + slot * problem.slotS) };
}

/** The profile that rules a connector: the transaction's before the default, the highest level. */
function profileOf({ scenario }: Problem, { connector }: Car): Limitation {
  const candidates = scenario.profiles.filter(
    ({ chargePoint, connectorId, profile }) =>
      chargePoint === connector.chargePoint &&
      (connectorId === 0 || connectorId === connector.connector) &&
      profile.chargingProfilePurpose !== 'ChargePointMaxProfile',
  );
  const ranked = candidates.toSorted(
    (a, b) =>
      b.profile.chargingProfilePurpose.localeCompare(a.profile.chargingProfilePurpose) ||
      b.profile.stackLevel - a.profile.stackLevel,
  );
  return { kind: 'profile', id: String(ranked[0]?.profile.chargingProfileId ?? '') };
}

function placeOf({ connector }: Car): string {
  return `${connector.chargePoint}/${connector.connector}`;
}

/** Each limit once; slots that are too dear together. */
function distinct(limits: readonly Limitation[]): readonly Limitation[] {
  const seen = new Map(
    limits.toReversed().map((limit) => [limit.kind === 'price' ? 'price' : `${limit.kind} ${limit.id}`, limit]),
  );
  return [...seen.values()].toReversed();
}
