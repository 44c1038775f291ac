import type { Exchange, MessageLog } from '../gateway/ports.ts';

/*
 * What the operator is shown of the messages on the wires and of the sites' past. Everything here was masked before it
 * was written: idTags, passwords and tokens are not to be had.
 */

/** A message in a list; see `Exchange` for the fields. */
export type MessageHead = Pick<Exchange, 'atMs' | 'side' | 'direction' | 'action' | 'outcome'> & {
  /** Ascends with the time of writing. */
  readonly id: number;
  readonly charger: string;
  readonly latencyMs?: number;
  /** Of both texts. */
  readonly bytes: number;
  /** Number in the outbox: the same on both wires. */
  readonly seq?: number;
};

export type MessageFull = MessageHead & { readonly request: string; readonly answer?: string };

export type MessageFilter = {
  /** Identity, without case. */
  readonly charger?: string;
  readonly action?: string;
  readonly side?: Exchange['side'];
  /** As it was written, or `failed`: everything but `answered`. */
  readonly outcome?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Only lower ids. */
  readonly before?: number;
  /** Only higher ids, the lowest of them first to be had. */
  readonly after?: number;
  readonly limit: number;
};

/** Newest first; `before` asks for the next page, if there is one. */
export type MessagePage = { readonly messages: readonly MessageHead[]; readonly before?: number };

/** A message, the same on the other wire, and what it caused; in order of time. */
export type MessageStory = { readonly message: MessageFull; readonly related: readonly MessageFull[] };

/** A site in one minute; amperes of L1, L2, L3. */
export type SitePoint = {
  readonly atMs: number;
  readonly loadA: readonly number[];
  readonly limitA?: readonly number[];
  readonly plannedA?: readonly number[];
  readonly pricePerKwh?: number;
};

/** What can be read. Rejects with TelemetryUnavailable. */
export interface TelemetryDoor {
  messages(filter: MessageFilter): Promise<MessagePage>;
  story(id: number): Promise<MessageStory | undefined>;
  /** Newest first; fewer than asked for when their texts are large. */
  texts(filter: MessageFilter): Promise<readonly MessageFull[]>;
  /** Ascending; minutes in which nothing was known are left out. */
  history(site: string, fromMs: number, toMs: number): Promise<readonly SitePoint[]>;
  /**
   * Of the newest 200 messages those with higher ids than `afterId`, ascending; without one, the last. Written or not yet:
   * for whoever asks again and again.
   */
  recent(afterId: number | undefined): Promise<readonly MessageHead[]>;
}

/** All of the telemetry, as the rest of the program sees it. */
export interface Telemetry extends TelemetryDoor, MessageLog {
  keep(site: string, point: SitePoint): void;
  /** Writes what has come, 2 s at most, and ends. */
  close(): Promise<void>;
}

/** The telemetry cannot be read: its thread is gone or its file cannot be used. */
export class TelemetryUnavailable extends Error {
  override readonly name = 'TelemetryUnavailable';
}

/** How long and how much is kept. */
export type Retention = { readonly keepDays: number; readonly keepBytes: number };
