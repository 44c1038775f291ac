import { emptyStore, startTransaction, stopTransaction } from '../../optimizer/profiles.ts';
import { type ProfileStore, type RunningTransaction, transactionOn } from '../../optimizer/profile-store.ts';
import type { Station } from '../../optimizer/station.ts';
import type { ChargerFacts, OpenTransaction } from '../gateway/charging-port.ts';
import type { AwaitedProfile, Capability, ChargingState, ChargingStore } from './ports.ts';

/** What is remembered of each charger, read once, changed by one at a time, on disk when a change resolves. */
export class Books {
  readonly #store: ChargingStore;
  readonly #states = new Map<string, ChargingState>();
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(store: ChargingStore) {
    this.#store = store;
  }

  /** What is known without asking the disk. */
  known(identity: string): ChargingState | undefined {
    return this.#states.get(identity);
  }

  /** Runs when every earlier change of this charger is over; what `change` returns as state is saved if it is another. */
  work<T>(identity: string, change: (state: ChargingState) => Promise<Changed<T>>): Promise<T> {
    const turn = (this.#turns.get(identity) ?? Promise.resolve()).then(() => this.#work(identity, change));
    // A change that failed is its caller's to handle; those behind it go on.
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(identity, settled);
    return turn;
  }

  async #work<T>(identity: string, change: (state: ChargingState) => Promise<Changed<T>>): Promise<T> {
    const before = this.#states.get(identity) ?? (await this.#store.chargingState(identity)) ?? blank;
    const { state, result } = await change(before);
    if (state !== before) await this.#store.saveChargingState(identity, state);
    this.#states.set(identity, state);
    return result;
  }
}

export type Changed<T> = { readonly state: ChargingState; readonly result: T };

const blank: ChargingState = {
  store: emptyStore,
  capability: { smartCharging: 'unknown', firmwareVersion: undefined },
  written: {},
  awaited: {},
};

/** The state brought up to what is so: transactions that began or ended, firmware that changed. The same if nothing is new. */
export function upToDate(state: ChargingState, charger: ChargerFacts, station: Station): ChargingState {
  return withTransactions(withFirmware(state, charger), charger, station);
}

/** What was learned of a charger is forgotten with new firmware. */
function withFirmware(state: ChargingState, { boot }: ChargerFacts): ChargingState {
  const firmwareVersion = boot === undefined ? undefined : textOf(boot['firmwareVersion']);
  const known = state.capability.firmwareVersion;
  if (firmwareVersion === undefined || firmwareVersion === known) return state;
  const smartCharging = known === undefined ? state.capability.smartCharging : 'unknown';
  const capability: Capability = { smartCharging, firmwareVersion };
  return { ...state, capability };
}

function withTransactions(state: ChargingState, charger: ChargerFacts, station: Station): ChargingState {
  const transactions = newestOnEach(charger.transactions);
  let { store, awaited } = state;
  for (const { connectorId } of state.store.transactions) {
    const isOver = !transactions.some((open) => isSame(transactionOn(store, connectorId), open));
    if (isOver) store = stopTransaction(store, connectorId);
  }
  for (const open of transactions) {
    const known = transactionOn(store, open.connectorId);
    if (isSame(known, open)) {
      store = withId(store, open);
      continue;
    }
    const connectorId = [open.connectorId, 0].find((id) => isFor(awaited[id], open));
    const profile = connectorId === undefined ? undefined : awaited[connectorId]?.chargingProfile;
    store = startTransaction(station, store, runningOf(open), profile);
    if (connectorId !== undefined) awaited = withoutAwaited(awaited, connectorId);
  }
  return store === state.store && awaited === state.awaited ? state : { ...state, store, awaited };
}

/** Oldest first come in; of two on one connector the older one's end was never told. */
function newestOnEach(transactions: readonly OpenTransaction[]): readonly OpenTransaction[] {
  return [...new Map(transactions.map((open) => [open.connectorId, open])).values()];
}

/** A RemoteStartTransaction that came to nothing must not rule the session of somebody else. */
function isFor(awaited: AwaitedProfile | undefined, { idTag }: OpenTransaction): boolean {
  return awaited !== undefined && awaited.idTag.toLowerCase() === idTag.toLowerCase();
}

const startedAtS = (open: OpenTransaction) => Math.floor(open.startedAtMs / 1000);

function isSame(known: RunningTransaction | undefined, open: OpenTransaction): boolean {
  return known?.connectorId === open.connectorId && known.startedAtS === startedAtS(open);
}

function runningOf(open: OpenTransaction): RunningTransaction {
  const { connectorId, transactionId } = open;
  const running = { connectorId, startedAtS: startedAtS(open) };
  return transactionId === undefined ? running : { ...running, transactionId };
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');

/** A transaction gets its id after it began. */
function withId(store: ProfileStore, open: OpenTransaction): ProfileStore {
  const known = transactionOn(store, open.connectorId);
  if (known === undefined || known.transactionId === open.transactionId) return store;
  const transactions = store.transactions.map((one) => (one === known ? runningOf(open) : one));
  return { ...store, transactions };
}

/** The profile of a RemoteStartTransaction is for the next transaction only. */
function withoutAwaited(awaited: ChargingState['awaited'], connectorId: number): ChargingState['awaited'] {
  const { [connectorId]: _taken, ...others } = awaited;
  return others;
}
