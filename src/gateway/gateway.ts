import { OcppError } from '../ocpp/errors.ts';
import { mustReplayBoot, replayBoot } from './boot.ts';
import { announceHeard } from './charger-door.ts';
import { Commands } from './commands.ts';
import type { ChargerLine, ChargingDoor } from './charging-port.ts';
import { chargerLine } from './charger-line.ts';
import { createConnectionDoor } from './connection-door.ts';
import { announce, background, openLink, relink, type Context } from './context.ts';
import { factsOf } from './facts.ts';
import { saveSeen, watchChargers } from './liveness.ts';
import { createInspectionDoor } from './inspection-door.ts';
import type { InspectionDoor } from './inspection-port.ts';
import { createOperatorDoor } from './operator-door.ts';
import type { OperatorDoor } from './operator-port.ts';
import type {
  ChargerCaller,
  Clock,
  CommandReply,
  ConnectionDoor,
  CsmsDoor,
  CsmsLinks,
  Log,
  Meters,
  Payload,
} from './ports.ts';
import { Measurements } from './measurements.ts';
import { Pump } from './pump.ts';
import type { GatewaySettings } from './settings.ts';
import { lacksExtension } from './security.ts';
import { Stations, type Station } from './stations.ts';
import type { Store } from './store-port.ts';
import { transfersLine } from './transfers-line.ts';
import type { TransfersDoor, TransfersLine } from './transfers-port.ts';

/** What the gateway is built from. The wires need its doors first, so they are handed over as functions of them. */
export type GatewayParts = {
  readonly settings: GatewaySettings;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
  readonly caller: ChargerCaller;
  readonly links: (door: CsmsDoor) => CsmsLinks;
  readonly charging: (line: ChargerLine) => ChargingDoor;
  readonly transfers: (line: TransfersLine) => TransfersDoor;
};

export type Gateway = {
  readonly chargers: ConnectionDoor;
  readonly operator: OperatorDoor;
  readonly inspection: InspectionDoor;
  /**
   * Works out what other settings mean for every charger, which may throw; the returned function makes them hold. The
   * settings that the gateway was started with must be the new ones by then.
   */
  prepare(settings: GatewaySettings): () => void;
  /** Stops the pumps and saves what is only in memory; the store stays open. */
  stop(): Promise<void>;
};

/** How long chargers that we drive may take to go to their rest values. */
const restMs = 3_000;

/** Loads what is remembered, opens the links that are owed something, and serves. */
export async function startGateway(parts: GatewayParts): Promise<Gateway> {
  const { store, settings } = parts;
  const stations = new Stations(store, settings);
  const epoch = await store.claim(`gateway ${process.pid}`);
  await stations.load();
  const house = new House(parts, stations, epoch);
  await house.resume();
  house.tellCharging();
  return house;
}

class House implements Gateway, CsmsDoor {
  readonly chargers: ConnectionDoor;
  readonly operator: OperatorDoor;
  readonly inspection: InspectionDoor;
  readonly #context: Context;
  readonly #charging: ChargingDoor;
  readonly #transfers: TransfersDoor;
  readonly #commands: Commands;
  readonly #pumps = new Map<string, Pump>();
  readonly #endWatch: () => void;

