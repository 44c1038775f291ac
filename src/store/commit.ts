import type { Database } from 'better-sqlite3';
import { StoreUnavailable } from '../gateway/store-port.ts';
import { isOwnFault } from './errors.ts';

/**
 * What a unit of work does to the disk: `grows` is refused while the disk is full, `drains` is still done with the room
 * of the ballast, `reads` needs none.
 */
export type Effect = 'grows' | 'drains' | 'reads';

/** What the group commit asks of its surroundings. */
export type Surroundings = {
  /** Why nothing may be added now, if so. */
  refusal(): string | undefined;
  committed(): void;
  /** A commit took so long. */
  synced(seconds: number): void;
  /** The work of this group was undone: whatever was remembered of it in memory is void. */
  undone(): void;
  /** The disk or the file failed; true if draining may be tried again. */
  failed(cause: unknown): boolean;
};

type Unit = {
  readonly effect: Effect;
  /** Runs the work and keeps its result for `settle`; may run again after an undo. */
  attempt(): void;
  settle(): void;
  reject(error: unknown): void;
};

/**
 * Group commit: all work asked for in one turn of the event loop happens in one SQLite transaction at the end of the
 * turn, in the order of the calls, and one sync to the disk serves them all. Promises resolve after the commit only.
 *
 * The group first runs as a whole. If a unit fails by itself, everything is undone and done again unit by unit behind
 * savepoints, so that one bad unit costs the others nothing but time. If the disk fails, nothing of the group happened:
 * units that only drain are tried once more if the surroundings made room, the others reject with StoreUnavailable.
 */
export class GroupCommit {
  readonly #db: Database;
  readonly #surroundings: Surroundings;
  readonly #statements;
  #queue: Unit[] = [];
  #closed = false;

  constructor(db: Database, surroundings: Surroundings) {
    this.#db = db;
    this.#surroundings = surroundings;
    this.#statements = {
      begin: db.prepare('begin immediate'),
      commit: db.prepare('commit'),
      rollback: db.prepare('rollback'),
      savepoint: db.prepare('savepoint unit'),
      release: db.prepare('release unit'),
      undo: db.prepare('rollback to unit'),
    };
  }

  /** Runs at once when nothing waits, else behind what waits: a read sees every write that was asked for before it. */
  async read<T>(work: () => T): Promise<T> {
    this.#assertOpen();
    return this.#queue.length > 0 ? await this.#enqueue('reads', work) : readNow(work);
  }

  /** Resolves when the work is on disk; rejects with StoreUnavailable when it did not happen. */
  async write<T>(effect: 'grows' | 'drains', work: () => T): Promise<T> {
    this.#assertOpen();
    const refusal = effect === 'grows' ? this.#surroundings.refusal() : undefined;
    if (refusal !== undefined) throw new StoreUnavailable(refusal);
    return await this.#enqueue(effect, work);
  }

  /** Finishes what was asked for and refuses everything from now on. */
  close(): void {
    this.flush();
    this.#closed = true;
  }

  /** Commits what waits; called at the end of each turn that asked for work. */
  flush(): void {
    const units = this.#queue;
    if (units.length === 0) return;
    this.#queue = [];
    try {
      this.#transact(() => units.forEach((unit) => unit.attempt()));
    } catch (error) {
      this.#recover(units, error);
      return;
    }
    this.#settle(units);
  }

  #enqueue<T>(effect: Effect, work: () => T): Promise<T> {
    if (this.#queue.length === 0) setImmediate(() => this.flush());
    return new Promise<T>((resolve, reject) => {
      let settle = () => {};
      const attempt = () => {
        const result = work();
        settle = () => resolve(result);
      };
      this.#queue.push({ effect, attempt, settle: () => settle(), reject });
    });
  }

  #transact(work: () => void): void {
    this.#statements.begin.run();
    try {
      work();
      const startedMs = performance.now();
      this.#statements.commit.run();
      this.#surroundings.synced((performance.now() - startedMs) / 1000);
    } catch (error) {
      // A full disk makes SQLite roll back by itself.
      if (this.#db.inTransaction) this.#statements.rollback.run();
      this.#surroundings.undone();
      throw error;
    }
  }

  #recover(units: readonly Unit[], error: unknown): void {
    if (isOwnFault(error)) this.#oneByOne(units);
    else this.#unavailable(units, error);
  }

  #oneByOne(units: readonly Unit[]): void {
    const faults = new Map<Unit, unknown>();
    try {
      this.#transact(() => units.forEach((unit) => this.#attemptAlone(unit, faults)));
    } catch (error) {
      this.#unavailable(units, error);
      return;
    }
    faults.forEach((fault, unit) => unit.reject(fault));
    this.#settle(units.filter((unit) => !faults.has(unit)));
  }

  #attemptAlone(unit: Unit, faults: Map<Unit, unknown>): void {
    this.#statements.savepoint.run();
    try {
      unit.attempt();
    } catch (error) {
      if (!isOwnFault(error)) throw error;
      this.#statements.undo.run();
      this.#surroundings.undone();
      faults.set(unit, error);
    }
    this.#statements.release.run();
  }

  #unavailable(units: readonly Unit[], cause: unknown): void {
    const mayDrain = this.#surroundings.failed(cause);
    const again = units.filter((unit) => unit.effect === 'reads' || (mayDrain && unit.effect === 'drains'));
    const refused = units.filter((unit) => !again.includes(unit));
    refused.forEach((unit) => unit.reject(new StoreUnavailable('the disk refused the commit', { cause })));
    again.forEach((unit) => this.#lastTry(unit));
  }

  #lastTry(unit: Unit): void {
    try {
      if (unit.effect === 'reads') unit.attempt();
      else this.#transact(() => unit.attempt());
      unit.settle();
    } catch (error) {
      unit.reject(isOwnFault(error) ? error : new StoreUnavailable('the disk refused', { cause: error }));
    }
  }

  #settle(units: readonly Unit[]): void {
    this.#surroundings.committed();
    units.forEach((unit) => unit.settle());
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreUnavailable('the store is closed');
  }
}

function readNow<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isOwnFault(error) ? error : new StoreUnavailable('the database cannot be read', { cause: error });
  }
}
