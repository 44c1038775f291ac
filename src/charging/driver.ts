import type { ProfileStore } from '../../optimizer/profile-store.ts';
import type { Station } from '../../optimizer/station.ts';
import type { ChargerFacts } from '../gateway/charging-port.ts';
import type { Driving } from './desk.ts';
import { DrivenCharger, type DrivingContext } from './driver-charger.ts';
import { type Next, Room } from './driver-room.ts';
import { SessionKeeper } from './driver-session.ts';
import { ValueKeeper } from './driver-value.ts';
import { type ChargerModel, type DrivingSettings, modelFor } from './models.ts';
import type { ChargingState } from './ports.ts';
import { within } from './within.ts';

export type DriverParts = Omit<DrivingContext, 'chance'> & {
  readonly models: () => readonly ChargerModel[];
  readonly settings: (identity: string) => DrivingSettings;
  /** Default: Math.random. */
  readonly chance?: () => number;
};

/**
 * Holds chargers without smart charging to what their stack allows, by the means of their model: a value per connector or
 * station (driver-value.ts), sessions that are stopped and started (driver-session.ts), or both. Each of them is a room
 * with one timer (driver-room.ts).
 */
export function createDriver(parts: DriverParts): Driving {
  return new Fleet(parts);
}

/** By connector; 0: the station, or every connector. */
type Drive = {
  readonly charger: DrivenCharger;
  readonly values: Map<number, ValueKeeper>;
  readonly sessions: Map<number, SessionKeeper>;
  readonly rooms: Room[];
  /** Who waits until all of it is held to what its limits ask for. */
  readonly waiting: Set<() => void>;
};

class Fleet implements Driving {
  readonly #parts: DriverParts;
  readonly #context: DrivingContext;
  readonly #drives = new Map<string, Drive>();
  /** Said once for each charger that nobody can drive. */
  readonly #undriven = new Set<string>();
  #resting = false;

  constructor(parts: DriverParts) {
    const { line, clock, log, meters, remember, chance = Math.random } = parts;
    this.#parts = parts;
    this.#context = { line, clock, log, meters, remember, chance };
  }

  update(facts: ChargerFacts, station: Station, store: ProfileStore, state: ChargingState): boolean {
    const known = this.#drives.get(facts.identity);
    if (this.#resting) return known !== undefined;
    const model = this.#modelOf(facts, known);
    if (model === undefined) this.#leave(facts);
    else if (known?.charger.model === model) this.#tell(known, facts, station, store);
    else {
      if (known !== undefined) this.release(facts.identity);
      const written = known?.charger.allWritten ?? state.written;
      this.#take(new DrivenCharger(this.#context, model, facts, station, { store, written }));
    }
    return model !== undefined;
  }

  release(identity: string): void {
    const drive = this.#drives.get(identity);
    this.#drives.delete(identity);
    for (const room of drive?.rooms ?? []) this.#close(identity, room);
    if (drive !== undefined) announce(drive);
  }

  settled(identity: string): Promise<void> {
    const drive = this.#drives.get(identity);
    if (drive === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      drive.waiting.add(resolve);
      lookAtRest(drive);
    });
  }

  async rest(withinMs: number): Promise<void> {
    this.#resting = true;
    const laid = Promise.all([...this.#drives.values()].map((drive) => this.#lay(drive)));
    await within(this.#context.clock, laid, withinMs);
  }

  /** What is under way is let end; then every value goes to rest. */
  async #lay({ charger, values, rooms }: Drive): Promise<void> {
    const restA = this.#parts.settings(charger.identity).restCurrentA ?? charger.model.restA;
    await Promise.all(rooms.map((room) => room.close()));
    for (const value of values.values()) await value.rest(restA);
  }

  /** The model is looked up again when the charger has booted: it may be another one. */
  #modelOf({ identity, boot }: ChargerFacts, known: Drive | undefined): ChargerModel | undefined {
    if (known !== undefined && known.charger.boot === boot) return known.charger.model;
    const model = modelFor(this.#parts.models(), this.#parts.settings(identity), boot);
    return model?.name === known?.charger.model.name ? known?.charger.model : model;
  }

  #take(charger: DrivenCharger): void {
    const drive: Drive = { charger, values: new Map(), sessions: new Map(), rooms: [], waiting: new Set() };
    this.#drives.set(charger.identity, drive);
    this.#undriven.delete(charger.identity);
    this.#context.log.info('charger driven', { station: charger.identity, model: charger.model.name });
    this.#furnish(drive);
  }

  /** A keeper and a room for each connector that has none yet, and all of them look. */
  #furnish(drive: Drive): void {
    const { charger, values, sessions, rooms } = drive;
    const { write, stopStart } = charger.model;
    const valueIds = write?.scope === 'connector' ? charger.connectorIds : [0];
    for (const id of valueIds) {
      if (write === undefined || values.has(id)) continue;
      const value = new ValueKeeper(charger, write, id);
      values.set(id, value);
      rooms.push(this.#room(drive, value));
    }
    for (const id of charger.connectorIds) {
      if (stopStart === undefined || sessions.has(id)) continue;
      const session = new SessionKeeper(charger, stopStart, id);
      sessions.set(id, session);
      rooms.push(this.#room(drive, session));
    }
    for (const room of rooms) room.kick();
  }

  #room(drive: Drive, keeper: Keeper): Room {
    const { identity: station } = drive.charger;
    const failed = (cause: unknown) => this.#context.log.error('driving failed', { station }, cause);
    const rested = () => lookAtRest(drive);
    return new Room(this.#context.clock, () => keeper.look(), failed, rested);
  }

  #tell(drive: Drive, facts: ChargerFacts, station: Station, store: ProfileStore): void {
    const hasBooted = facts.boot !== drive.charger.boot;
    drive.charger.update(facts, station, store);
    if (hasBooted) for (const value of drive.values.values()) value.booted();
    this.#furnish(drive);
  }

  #leave({ identity }: ChargerFacts): void {
    this.release(identity);
    if (this.#undriven.has(identity)) return;
    this.#undriven.add(identity);
    this.#context.log.warn('charger not driven', { station: identity, reason: 'no model for it' });
  }

  #close(identity: string, room: Room): void {
    room.close().catch((cause: unknown) => this.#context.log.error('driving failed', { station: identity }, cause));
  }
}

type Keeper = { look(): Next; isSettled(): boolean };

function lookAtRest(drive: Drive): void {
  const { rooms, values, sessions } = drive;
  const keepers: readonly Keeper[] = [...values.values(), ...sessions.values()];
  if (rooms.every((room) => room.rests) && keepers.every((keeper) => keeper.isSettled())) announce(drive);
}

function announce({ waiting }: Drive): void {
  const resolves = [...waiting];
  waiting.clear();
  for (const resolve of resolves) resolve();
}
