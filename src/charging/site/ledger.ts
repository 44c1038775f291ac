import type { ChargingProfile } from '../../../optimizer/charging-profile.ts';
import type { PlannedProfile } from '../../../optimizer/plan-result.ts';
import type { StackStep } from '../../../optimizer/stack-differences.ts';
import type { Keeper, Lying } from './ports.ts';

/*
 * What may lie in the chargers of a site, by connector and id.
 *
 * A message that leaves adds what it brings to what was there (`sending`); the answer takes one of the two away: Accepted
 * the old (`accepted`), a refusal the new (`unsent`). Without an answer both stay, and the worse one counts, until a
 * later message is answered. The ledger is saved in between, so a crash finds the same doubt.
 */

/** Where a profile lies. */
type Place = { readonly chargePoint: string; readonly connectorId: number };

export class Ledger {
  /** By connector. */
  readonly #places = new Map<string, readonly Lying[]>();
  /** The same array for as long as nothing has changed. */
  #all: readonly Lying[] | undefined;

  constructor(lying: readonly Lying[]) {
    for (const one of lying) this.#put(one);
  }

  get all(): readonly Lying[] {
    this.#all ??= [...this.#places.values()].flat();
    return this.#all;
  }

  on(place: Place): readonly Lying[] {
    return this.#places.get(keyOf(place)) ?? [];
  }

  /** What lies there and is not in doubt. */
  certain(): readonly PlannedProfile[] {
    return this.all.flatMap((lying) => (lying.either.length === 1 ? planned(lying, lying.either[0]) : []));
  }

  /** What was told last on a connector, whether it was heard or not. */
  told(place: Place): readonly PlannedProfile[] {
    return this.on(place).flatMap((lying) => planned(lying, lying.either.at(-1)));
  }

  /** True if that is nothing that may have been there before. */
  sending(step: StackStep, keeper: Keeper): boolean {
    const before = this.#find(step);
    const known = before?.either ?? [null];
    const others = known.filter((present) => !isSame(present, broughtBy(step)));
    this.#put({ ...placeOf(step), either: [...others, broughtBy(step)], unsure: before?.unsure ?? false, keeper });
    return others.length === known.length;
  }

  /** The session that a late answer was for may be over: nobody knows what it met. */
  accepted(step: StackStep, keeper: Keeper): void {
    const isExpected = this.#find(step)?.either.some((present) => isSame(present, broughtBy(step))) ?? false;
    const either = isExpected ? [broughtBy(step)] : [null, broughtBy(step)];
    this.#put({ ...placeOf(step), either, unsure: false, keeper });
  }

  /** What was new surely had no effect. */
  unsent(step: StackStep): void {
    const lying = this.#find(step);
    if (lying === undefined || lying.either.length === 1) return;
    this.#put({ ...lying, either: lying.either.filter((present) => !isSame(present, broughtBy(step))) });
  }

  /** A TxProfile is gone with its transaction (OCPP 1.6 §3.12.1); true if there was one. */
  endSession(place: Place): boolean {
    return this.#keep(place, (lying) => !isLive(lying));
  }

  /** Profiles survive a boot (errata 3.37), but chargers are known that lose them: all are told again. */
  booted(chargePoint: string): void {
    for (const lying of this.all) if (lying.chargePoint === chargePoint) this.#put({ ...lying, unsure: true });
  }

  /** What was told to the one keeper is not known to the other; true if there was anything. */
  keptBy(chargePoint: string, keeper: Keeper | undefined): boolean {
    const others = this.all.filter((lying) => lying.chargePoint === chargePoint && lying.keeper !== keeper);
    for (const { connectorId } of others) {
      this.#keep({ chargePoint, connectorId }, (lying) => lying.keeper === keeper);
    }
    return others.length > 0;
  }

  #find(step: StackStep): Lying | undefined {
    const id = placeOf(step);
    return this.on(id).find(({ chargingProfileId }) => chargingProfileId === id.chargingProfileId);
  }

  #put(lying: Lying): void {
    const others = this.on(lying).filter(({ chargingProfileId }) => chargingProfileId !== lying.chargingProfileId);
    const isNothing = lying.either.every((present) => present === null);
    this.#set(lying, isNothing ? others : [...others, lying]);
  }

  #keep(place: Place, stays: (lying: Lying) => boolean): boolean {
    const present = this.on(place);
    const kept = present.filter(stays);
    if (kept.length < present.length) this.#set(place, kept);
    return kept.length < present.length;
  }

  #set(place: Place, lying: readonly Lying[]): void {
    this.#places.set(keyOf(place), lying);
    this.#all = undefined;
  }
}

function keyOf({ chargePoint, connectorId }: Place): string {
  return `${connectorId} ${chargePoint}`;
}

export function isLive({ either }: Pick<Lying, 'either'>): boolean {
  return either.some((profile) => profile?.chargingProfilePurpose === 'TxProfile');
}

/** Where a profile lies, and under which id. */
export type Id = Pick<Lying, 'chargePoint' | 'connectorId' | 'chargingProfileId'>;

export function placeOf(step: StackStep): Id {
  if (step.kind === 'clear') {
    const { chargePoint, connectorId, chargingProfileId } = step;
    return { chargePoint, connectorId, chargingProfileId };
  }
  const { chargePoint, connectorId, csChargingProfiles } = step.profile;
  return { chargePoint, connectorId, chargingProfileId: csChargingProfiles.chargingProfileId };
}

export function planned(place: Place, profile: ChargingProfile | null | undefined): readonly PlannedProfile[] {
  const { chargePoint, connectorId } = place;
  return profile === null || profile === undefined ? [] : [{ chargePoint, connectorId, csChargingProfiles: profile }];
}

function broughtBy(step: StackStep): ChargingProfile | null {
  return step.kind === 'clear' ? null : step.profile.csChargingProfiles;
}

function isSame(one: ChargingProfile | null, other: ChargingProfile | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
