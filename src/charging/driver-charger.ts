import { nextChange } from '../../optimizer/composite.ts';
import {
  type InstalledProfile,
  type ProfileStore,
  type RunningTransaction,
  transactionOn,
} from '../../optimizer/profile-store.ts';
import { type Stacks, stacksOf, txProfilesOf } from '../../optimizer/stacks.ts';
import type { Station } from '../../optimizer/station.ts';
import type { ChargerFacts, ChargerLine, OpenTransaction } from '../gateway/charging-port.ts';
import type { Clock, Delivery, Log, Meters, Payload } from '../gateway/ports.ts';
import { type LimitQuery, ownTenths, sharedTenths, stationTenths } from './driver-limits.ts';
import { limitUnit, minimumTenths } from './means.ts';
import type { ChargerModel } from './models.ts';
import type { ChargingState, WrittenLimit } from './ports.ts';

/** What driving needs of its surroundings. */
export type DrivingContext = {
  readonly line: ChargerLine;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Pick<Meters, 'anomaly'>;
  /** Keeps what was written to a charger; on disk when it resolves. */
  readonly remember: (identity: string, written: ChargingState['written']) => Promise<void>;
  /** In [0, 1): what retries leave to chance. */
  readonly chance: () => number;
};

type Session = { readonly transaction: RunningTransaction; readonly profiles: readonly InstalledProfile[] };

/** One charger that is driven: what is known of it, what lies in it, and what its connectors may draw. */
export class DrivenCharger {
  readonly model: ChargerModel;
  readonly context: DrivingContext;
  #facts: ChargerFacts;
  #station: Station;
  #store: ProfileStore;
  #stacks: Stacks;
  #written: ChargingState['written'];
  /** Sessions that were stopped by us, as they were: their profiles decide when they may go on. */
  readonly #stopped = new Map<number, Session>();

  constructor(
    context: DrivingContext,
    model: ChargerModel,
    facts: ChargerFacts,
    station: Station,
    { store, written }: Pick<ChargingState, 'store' | 'written'>,
  ) {
    this.context = context;
    this.model = model;
    this.#facts = facts;
    this.#station = station;
    this.#store = store;
    this.#written = written;
    this.#stacks = stacksOf(station, store);
  }

  get identity(): string {
    return this.#facts.identity;
  }

  get connectorIds(): readonly number[] {
    return this.#station.localLimits.map((_, index) => index + 1);
  }

  get station(): Station {
    return this.#station;
  }

  /** OCPP 1.2 has no GetConfiguration. */
  get canReadKeys(): boolean {
    return this.#facts.wire !== 'ocpp1.2-soap';
  }

  get boot(): Payload | undefined {
    return this.#facts.boot;
  }

  update(facts: ChargerFacts, station: Station, store: ProfileStore): void {
    this.#facts = facts;
    this.#station = station;
    this.#store = store;
    this.#prepare();
  }

  // ---------------------------------------------------------------------------------------------- its sessions

  transactionOn(connectorId: number): OpenTransaction | undefined {
    // The end of an older one may never have come: a connector runs one at a time.
    return this.#running().findLast((transaction) => transaction.connectorId === connectorId);
  }

  hasSession(): boolean {
    return this.#facts.transactions.length > 0;
  }

  /** `Available` is the one status that says that no car is there. */
  isVacant(connectorId: number): boolean {
    return this.#facts.statuses[connectorId] === 'Available';
  }

  /** The same as the gateway knows it now: a status alone is no news for the desk. */
  async isVacantNow(connectorId: number): Promise<boolean> {
    const { statuses } = (await this.context.line.facts(this.identity)) ?? this.#facts;
    return statuses[connectorId] === 'Available';
  }

