import { answerComposite } from '../../optimizer/composite.ts';
import { clearProfiles, setProfile } from '../../optimizer/profiles.ts';
import type { ProfileStore } from '../../optimizer/profile-store.ts';
import type { Station } from '../../optimizer/station.ts';
import { OcppError } from '../ocpp/errors.ts';
import type { ProfileAction } from '../gateway/charging-port.ts';
import type { Payload } from '../gateway/ports.ts';

export type Answer = { readonly store: ProfileStore; readonly conf: Payload };

/** Answers as a Charge Point with smart charging would (OCPP 1.6 §5.5, §5.7, §5.16). Throws OcppError for the message's form. */
export function answerAs(
  station: Station,
  store: ProfileStore,
  action: ProfileAction,
  payload: Payload,
  atS: number,
): Answer {
  switch (action) {
    case 'SetChargingProfile':
      return set(station, store, payload, atS);
    case 'ClearChargingProfile':
      return clear(station, store, payload);
    case 'GetCompositeSchedule':
      return { store, conf: composite(station, store, payload, atS) };
  }
}

function set(station: Station, store: ProfileStore, payload: Payload, atS: number): Answer {
  const outcome = setProfile(station, store, payload, atS);
  switch (outcome.kind) {
    case 'accepted':
      return { store: outcome.store, conf: { status: 'Accepted' } };
    case 'rejected':
      return { store, conf: { status: 'Rejected' } };
    case 'refused':
      throw new OcppError(outcome.code, outcome.reason);
  }
}

function clear(station: Station, store: ProfileStore, payload: Payload): Answer {
  const outcome = clearProfiles(station, store, payload);
  switch (outcome.kind) {
    case 'cleared':
      return { store: outcome.store, conf: { status: 'Accepted' } };
    case 'unknown':
      return { store, conf: { status: 'Unknown' } };
    case 'refused':
      throw new OcppError(outcome.code, outcome.reason);
  }
}

function composite(station: Station, store: ProfileStore, payload: Payload, atS: number): Payload {
  const outcome = answerComposite(station, store, payload, atS);
  if (outcome.kind === 'refused') throw new OcppError(outcome.code, outcome.reason);
  return { ...outcome.response };
}