  constructor(parts: GatewayParts, stations: Stations, epoch: number) {
    const { settings, store, clock, log, meters, caller } = parts;
    const common = { settings, store, clock, log, meters, caller, stations, epoch };
    const own = { measurements: new Measurements(), startedAtMs: clock.now() };
    this.#context = { ...common, ...own, links: parts.links(this) };
    this.#charging = parts.charging(chargerLine(this.#context, () => this.#commands));
    const pumpOf = (station: Station) => this.#pumpOf(station);
    this.#transfers = parts.transfers(transfersLine(this.#context, () => this.#commands, pumpOf));
    const doors = { charging: this.#charging, transfers: this.#transfers };
    this.#commands = new Commands(this.#context, doors, pumpOf);
    this.chargers = createConnectionDoor(this.#context, {
      ...doors,
      pumpOf,
      heard: (station) => this.#heard(station),
      changed: (station) => this.#changed(station),
    });
    this.operator = createOperatorDoor(this.#context, () => this.resume());
    this.inspection = createInspectionDoor(this.#context, this.#charging, () => this.#commands);
    this.#endWatch = watchChargers(this.#context);
  }

  /** Delivers what waits, whether the chargers speak or not: after a start, and when dead letters come back. */
  async resume(): Promise<void> {
    for (const station of this.#context.stations.all()) {
      if (station.record.standing !== 'accepted' || station.settings.blocked) continue;
      const heads = await this.#context.store.peek(station.identity);
      if (heads.transaction === undefined && heads.notice === undefined) continue;
      openLink(this.#context, station);
      this.#pumpOf(station).kick();
    }
  }

  /** Chargers that are driven must not wait for their next message after a start. */
  tellCharging(): void {
    for (const station of this.#context.stations.all()) {
      if (station.record.standing === 'accepted') this.#changed(station);
    }
  }

  prepare(settings: GatewaySettings): () => void {
    const putInPlace = this.#context.stations.prepare(settings);
    return () => {
      const { stations, saved } = putInPlace();
      background(this.#context, 'saving chargers under another config', saved);
      for (const station of stations) relink(this.#context, station);
      background(this.#context, 'delivery under another config', this.resume());
      this.tellCharging();
    };
  }

  async stop(): Promise<void> {
    this.#endWatch();
    await this.#charging.rest(restMs);
    await this.#context.links.shutdown();
    await saveSeen(this.#context);
  }

  linkOpened(identity: string): void {
    const station = this.#context.stations.find(identity);
    if (station === undefined) return;
    station.linkOpen = true;
    station.linkOpenedAtMs = this.#context.clock.elapsed();
    announce(station.onLink);
    const kick = () => this.#pumpOf(station).kick();
    if (mustReplayBoot(station)) background(this.#context, 'boot replay', replayBoot(this.#context, station, kick));
    else kick();
  }

  linkClosed(identity: string): void {
    const station = this.#context.stations.find(identity);
    if (station === undefined) return;
    station.linkOpen = false;
    announce(station.onLink);
  }

  lacks(identity: string, action: string): boolean {
    return lacksExtension(this.#context.stations.find(identity), action);
  }

  async command(identity: string, action: string, payload: Payload): Promise<CommandReply> {
    const station = this.#context.stations.find(identity);
    try {
      if (station === undefined) throw new OcppError('InternalError', 'the charger is not known');
      return { kind: 'answered', payload: await this.#commands.answer(station, action, payload) };
    } catch (thrown) {
      const error = OcppError.from(thrown);
      if (!(thrown instanceof OcppError))
        this.#context.log.error('command failed', { station: identity, action }, thrown);
      return { kind: 'refused', error };
    }
  }

  #heard(station: Station): void {
    announceHeard(station);
    this.#transfers.heard(station.identity);
    for (const transaction of station.lateStops) {
      station.lateStops.delete(transaction);
      background(this.#context, 'late stop', this.#stopRefused(station, transaction));
    }
  }

  /** It booted, or one of its transactions began or ended. */
  #changed(station: Station): void {
    const told = factsOf(this.#context, station).then((facts) => this.#charging.changed(facts));
    background(this.#context, 'news for smart charging', told);
  }

  #pumpOf(station: Station): Pump {
    const known = this.#pumps.get(station.identity);
    if (known !== undefined) return known;
    const pump = new Pump(this.#context, station, (row) => {
      const transaction = row.transaction?.id;
      if (transaction === undefined) return;
      background(this.#context, 'late refusal', this.#refuseLate(station, transaction));
    });
    this.#pumps.set(station.identity, pump);
    return pump;
  }

  /** The CSMS refused a transaction that the charger has begun already. */
  async #refuseLate(station: Station, transaction: number): Promise<void> {
    const { settings, store, log } = this.#context;
    log.warn('transaction refused late', { station: station.identity, transaction });
    if (settings.offline.onLateInvalid === 'log') return;
    await store.markLateRefusal(transaction);
    await this.#stopRefused(station, transaction);
  }

  /** Tried again at each message of the charger until it has agreed or the transaction is over. */
  async #stopRefused(station: Station, transaction: number): Promise<void> {
    try {
      const open = await this.#context.store.openTransactions(station.identity);
      const chargerTxId = open.find((candidate) => candidate.id === transaction)?.chargerTxId;
      const over = chargerTxId === undefined || (await this.#commands.stopRefused(station, chargerTxId));
      if (!over) station.lateStops.add(transaction);
    } catch (cause) {
      station.lateStops.add(transaction);
      throw cause;
    }
  }
}
