import { isDeepStrictEqual } from 'node:util';
import { type Callback, chooseCallback } from './callback.ts';
import { changedLink } from './link-keys.ts';
import type { Metered } from './measurements.ts';
import type { Order } from './orders.ts';
import type { Delivery, LinkSettings, Payload } from './ports.ts';
import type { GatewaySettings, StationSettings } from './settings.ts';
import type { Standing, StationRecord, Store } from './store-port.ts';

/** One charger as the gateway knows it while it runs; what must survive is in `record`. */
export type Station = {
  readonly identity: string;
  /** Replaced as a whole when the config changes. */
  settings: StationSettings;
  record: StationRecord;
  /**
   * Settings of the CSMS link that the CSMS changed (AuthorizationKey, …), and what was written to a charger that cannot be
   * asked for its configuration (stand-in.ts).
   */
  linkSettings: Readonly<Record<string, string>>;
  linkOpen: boolean;
  /** Monotonic ms at which something last wanted the link. */
  linkWantedAtMs: number;
  /** Monotonic ms of the last opening of the link. */
  linkOpenedAtMs: number;
  /** Monotonic ms of the last message; undefined while it has not spoken since the gateway started. */
  heardAtMs: number | undefined;
  /** It holds a connection of its own (OCPP-J). */
  connected: boolean;
  /** Another live source claims this identity. */
  conflict: boolean;
  noCommandsReason: string | undefined;
  /** Which callback address was chosen, and from what it was. */
  callbackChoice: { readonly claimed: string; readonly chosen: Callback } | undefined;
  /** Monotonic ms of the last Heartbeat that went to the CSMS. */
  heartbeatSentAtMs: number | undefined;
  /** Last status of each connector. */
  readonly statuses: Map<number, ToldStatus>;
  /** The last MeterValues of each connector, read by nobody until somebody looks. */
  readonly metered: Map<number, Metered>;
  /** Connectors where a transaction ended since they were Available. */
  readonly finishing: Set<number>;
  /** When transactions began that it runs, by its own ids; wall clock, as this process saw it. */
  readonly begun: Map<number, number>;
  /** What it was told lately that ends transactions, the newest last; times are monotonic. */
  orders: readonly { readonly order: Order; readonly atMs: number }[];
  /** Its own spelling of configuration keys, by their names in lower case, where it tells them apart by case. */
  readonly keySpellings: Map<string, string>;
  /** Last status of its firmware and its diagnostics, by action. */
  readonly transfers: Map<string, string>;
  /** Called at the next message of this charger. */
  readonly onHeard: Set<() => void>;
  /** Called when the link opens or the next attempt fails. */
  readonly onLink: Set<() => void>;
  /** Operations that the charger answered with NotSupported, and what the CSMS heard of it. */
  readonly lacks: Map<string, Delivery>;
  /** A BootNotification of it waits for the link: it needs no replay when that opens. */
  bootWaits: boolean;
  /** Cancels the next replay of its BootNotification. */
  cancelReplay: () => void;
  /** Transactions that the CSMS refused after they had begun; the charger is still to be told. */
  readonly lateStops: Set<number>;
  /** lastSeen has moved since the record was saved. */
  unsaved: boolean;
};

export type ToldStatus = {
  readonly status: string;
  /** The StatusNotification, as the CSMS hears it. */
  readonly payload: Payload;
  /** Wall clock, by the charger if it said so. */
  readonly atMs: number;
  /** The boot that it came after. */
  readonly bootAtMs: number | undefined;
};

/** Strangers beyond this are refused: an attacker must not fill disk and memory (3 KB each) with identities. */
const strangersAtMost = { inQuarantine: 1_000, inAll: 10_000 };

/** All chargers ever seen, by identity without case. */
export class Stations {
  readonly #store: Store;
  readonly #settings: GatewaySettings;
  readonly #byName = new Map<string, Station>();
  /** Stations in quarantine. */
  #waiting = 0;

  constructor(store: Store, settings: GatewaySettings) {
    this.#store = store;
    this.#settings = settings;
  }

