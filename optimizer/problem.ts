import type { Scenario, Session, SiteConnector } from './site.ts';

/** Index of a site phase: L1, L2, L3. */
export type PhaseIndex = 0 | 1 | 2;

/** A session that can still be planned, in slots. */
export type Car = {
  readonly session: Session;
  readonly connector: SiteConnector;
  /** Site phases that the car uses, after rotation. */
  readonly phases: readonly PhaseIndex[];
  /** It is there in the slots [firstSlot, endSlot). */
  readonly firstSlot: number;
  readonly endSlot: number;
  /** Most current per used phase for each slot of the problem; 0 where it is away, or could not have its minimum. */
  readonly capA: Float64Array;
  /** The cap without any profile, and the least of the profiles (Infinity: none), for each slot. */
  readonly ownCapA: number;
  readonly profileCapA: Float64Array;
  readonly minCurrentA: number;
  /** Energy of 1 A on each used phase during one slot. */
  readonly kwhPerA: number;
  /** What it still lacks. */
  readonly energyKwh: number;
  /** What a kWh for it is worth to the program, above every price that it may pay. */
  readonly valuePerKwh: number;
  /** Nodes above it, indices into the problem's. */
  readonly nodes: readonly number[];
};

/** A node of the tree, or the ChargePointMaxProfile of a charge point, slot by slot. */
export type LimitNode = {
  readonly id: string;
  /** For each phase and slot: the limit, and the part that the uncontrolled load leaves (never negative). */
  readonly limitA: readonly [Float64Array, Float64Array, Float64Array];
  readonly roomA: readonly [Float64Array, Float64Array, Float64Array];
  /** The same for the current of all phases added; undefined: power is not limited. */
  readonly totalLimitA: Float64Array | undefined;
  readonly totalRoomA: Float64Array | undefined;
  /** The uncontrolled load that passes it, for each phase and slot; undefined: none. */
  readonly loadA: readonly [Float64Array, Float64Array, Float64Array] | undefined;
  /** Cars below it, indices into the problem's. */
  readonly cars: readonly number[];
};

/** A scenario in slots: everything that the program, the greedy plan and the checker agree on. */
export type Problem = {
  readonly scenario: Scenario;
  /** Start of slot 0, seconds since the epoch. */
  readonly startS: number;
  readonly slotS: number;
  readonly slotCount: number;
  readonly cars: readonly Car[];
  readonly nodes: readonly LimitNode[];
  /** Money per kWh of import and of lost feed-in (never above the import price), for each slot. */
  readonly importPerKwh: Float64Array;
  readonly feedInPerKwh: Float64Array;
  /** What planning adds to both: CO2, for each slot. */
  readonly addedPerKwh: Float64Array;
  /** Import without any car, and PV power that nobody else uses, for each slot. */
  readonly baseKw: Float64Array;
  readonly surplusKw: Float64Array;
  /** The peak from which on a car makes it dearer: billed already, or made by the load alone. */
  readonly peakFloorKw: number;
};

/** Currents as numbers, not yet what a charger can do: for each car, A per used phase for each slot. */
export type Relaxed = {
  readonly currentA: readonly Float64Array[];
  /** The committed slots have 0 or at least the minimum already, and their starts were weighed. */
  readonly isCommitted?: boolean;
};

/** A plan that chargers can carry out: for each car, tenths of an ampere per used phase for each slot. */
export type Plan = { readonly tenths: readonly Int32Array[] };
