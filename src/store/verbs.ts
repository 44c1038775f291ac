import type { ChargingStore } from '../charging/ports.ts';
import type { SiteStore } from '../charging/site/ports.ts';
import type { CampaignStore } from '../transfers/campaigns/ports.ts';
import type { TransferStore } from '../transfers/jobs/ports.ts';
import type { CopiedStore, ServedTimes } from '../timetable/ports.ts';
import type { Appended, InboundEntry, Lane, OutboxRow, Store } from '../gateway/store-port.ts';

/** The first rows of each lane of a station, lowest seq first. */
export type Front = Readonly<Record<Lane, readonly OutboxRow[]>>;

/** An entry with its payload as JSON, as it is kept: a text crosses to the thread at a fraction of an object's cost. */
export type WrittenEntry = Omit<InboundEntry, 'payload'> & { readonly payload: string };

/** Everything that the store is asked: its ports, and what only its own thread asks for. */
export interface Verbs extends Store, ChargingStore, SiteStore, TransferStore, CampaignStore, ServedTimes, CopiedStore {
  append(entry: WrittenEntry): Promise<Appended>;
  /** At most `frontLength` rows of each lane. */
  front(station: string): Promise<Front>;
}

export type Verb = keyof Verbs;

/** Where a verb that is new in a port is named, so that it crosses to the thread. */
const named: Readonly<Record<Verb, true>> = {
  addTransfer: true,
  append: true,
  appendInbound: true,
  cacheAuthorization: true,
  cachedAuthorization: true,
  campaigns: true,
  chargingState: true,
  claim: true,
  clearAuthorizations: true,
  close: true,
  complete: true,
  copyTo: true,
  counts: true,
  deadLetter: true,
  defer: true,
  dropDead: true,
  front: true,
  health: true,
  localList: true,
  markLateRefusal: true,
  messageCounts: true,
  openTransactionCounts: true,
  openTransactions: true,
  outbox: true,
  peek: true,
  prune: true,
  pruneTransfers: true,
  retryDead: true,
  saveCampaign: true,
  saveChargingState: true,
  saveLocalList: true,
  saveServedJob: true,
  saveSetting: true,
  saveSiteState: true,
  saveStation: true,
  saveTransfer: true,
  servedJobs: true,
  sessions: true,
  settings: true,
  settleStart: true,
  siteState: true,
  stations: true,
  transactionOfCharger: true,
  transactionOfCsms: true,
  transfer: true,
  transfers: true,
};

/** Written out, since spreading costs ten times as much, for every message. */
export function written(entry: InboundEntry): WrittenEntry {
  const { station, action, lane, atMs, dedupeKey, replaceKey, answer, offline, transaction } = entry;
  const payload = JSON.stringify(entry.payload);
  return { station, action, payload, lane, atMs, dedupeKey, replaceKey, answer, offline, transaction };
}

/** All verbs, each handed to `ask` with what it was called with. */
export function verbsOver(ask: (verb: Verb, input: readonly unknown[]) => Promise<unknown>): Verbs {
  const verbs = Object.keys(named).map((verb) => [verb, (...input: readonly unknown[]) => ask(verb as Verb, input)]);
  return Object.fromEntries(verbs) as Verbs;
}

/** Calls one verb of a store. */
export function perform(store: Verbs, verb: Verb, input: readonly unknown[]): Promise<unknown> {
  const work = store[verb] as (...input: readonly unknown[]) => Promise<unknown>;
  return work.call(store, ...input);
}