  async load(): Promise<void> {
    const records = await this.#store.stations();
    await Promise.all(records.map((record) => this.#complete(this.#remember(record))));
  }

  async #complete(station: Station): Promise<void> {
    station.linkSettings = await this.#store.settings(station.identity);
    for (const transaction of await this.#store.openTransactions(station.identity)) {
      if (transaction.lateRefusal) station.lateStops.add(transaction.id);
    }
  }

  find(identity: string): Station | undefined {
    return this.#byName.get(identity.toLowerCase());
  }

  all(): Iterable<Station> {
    return this.#byName.values();
  }

  /** True if there is no room for another stranger. */
  full(): boolean {
    return this.#byName.size >= strangersAtMost.inAll || this.#waiting >= strangersAtMost.inQuarantine;
  }

  /** Remembers a charger that was never seen before; on disk when it resolves. */
  async add(record: StationRecord): Promise<Station> {
    const station = this.#remember(record);
    await this.#store.saveStation(station.record);
    return station;
  }

  /** Changes what must survive; on disk when it resolves. */
  async update(station: Station, change: Partial<StationRecord>): Promise<void> {
    this.#waiting += waits(change.standing ?? station.record.standing) - waits(station.record.standing);
    station.record = { ...station.record, ...change };
    station.unsaved = false;
    await this.#store.saveStation(station.record);
  }

  /**
   * Works out what other settings mean for every charger. The returned function puts it in place, and returns those whose
   * settings or standing it changed; their records are on disk when `saved` resolves.
   */
  prepare(settings: GatewaySettings): () => Reconfigured {
    const next = [...this.all()].map((station) => {
      const own = settings.station(station.identity);
      return { station, own, record: underConfig(station.record, own, settings.unknownChargers) };
    });
    return () => {
      const changed = next.filter(
        ({ station, own, record }) => !isDeepStrictEqual([station.settings, station.record], [own, record]),
      );
      for (const { station, own, record } of changed) reconfigure(station, own, record);
      const stations = changed.map(({ station }) => station);
      return { stations, saved: Promise.all(stations.map(({ record }) => this.#store.saveStation(record))) };
    };
  }

  #remember(record: StationRecord): Station {
    const settings = this.#settings.station(record.identity);
    const station = freshStation(underConfig(record, settings, this.#settings.unknownChargers), settings);
    this.#byName.set(record.identity.toLowerCase(), station);
    this.#waiting += waits(station.record.standing);
    return station;
  }
}

const waits = (standing: Standing): number => Number(standing === 'quarantined');

export type Reconfigured = { readonly stations: readonly Station[]; readonly saved: Promise<unknown> };

function reconfigure(station: Station, settings: StationSettings, record: StationRecord): void {
  if (station.record.callback !== undefined && record.callback === undefined) {
    station.noCommandsReason = 'the config names another way to call it, and it has not spoken since';
  }
  station.settings = settings;
  station.record = record;
  station.callbackChoice = undefined;
}

/** What was remembered under another config, as the config of today would have it. */
function underConfig(
  record: StationRecord,
  { registered, link, callback }: StationSettings,
  unknownChargers: GatewaySettings['unknownChargers'],
): StationRecord {
  const welcome = registered || unknownChargers === 'accept';
  const standing = record.standing === 'quarantined' && welcome ? 'accepted' : record.standing;
  const known = record.callback === undefined ? [] : [record.callback];
  const chosen = chooseCallback(callback, known, record.source ?? '');
  return {
    ...record,
    standing,
    csmsIdentity: link.csmsIdentity,
    boot: record.boot && { ...record.boot, unheard: record.boot.unheard || isAnotherCsms(record, link) },
    callback: chosen.kind === 'url' && record.source !== undefined ? chosen.url : undefined,
  };
}

/** Or the same one, which knows the charger under another name. */
function isAnotherCsms({ boot, csmsIdentity }: StationRecord, link: LinkSettings): boolean {
  const before = boot?.csms?.url ?? link.url;
  return before !== link.url || csmsIdentity !== link.csmsIdentity;
}

function freshStation(record: StationRecord, settings: StationSettings): Station {
  return {
    identity: record.identity,
    settings,
    record,
    linkSettings: {},
    linkOpen: false,
    linkWantedAtMs: 0,
    linkOpenedAtMs: 0,
    heardAtMs: undefined,
    connected: false,
    conflict: false,
    noCommandsReason: 'it has not spoken since the gateway started',
    callbackChoice: undefined,
    heartbeatSentAtMs: undefined,
    statuses: new Map(),
    metered: new Map(),
    finishing: new Set(),
    begun: new Map(),
    orders: [],
    keySpellings: new Map(),
    transfers: new Map(),
    onHeard: new Set(),
    onLink: new Set(),
    lacks: new Map(),
    bootWaits: false,
    cancelReplay: () => undefined,
    lateStops: new Set(),
    unsaved: false,
  };
}

/** The link as configured, with what the CSMS changed on top. */
export function effectiveLink(station: Station): LinkSettings {
  const link = { ...station.settings.link, csmsIdentity: station.record.csmsIdentity };
  return changedLink(link, station.linkSettings);
}

/** Where it can be called: a URL, empty when that is the connection that it holds; undefined: nowhere. */
export function addressOf({ record, settings }: Station): string | undefined {
  if (record.wire !== 'ocpp1.6-json') return record.callback;
  return settings.callback.remoteCommands ? '' : undefined;
}

/** Seconds between the charger's Heartbeats, as it was told; 0 leaves the choice to it (OCPP 1.6 §6.8). */
export function heartbeatIntervalS(station: Station): number {
  const told = station.record.boot?.csms?.intervalS ?? 0;
  return told > 0 ? told : 300;
}

/** OCPP 1.6-J text of a payload's field, when it is text. */
export function textOf(payload: Payload, name: string): string | undefined {
  const value = payload[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(payload: Payload, name: string): number | undefined {
  const value = payload[name];
  return typeof value === 'number' ? value : undefined;
}
