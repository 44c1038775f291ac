import {
  type ClearChargingProfileRequest,
  chargingProfile,
  clearChargingProfileRequest,
  type Refused,
  readMessage,
  type SetChargingProfileRequest,
  setChargingProfileRequest,
} from './messages.ts';
import { objection } from './objection.ts';
import { type InstalledProfile, type ProfileStore, type RunningTransaction, transactionOn } from './profile-store.ts';
import type { Station } from './station.ts';

/** Nothing is installed and nothing runs. */
export const emptyStore: ProfileStore = { profiles: [], transactions: [] };

/** SetChargingProfile.conf; `replaced` are the profiles that made room. Nothing is stored unless accepted. */
export type SetOutcome =
  | {
      readonly kind: 'accepted';
      readonly store: ProfileStore;
      readonly installed: InstalledProfile;
      readonly replaced: readonly InstalledProfile[];
    }
  | { readonly kind: 'rejected'; readonly reason: string }
  | Refused;

/** ClearChargingProfile.conf: Accepted with what was removed, or Unknown. */
export type ClearOutcome =
  | { readonly kind: 'cleared'; readonly store: ProfileStore; readonly removed: readonly InstalledProfile[] }
  | { readonly kind: 'unknown' }
  | Refused;

/** The refusal of every smart charging message by a station that has none (errata 3.39). */
export const notSupported: Refused = {
  kind: 'refused',
  code: 'NotSupported',
  reason: 'this charge point has no smart charging',
};

/** Answers SetChargingProfile.req (OCPP 1.6 §5.16): first its form, then its meaning. */
export function setProfile(station: Station, store: ProfileStore, payload: unknown, atS: number): SetOutcome {
  if (!station.hasSmartCharging) return notSupported;
  const reading = readMessage(setChargingProfileRequest, payload);
  if (reading.kind === 'refused') return reading;
  const { connectorId } = reading.message;
  if (connectorId < 0 || connectorId > station.localLimits.length) {
    const reason = `connectorId: expected 0 to ${station.localLimits.length}, found ${connectorId}`;
    return { kind: 'refused', code: 'PropertyConstraintViolation', reason };
  }
  return install(station, store, reading.message, atS);
}

/** Answers ClearChargingProfile.req (OCPP 1.6 §5.5). */
export function clearProfiles(station: Station, store: ProfileStore, payload: unknown): ClearOutcome {
  if (!station.hasSmartCharging) return notSupported;
  const reading = readMessage(clearChargingProfileRequest, payload);
  if (reading.kind === 'refused') return reading;
  const removed = store.profiles.filter((installed) => isNamed(installed, reading.message));
  if (removed.length === 0) return { kind: 'unknown' };
  return { kind: 'cleared', store: without(store, removed), removed };
}

/**
 * A transaction starts on a connector; one that ran there is over. `remoteProfile` is what its
 * RemoteStartTransaction.req carried: a TxProfile (errata 3.41) that is stored if SetChargingProfile would store it,
 * and else ignored (§5.11).
 */
export function startTransaction(
  station: Station,
  store: ProfileStore,
  transaction: RunningTransaction,
  remoteProfile?: unknown,
): ProfileStore {
  const { connectorId, startedAtS } = transaction;
  const ended = stopTransaction(store, connectorId);
  const running = { ...ended, transactions: [...ended.transactions, transaction] };
  if (remoteProfile === undefined) return running;
  const reading = readMessage(chargingProfile, remoteProfile);
  if (reading.kind === 'refused' || reading.message.chargingProfilePurpose !== 'TxProfile') return running;
  const set = setProfile(station, running, { connectorId, csChargingProfiles: reading.message }, startedAtS);
  return set.kind === 'accepted' ? set.store : running;
}

/** The transaction of a connector is over, and its TxProfiles with it (§3.12.1). */
export function stopTransaction(store: ProfileStore, connectorId: number): ProfileStore {
  const isOver = (installed: InstalledProfile) =>
    installed.connectorId === connectorId && installed.profile.chargingProfilePurpose === 'TxProfile';
  return {
    profiles: store.profiles.filter((installed) => !isOver(installed)),
    transactions: store.transactions.filter((transaction) => transaction.connectorId !== connectorId),
  };
}

function install(station: Station, store: ProfileStore, request: SetChargingProfileRequest, atS: number): SetOutcome {
  const { connectorId, csChargingProfiles: profile } = request;
  const reason = objection(station, connectorId, profile, transactionOn(store, connectorId));
  if (reason !== undefined) return { kind: 'rejected', reason };
  const installed = { connectorId, receivedAtS: atS, profile };
  const replaced = store.profiles.filter((present) => isReplacedBy(installed, present, station.profileIdScope));
  const after = without(store, replaced);
  if (after.profiles.length >= (station.maxProfiles ?? Number.POSITIVE_INFINITY)) {
    return { kind: 'rejected', reason: `more than ${station.maxProfiles} profiles (MaxChargingProfilesInstalled)` };
  }
  return { kind: 'accepted', store: { ...after, profiles: [...after.profiles, installed] }, installed, replaced };
}

/**
 * The same chargingProfileId, or the same purpose and level (§3.12.2, §5.16.3) on the same connector: §3.12.1 lets a
 * connector's default live beside the station's, and two cars each have their TxProfile.
 */
function isReplacedBy(newer: InstalledProfile, present: InstalledProfile, scope: Station['profileIdScope']): boolean {
  const isSamePlace = present.connectorId === newer.connectorId;
  const isSameId = present.profile.chargingProfileId === newer.profile.chargingProfileId;
  if (isSameId && (isSamePlace || scope !== 'connector')) return true;
  return (
    isSamePlace &&
    present.profile.chargingProfilePurpose === newer.profile.chargingProfilePurpose &&
    present.profile.stackLevel === newer.profile.stackLevel
  );
}

/** With `id` that profile alone, whatever else is asked (errata 3.26), else all that agree with every field given (3.25). */
function isNamed({ connectorId, profile }: InstalledProfile, asked: ClearChargingProfileRequest): boolean {
  if (asked.id !== undefined) return profile.chargingProfileId === asked.id;
  return (
    (asked.connectorId ?? connectorId) === connectorId &&
    (asked.chargingProfilePurpose ?? profile.chargingProfilePurpose) === profile.chargingProfilePurpose &&
    (asked.stackLevel ?? profile.stackLevel) === profile.stackLevel
  );
}

function without(store: ProfileStore, removed: readonly InstalledProfile[]): ProfileStore {
  if (removed.length === 0) return store;
  const gone = new Set(removed);
  return { ...store, profiles: store.profiles.filter((installed) => !gone.has(installed)) };
}
