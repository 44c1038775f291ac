import type { ChargingProfilePurpose } from './charging-profile.ts';
import { type InstalledProfile, type ProfileStore, type RunningTransaction, transactionOn } from './profile-store.ts';
import type { Station } from './station.ts';
import { localTrack, profileTrack, type Track } from './track.ts';

/** The tracks that rule one connector. */
export type ConnectorStacks = {
  /** When its transaction began; undefined while none runs. */
  readonly chargingStartS: number | undefined;
  readonly txProfiles: readonly Track[];
  readonly txDefaults: readonly Track[];
  readonly local: Track;
};

/** A store prepared for looking up; good until the store changes. */
export type Stacks = {
  readonly stationLimits: readonly Track[];
  /** Connector 1 first. */
  readonly connectors: readonly ConnectorStacks[];
  readonly nominalVoltageV: number;
};

/** Prepares every profile once and hands it to the connectors it rules. */
export function stacksOf(station: Station, store: ProfileStore): Stacks {
  const tracks = new Map(store.profiles.map((installed) => [installed, profileTrack(installed)]));
  const tracksOf = (chosen: readonly InstalledProfile[]) => chosen.flatMap((installed) => tracks.get(installed) ?? []);
  return {
    stationLimits: tracksOf(setOn(store, 0, 'ChargePointMaxProfile')),
    connectors: station.localLimits.map((localLimit, index) => {
      const transaction = transactionOn(store, index + 1);
      return {
        chargingStartS: transaction?.startedAtS,
        txProfiles: tracksOf(txProfilesOf(store, transaction)),
        txDefaults: tracksOf(txDefaultsOf(store, index + 1)),
        local: localTrack(localLimit),
      };
    }),
    nominalVoltageV: station.nominalVoltageV,
  };
}

/** The TxProfiles of the transaction that runs; one with another transactionId is not for it (OCPP 1.6 §7.8). */
export function txProfilesOf(
  store: ProfileStore,
  transaction: RunningTransaction | undefined,
): readonly InstalledProfile[] {
  if (transaction === undefined) return [];
  return setOn(store, transaction.connectorId, 'TxProfile').filter(
    ({ profile }) => (profile.transactionId ?? transaction.transactionId) === transaction.transactionId,
  );
}

/**
 * The connector's own defaults, and the station's on the levels where it has none of its own (§3.12.1), active or not
 * (§3.12.2, note). Which was set first does not matter.
 */
export function txDefaultsOf(store: ProfileStore, connectorId: number): readonly InstalledProfile[] {
  const own = setOn(store, connectorId, 'TxDefaultProfile');
  const ownLevels = new Set(own.map(({ profile }) => profile.stackLevel));
  const common = setOn(store, 0, 'TxDefaultProfile').filter(({ profile }) => !ownLevels.has(profile.stackLevel));
  return [...own, ...common];
}

/** The profiles of a purpose that were set on this very connector. */
export function setOn(
  store: ProfileStore,
  connectorId: number,
  purpose: ChargingProfilePurpose,
): readonly InstalledProfile[] {
  return store.profiles.filter(
    (installed) => installed.connectorId === connectorId && installed.profile.chargingProfilePurpose === purpose,
  );
}
