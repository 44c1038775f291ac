import type { ChargingProfile } from './charging-profile.ts';

/** A profile as it lies in the station: where it was set and when (seconds since the epoch). */
export type InstalledProfile = {
  readonly connectorId: number;
  readonly receivedAtS: number;
  readonly profile: ChargingProfile;
};

/** A transaction that runs on a connector; without id while the central system has not given it one. */
export type RunningTransaction = {
  readonly connectorId: number;
  readonly transactionId?: number;
  readonly startedAtS: number;
};

/** All that smart charging must remember; it survives a reboot (errata 3.37). */
export type ProfileStore = {
  readonly profiles: readonly InstalledProfile[];
  readonly transactions: readonly RunningTransaction[];
};

/** The transaction that runs on a connector. */
export function transactionOn(store: ProfileStore, connectorId: number): RunningTransaction | undefined {
  return store.transactions.find((transaction) => transaction.connectorId === connectorId);
}
