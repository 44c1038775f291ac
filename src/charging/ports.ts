import type { ProfileStore } from '../../optimizer/profile-store.ts';

/** What smart charging remembers of one charger; saved as a whole. */
export type ChargingState = {
  /** Profiles that the charger has, or that the gateway keeps for it, and the transactions that they were made for. */
  readonly store: ProfileStore;
  /** Ids of those that lie in the charger itself, which accepted them; absent: none is known to. */
  readonly forwarded?: readonly number[];
  /** Learned from the charger's own answers; forgotten with new firmware. */
  readonly capability: Capability;
  /** What was last written to the charger by connector (0: the whole station), so that a restart does not write it again. */
  readonly written: Readonly<Record<number, WrittenLimit>>;
  /** A profile that came with a RemoteStartTransaction, until its transaction begins; by connector, 0 for any. */
  readonly awaited: Readonly<Record<number, AwaitedProfile>>;
};

/** For the next transaction of this idTag. */
export type AwaitedProfile = { readonly idTag: string; readonly chargingProfile: unknown };

export type Capability = {
  /** `unknown` until the charger answered its first smart-charging call. */
  readonly smartCharging: 'unknown' | 'yes' | 'no';
  readonly firmwareVersion: string | undefined;
};

export type WrittenLimit = {
  /** As it was sent. */
  readonly value: string;
  readonly atMs: number;
  /** The charger confirmed it when it was read back. */
  readonly confirmed: boolean;
  /** Stopped by us: the session that is to be resumed when the limit allows it. */
  readonly paused: { readonly idTag: string } | undefined;
};

/** Where that is kept; on disk when a promise resolves. Rejects with StoreUnavailable. */
export interface ChargingStore {
  chargingState(station: string): Promise<ChargingState | undefined>;
  saveChargingState(station: string, state: ChargingState): Promise<void>;
}
