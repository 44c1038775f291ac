import type { ChargerWire, LinkState, Payload } from './ports.ts';
import type { OutboxCounts, OutboxRow, Standing } from './store-port.ts';

/** What people may see and do; the HTTP API, the unix socket and the command line all come through here. */
export interface OperatorDoor {
  chargers(): Promise<readonly ChargerView[]>;
  /** Undefined if it was never seen. */
  charger(identity: string): Promise<ChargerDetails | undefined>;
  /** Lets a charger out of quarantine (or un-blocks it). False if it was never seen. */
  adopt(identity: string): Promise<boolean>;
  /** Refuses a charger from now on; its queued messages stay. False if it was never seen. */
  block(identity: string): Promise<boolean>;
  outbox(filter: { readonly station?: string; readonly dead?: boolean }): Promise<readonly OutboxRow[]>;
  /** Puts a dead letter and its group back; returns how many rows. */
  retry(seq: number): Promise<number>;
  /** Removes a dead letter and its group for good; returns how many rows. */
  drop(seq: number): Promise<number>;
  counts(): Promise<OutboxCounts>;
  /** `/readyz`: the store can be written and the listeners are up (not: the CSMS is there). */
  ready(): Promise<{ readonly ready: boolean; readonly reasons: readonly string[] }>;
}

export type ChargerView = {
  readonly identity: string;
  readonly csmsIdentity: string;
  readonly standing: Standing;
  readonly wire: ChargerWire;
  readonly lastSeenMs: number;
  /** Two live sources claim this identity: the first stays. */
  readonly conflict: boolean;
  readonly source: string | undefined;
  readonly callback: string | undefined;
  /** Why the charger takes no remote commands, in words; undefined when it does. */
  readonly noCommandsReason: string | undefined;
  /** What it was answered to its boot. */
  readonly boot: 'Accepted' | 'Pending' | 'Rejected' | undefined;
  readonly lastBoot: BootView | undefined;
  readonly link: LinkState;
  readonly openTransactions: number;
  /** Messages on disk for the CSMS, and those that it refused for good. */
  readonly waiting: number;
  readonly dead: number;
  /** From 0 on, as far as it ever spoke of them. */
  readonly connectors: readonly ConnectorView[];
};

/** What a connector said last since the gateway started; 0 is the charger as a whole. */
export type ConnectorView = {
  readonly connector: number;
  /** StatusNotification. */
  readonly told: Payload | undefined;
  /** MeterValues, and when they came. */
  readonly metered: { readonly payload: Payload; readonly atMs: number } | undefined;
};

/** All that is known of one charger. */
export type ChargerDetails = ChargerView & {
  readonly firstSeenMs: number;
  readonly transactions: readonly TransactionView[];
  /** Operations that it answered with NotSupported or NotImplemented since the gateway started. */
  readonly lacks: readonly string[];
  /** Settings of its link that the CSMS changed, by their keys. */
  readonly changedSettings: readonly string[];
};

export type BootView = {
  /** As the charger sent it. */
  readonly payload: Payload;
  readonly atMs: number;
  /** What the CSMS said last; undefined while it never heard of it. */
  readonly csms: { readonly status: string; readonly intervalS: number } | undefined;
  /** The CSMS is still to be told. */
  readonly unheard: boolean;
};

/** An open transaction, without its idTag. */
export type TransactionView = {
  readonly connector: number;
  readonly chargerTxId: number | undefined;
  readonly csmsTxId: string | undefined;
  readonly startedAt: string;
};
