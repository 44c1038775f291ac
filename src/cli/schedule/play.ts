import { answerComposite } from '../../../optimizer/composite.ts';
import type { GetCompositeScheduleResponse, Refused } from '../../../optimizer/messages.ts';
import type { ProfileStore } from '../../../optimizer/profile-store.ts';
import {
  clearProfiles,
  emptyStore,
  setProfile,
  startTransaction,
  stopTransaction,
} from '../../../optimizer/profiles.ts';
import type { Station } from '../../../optimizer/station.ts';
import { callErrorName } from '../../ocpp-j/errors.ts';
import type { Scenario, Step } from './scenario.ts';

/** What came of a scenario, as `ocpp-edge schedule` prints it. */
export type Result = {
  readonly id: string;
  /** One for each step: a status, `CALLERROR:<code>`, or null where there is nothing to answer. */
  readonly steps: readonly (string | null)[];
  readonly answer: GetCompositeScheduleResponse | { readonly callError: string } | null;
};

/** A played scenario: its result, and the profiles that lie in the station at the end. */
export type Played = { readonly result: Result; readonly store: ProfileStore };

/** Plays the steps in order, then asks. */
export function play({ id, station, steps, query }: Scenario): Played {
  let store = emptyStore;
  const answers = steps.map((step) => {
    const outcome = take(station, store, step);
    store = outcome.store;
    return outcome.answer;
  });
  const answer = query === undefined ? null : ask(station, store, query.payload, query.atS);
  return { result: { id, steps: answers, answer }, store };
}

type Taken = { readonly store: ProfileStore; readonly answer: string | null };

function take(station: Station, store: ProfileStore, step: Step): Taken {
  switch (step.kind) {
    case 'SetChargingProfile':
      return set(station, store, step.payload, step.atS);
    case 'ClearChargingProfile':
      return clear(station, store, step.payload);
    case 'StartTransaction':
      return { store: start(station, store, step), answer: null };
    case 'StopTransaction':
      return { store: stopTransaction(store, step.connectorId), answer: null };
  }
}

function set(station: Station, store: ProfileStore, payload: unknown, atS: number): Taken {
  const outcome = setProfile(station, store, payload, atS);
  switch (outcome.kind) {
    case 'accepted':
      return { store: outcome.store, answer: 'Accepted' };
    case 'rejected':
      return { store, answer: 'Rejected' };
    case 'refused':
      return { store, answer: `CALLERROR:${codeOf(outcome)}` };
  }
}

function clear(station: Station, store: ProfileStore, payload: unknown): Taken {
  const outcome = clearProfiles(station, store, payload);
  switch (outcome.kind) {
    case 'cleared':
      return { store: outcome.store, answer: 'Accepted' };
    case 'unknown':
      return { store, answer: 'Unknown' };
    case 'refused':
      return { store, answer: `CALLERROR:${codeOf(outcome)}` };
  }
}

function start(station: Station, store: ProfileStore, step: Step & { kind: 'StartTransaction' }): ProfileStore {
  const { connectorId, transactionId, atS: startedAtS, chargingProfile } = step;
  return startTransaction(station, store, { connectorId, transactionId, startedAtS }, chargingProfile);
}

function ask(station: Station, store: ProfileStore, payload: unknown, atS: number): Result['answer'] {
  const outcome = answerComposite(station, store, payload, atS);
  return outcome.kind === 'refused' ? { callError: codeOf(outcome) } : outcome.response;
}

function codeOf(refused: Refused): string {
  return callErrorName(refused.code);
}
