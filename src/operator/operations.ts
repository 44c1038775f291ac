import type { OperatorDoor } from '../gateway/operator-port.ts';
import type { Payload } from '../gateway/ports.ts';
import type { OutboxRow } from '../gateway/store-port.ts';
import { chargerRowsNow, chargerSheetNow, type ChargerViewsParts } from './charger-views.ts';
import type { ChargerRow, ChargerSheet } from './views/chargers.ts';

/** What the command line does, whether to a running gateway or to its data folder at rest. */
export interface Operations {
  chargers(): Promise<readonly ChargerRow[]>;
  /** Undefined if the charger was never seen. */
  charger(identity: string): Promise<ChargerSheet | undefined>;
  /** What the config says of a charger, seen or not; undefined where no config is at hand. */
  setup(identity: string): Promise<ChargerSetup | undefined>;
  /** False if the charger was never seen. */
  adopt(identity: string): Promise<boolean>;
  /** False if the charger was never seen. */
  block(identity: string): Promise<boolean>;
  /** Waiting messages and dead letters, or only one of the two kinds. */
  outbox(filter: OutboxFilter): Promise<readonly OutboxItem[]>;
  /** Puts a dead letter and its group back into the queue. */
  retry(seq: number): Promise<Moved>;
  /** Removes a dead letter and its group for good. */
  drop(seq: number): Promise<Moved>;
}

/** How the config has a charger. No secret is in it but those that are part of `urls`. */
export type ChargerSetup = {
  /** Listed under `chargers`. */
  readonly registered: boolean;
  readonly blocked: boolean;
  /** Of `config/models`, by which it is driven if it has no smart charging; undefined: none fits. */
  readonly model: string | undefined;
  /** Keys of its profile that are not at their default. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What it must show, in words. */
  readonly proofs: readonly string[];
  /** What is typed into it, the way that the gateway would be reached. */
  readonly urls: readonly ChargerUrl[];
};

export type ChargerUrl = {
  readonly protocol: 'OCPP-S' | 'OCPP-J';
  readonly url: string;
};

/** The setup of a charger by its identity, and the last BootNotification if there was one. */
export type SetupOf = (
  identity: string,
  boot: Payload | undefined,
) => ChargerSetup | undefined | Promise<ChargerSetup | undefined>;

/** What became of a dead letter that was to go. */
export type Moved =
  | { readonly kind: 'moved'; readonly items: readonly OutboxItem[] }
  | { readonly kind: 'unknown' }
  /** It stays: what it depends on was dropped before it came. */
  | { readonly kind: 'stuck' };

export type OutboxFilter = { readonly station?: string; readonly dead?: boolean };

/** A message of the outbox as people see it: without its payload, which may hold an idTag. */
export type OutboxItem = {
  readonly seq: number;
  readonly station: string;
  readonly action: string;
  readonly lane: OutboxRow['lane'];
  readonly atMs: number;
  readonly attempts: number;
  readonly notBeforeMs: number;
  readonly offline: boolean;
  readonly transaction: TransactionItem | undefined;
  readonly deadReason: string | undefined;
};

export type TransactionItem = {
  readonly connector: number;
  /** As the charger knows it. */
  readonly chargerTxId: number | undefined;
  /** As the CSMS knows it. */
  readonly csmsTxId: string | undefined;
  readonly state: 'open' | 'stopped' | 'dead';
};

/** The operations on a gateway, or a store, behind the operator's door; `views` shows chargers as they are now. */
export function operationsOn(door: OperatorDoor, setupOf: SetupOf, views: ChargerViewsParts): Operations {
  return {
    chargers: () => chargerRowsNow(views),
    charger: (identity) => chargerSheetNow(views, identity),
    setup: async (identity) => setupOf(identity, (await door.charger(identity))?.lastBoot?.payload),
    adopt: (identity) => door.adopt(identity),
    block: (identity) => door.block(identity),
    outbox: async (filter) => (await door.outbox(filter)).map(itemOf),
    retry: (seq) => goneBy(door, seq, (named) => door.retry(named)),
    drop: (seq) => goneBy(door, seq, (named) => door.drop(named)),
  };
}

/** Only the store knows what belongs to a group: the items are those that the act took away. */
async function goneBy(door: OperatorDoor, seq: number, act: (seq: number) => Promise<number>): Promise<Moved> {
  const before = await door.outbox({ dead: true });
  if (!before.some((row) => row.seq === seq)) return { kind: 'unknown' };
  if ((await act(seq)) === 0) return { kind: 'stuck' };
  const left = new Set((await door.outbox({ dead: true })).map((row) => row.seq));
  return { kind: 'moved', items: before.filter((row) => !left.has(row.seq)).map(itemOf) };
}

function itemOf(row: OutboxRow): OutboxItem {
  const { seq, station, action, lane, atMs, attempts, notBeforeMs, offline, transaction, deadReason } = row;
  const shown = transaction && {
    connector: transaction.connector,
    chargerTxId: transaction.chargerTxId,
    csmsTxId: transaction.csmsTxId,
    state: transaction.state,
  };
  return { seq, station, action, lane, atMs, attempts, notBeforeMs, offline, transaction: shown, deadReason };
}