  /** The session on this connector is going to be stopped by us: its profiles go on to count. */
  holdSession(connectorId: number): void {
    const transaction = transactionOn(this.#store, connectorId);
    if (transaction === undefined) return;
    this.#stopped.set(connectorId, { transaction, profiles: txProfilesOf(this.#store, transaction) });
    this.#prepare();
  }

  letSessionGo(connectorId: number): void {
    if (this.#stopped.delete(connectorId)) this.#prepare();
  }

  // ---------------------------------------------------------------------------------------------- what it may draw

  /** What is to be written for a connector (0: for the station, or for every connector), in tenths of limitUnit. */
  valueTenths(connectorId: number): number {
    const query = this.#query();
    if (this.model.write?.scope === 'station') return stationTenths(query);
    if (this.model.write?.scope !== 'everyConnector') return sharedTenths(query, connectorId);
    return this.#commonTenths(query);
  }

  /** True if a session may run on this connector. What the station has, a charger with one value for it divides itself. */
  mayCharge(connectorId: number): boolean {
    const query = this.#query();
    const tenths = this.model.write?.scope === 'station' ? ownTenths : sharedTenths;
    return tenths(query, connectorId) >= this.#minimumTenths();
  }

  /** Until the stack may say something else; undefined: never, by itself. */
  untilNextChangeMs(): number | undefined {
    const nowMs = this.context.clock.now();
    // A share depends on all connectors.
    const atS = nextChange(this.#stacks, 0, Math.floor(nowMs / 1000));
    return atS === undefined ? undefined : atS * 1000 - nowMs;
  }

  /** One value for all: the least that any session may draw; those that may not charge are stopped, if they can be. */
  #commonTenths(query: LimitQuery): number {
    const connectors = query.sessions.length > 0 ? query.sessions : this.connectorIds;
    const shares = connectors.map((connectorId) => sharedTenths(query, connectorId));
    const charging = shares.filter((share) => share >= this.#minimumTenths());
    return Math.min(...(this.model.stopStart !== undefined && charging.length > 0 ? charging : shares));
  }

  #query(): LimitQuery {
    const { write } = this.model;
    return {
      stacks: this.#stacks,
      atS: Math.floor(this.context.clock.now() / 1000),
      unit: write === undefined ? 'A' : limitUnit(write),
      sessions: this.#sessions(),
      minimumTenths: this.#canPauseOne() ? this.#minimumTenths() : 0,
    };
  }

  #minimumTenths(): number {
    const { write, stopStart } = this.model;
    return write === undefined ? Math.ceil((stopStart?.fromA ?? 0) * 10) : minimumTenths(write);
  }

  #canPauseOne(): boolean {
    const { write, stopStart } = this.model;
    return stopStart !== undefined || write?.below === 'zero' || write?.onOff !== undefined;
  }

  /** The oldest first. Where a running session keeps its value, every connector counts as taken. */
  #sessions(): readonly number[] {
    const running = this.#running();
    const isFixed = this.model.write?.writableDuringSession === false;
    const others = isFixed ? this.connectorIds : this.#stopped.keys();
    const known = this.connectorIds;
    return [...new Set([...running.map(({ connectorId }) => connectorId), ...others])].filter((id) =>
      known.includes(id),
    );
  }

  #running(): readonly OpenTransaction[] {
    return this.#facts.transactions.toSorted((one, other) => one.startedAtMs - other.startedAtMs);
  }

  #prepare(): void {
    let store = this.#store;
    for (const [connectorId, { transaction, profiles }] of this.#stopped) {
      if (transactionOn(store, connectorId) !== undefined) continue;
      store = { profiles: [...store.profiles, ...profiles], transactions: [...store.transactions, transaction] };
    }
    this.#stacks = stacksOf(this.#station, store);
  }

  // ---------------------------------------------------------------------------------------------- what lies in it

  written(connectorId: number): WrittenLimit | undefined {
    return this.#written[connectorId];
  }

  get allWritten(): ChargingState['written'] {
    return this.#written;
  }

  /** Resolves when it is on disk. What cannot be kept is known until the gateway ends, and written again after that. */
  async note(connectorId: number, change: Partial<WrittenLimit>): Promise<void> {
    const nothing: WrittenLimit = { value: '', atMs: 0, confirmed: false, paused: undefined };
    this.#written = { ...this.#written, [connectorId]: { ...nothing, ...this.#written[connectorId], ...change } };
    try {
      await this.context.remember(this.identity, this.#written);
    } catch (cause) {
      this.context.log.error('written limit not kept', { station: this.identity, connector: connectorId }, cause);
    }
  }

  call(action: string, payload: Payload): Promise<Delivery> {
    return this.context.line.call(this.identity, action, payload);
  }
}
