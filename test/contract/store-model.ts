import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Appended, InboundEntry, Store } from '../../src/gateway/store-port.ts';
import type { OpenSubject } from './store-subject.ts';
import { accepted, delivered, meterOf, startOf, started, statusOf, stopOf } from './store-messages.ts';

const stations = ['CP 1', 'CP 2'] as const;
type StationName = (typeof stations)[number];

type ModelTransaction = {
  readonly station: string;
  readonly connector: number;
  chargerTxId?: number;
  csmsTxId?: string;
  stopped: boolean;
  dead: boolean;
};

type ModelRow = { readonly seq: number; readonly entry: InboundEntry; readonly tx: ModelTransaction | undefined };

type Act =
  | { readonly kind: 'append'; readonly burst: readonly Message[] }
  | { readonly kind: 'repeat'; readonly pick: number }
  | { readonly kind: 'settle'; readonly pick: number }
  | {
      readonly kind: 'pump';
      readonly station: StationName;
      readonly csmsTxId: number;
      readonly outcome: 'done' | 'later' | 'refused';
    }
  | { readonly kind: 'retry' | 'drop'; readonly pick: number }
  | { readonly kind: 'reopen' };

type Message = {
  readonly what: 'start' | 'meter' | 'stop' | 'status';
  readonly station: StationName;
  readonly connector: number;
  readonly pick: number;
};

/** What a store should remember, as lists; every verb is searched for, nothing is looked up. */
class Model {
  readonly waiting: ModelRow[] = [];
  readonly dead: ModelRow[] = [];
  readonly transactions: ModelTransaction[] = [];
  readonly keyed: { readonly entry: InboundEntry; readonly seq: number; readonly tx: ModelTransaction | undefined }[] =
    [];
  readonly given = new Set<number>();
  #keys = 0;

  /** The entry that a charger would send for `message`. */
  entryOf({ what, station, connector, pick }: Message): InboundEntry {
    const own = this.transactions.filter((tx) => tx.station === station);
    const id = own.length === 0 ? undefined : own[pick % own.length]?.chargerTxId;
    const dedupeKey = `key ${this.#keys++}`;
    switch (what) {
      case 'start':
        return startOf(connector, { station, dedupeKey });
      case 'meter':
        return meterOf(id, connector, { station, dedupeKey });
      case 'stop':
        return stopOf(id ?? 4711, { station, dedupeKey });
      case 'status':
        return statusOf(connector, `status ${pick}`, { station });
    }
  }

  appended(entry: InboundEntry, { seq }: Appended): void {
    const superseded = (row: ModelRow) =>
      entry.replaceKey !== undefined &&
      row.entry.station === entry.station &&
      row.entry.replaceKey === entry.replaceKey;
    this.waiting.splice(0, Infinity, ...this.waiting.filter((row) => !superseded(row)));
    const tx = this.#touched(entry);
    (tx?.dead === true ? this.dead : this.waiting).push({ seq, entry, tx });
    if (entry.dedupeKey !== undefined) this.keyed.push({ entry, seq, tx });
  }

  #touched({ station, transaction: effect }: InboundEntry): ModelTransaction | undefined {
    if (effect === undefined) return undefined;
    if (effect.kind === 'start') {
      const tx = { station, connector: effect.connector, stopped: false, dead: false };
      this.transactions.push(tx);
      return tx;
    }
    const own = this.transactions.filter((tx) => tx.station === station);
    const named = own.filter((tx) => effect.chargerTxId !== undefined && tx.chargerTxId === effect.chargerTxId);
    const found = named.findLast(isOpen) ?? named.at(-1);
    if (effect.kind === 'stop') {
      if (found !== undefined) found.stopped = true;
      return found;
    }
    const here = own.filter((tx) => isOpen(tx) && tx.connector === effect.connector);
    return found ?? (here.length === 1 ? here[0] : undefined);
  }

  /** The charger was told `id`: it must be the CSMS's where that is possible, else a fresh provisional one. */
  told(tx: ModelTransaction, id: number, csmsTxId: number | undefined): void {
    if (tx.chargerTxId !== undefined) {
      expect(id).toBe(tx.chargerTxId);
      return;
    }
    const taken = this.transactions.some(
      (other) => other.station === tx.station && isOpen(other) && other.chargerTxId === csmsTxId,
    );
    if (csmsTxId !== undefined && csmsTxId > 0 && !taken) expect(id).toBe(csmsTxId);
    else {
      expect(id).toBeGreaterThanOrEqual(1_900_000_000);
      expect(this.given.has(id)).toBe(false);
      this.given.add(id);
    }
    tx.chargerTxId = id;
  }

  group(row: ModelRow): readonly ModelRow[] {
    return row.tx?.dead === true ? this.dead.filter(({ tx }) => tx === row.tx) : [row];
  }

  heads(station: string, lane: string): number | undefined {
    const rows = this.waiting.filter((row) => row.entry.station === station && row.entry.lane === lane);
    return rows.map(({ seq }) => seq).toSorted((a, b) => a - b)[0];
  }
}

const isOpen = (tx: ModelTransaction) => !tx.stopped && !tx.dead;

const isStart = (row: ModelRow) => row.entry.transaction?.kind === 'start';

/** Any sequence of what chargers, pump and operator do leaves the store as the model says. */
export function modelContract(open: OpenSubject, histories: number): void {
  test('any history leaves the store as a simple model says', { timeout: 60_000 }, async () => {
    const property = fc.asyncProperty(fc.array(act, { minLength: 10, maxLength: 60, size: 'max' }), (acts) =>
      play(open, acts),
    );
    await fc.assert(property, { numRuns: histories });
  });
}

const pick = fc.nat(20);
const message: fc.Arbitrary<Message> = fc.record({
  what: fc.constantFrom('start', 'meter', 'meter', 'stop', 'status'),
  station: fc.constantFrom(...stations),
  connector: fc.integer({ min: 1, max: 2 }),
  pick,
});
const pump: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('pump' as const),
  station: fc.constantFrom(...stations),
  csmsTxId: fc.integer({ min: -1, max: 3 }),
  outcome: fc.constantFrom('done', 'done', 'done', 'later', 'refused'),
});
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      burst: fc.array(message, { minLength: 1, maxLength: 6 }),
    }),
  },
  { weight: 8, arbitrary: pump },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('settle' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('retry' as const, 'drop' as const), pick }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
);

async function play(open: OpenSubject, acts: readonly Act[]): Promise<void> {
  const subject = await open();
  try {
    const model = new Model();
    let store = subject.store;
    let epoch = await store.claim('the test');
    for (const step of acts) {
      if (step.kind === 'reopen' && subject.reopen !== undefined) {
        store = await subject.reopen();
        epoch = await store.claim('the test');
      }
      await perform(store, epoch, model, step);
      await compare(store, model);
    }
  } finally {
    await subject.dispose();
  }
}

async function perform(store: Store, epoch: number, model: Model, step: Act): Promise<void> {
  switch (step.kind) {
    case 'append': {
      const entries = step.burst.map((each) => model.entryOf(each));
      const results = await Promise.all(entries.map((entry) => store.appendInbound(entry)));
      results.forEach((result, index) => {
        expect(result.kind).toBe('stored');
        const entry = entries[index];
        if (entry !== undefined) model.appended(entry, result);
      });
      return;
    }
    case 'repeat': {
      const earlier = model.keyed[step.pick % Math.max(model.keyed.length, 1)];
      if (earlier === undefined) return;
      expect(await store.appendInbound(earlier.entry)).toMatchObject({ kind: 'duplicate', seq: earlier.seq });
      return;
    }
    case 'settle': {
      const starts = model.keyed.filter(({ entry }) => entry.transaction?.kind === 'start');
      const start = starts[step.pick % Math.max(starts.length, 1)];
      if (start?.tx === undefined) return;
      const { transactionId } = await store.settleStart(start.seq, accepted, 1);
      model.told(start.tx, transactionId, undefined);
      return;
    }
    case 'pump':
      await performPump(store, epoch, model, step);
      return;
    case 'retry':
    case 'drop':
      await performOperator(store, model, step);
      return;
    case 'reopen':
  }
}

async function performPump(store: Store, epoch: number, model: Model, step: Act & { kind: 'pump' }): Promise<void> {
  const heads = await store.peek(step.station);
  const seq = heads.transaction?.seq ?? heads.notice?.seq;
  const row = model.waiting.find((each) => each.seq === seq);
  if (row === undefined || seq === undefined) return;
  const remove = (gone: ModelRow) => model.waiting.splice(model.waiting.indexOf(gone), 1);
  if (step.outcome === 'later') {
    await store.defer(seq, epoch, 2, 77);
  } else if (step.outcome === 'refused') {
    await store.deadLetter(seq, epoch, 'refused', 1);
    const group = isStart(row) ? model.waiting.filter(({ tx }) => tx === row.tx) : [row];
    if (isStart(row) && row.tx !== undefined) row.tx.dead = true;
    group.forEach((each) => remove(each));
    model.dead.push(...group);
  } else if (isStart(row) && row.tx !== undefined) {
    const completed = await store.complete(seq, epoch, started(String(step.csmsTxId)));
    if (completed.kind !== 'started') throw new Error('a start was not started');
    row.tx.csmsTxId = String(step.csmsTxId);
    model.told(row.tx, completed.answer.transactionId, step.csmsTxId);
    remove(row);
  } else {
    await store.complete(seq, epoch, delivered);
    remove(row);
  }
}

async function performOperator(store: Store, model: Model, step: Act & { kind: 'retry' | 'drop' }): Promise<void> {
  const row = model.dead[step.pick % Math.max(model.dead.length, 1)];
  if (row === undefined) return;
  const group = model.group(row);
  const hopeless = step.kind === 'retry' && row.tx?.dead === true && !group.some(isStart);
  const done = step.kind === 'retry' ? await store.retryDead(row.seq) : await store.dropDead(row.seq);
  expect(done).toBe(hopeless ? 0 : group.length);
  if (hopeless) return;
  group.forEach((each) => model.dead.splice(model.dead.indexOf(each), 1));
  if (step.kind === 'drop') return;
  if (row.tx !== undefined) row.tx.dead = false;
  model.waiting.push(...group);
}

async function compare(store: Store, model: Model): Promise<void> {
  const seqs = (rows: readonly { readonly seq: number }[]) => rows.map(({ seq }) => seq);
  const ordered = (rows: readonly ModelRow[]) => seqs(rows).toSorted((a, b) => a - b);
  expect(seqs(await store.outbox({ dead: false }))).toEqual(ordered(model.waiting));
  expect(seqs(await store.outbox({ dead: true }))).toEqual(ordered(model.dead));
  const open = model.transactions.filter(isOpen);
  const counts = await store.counts();
  const expected = { waiting: model.waiting.length, dead: model.dead.length, openTransactions: open.length };
  expect(counts).toMatchObject(expected);
  const sizes = (await store.outbox({ dead: false })).map(({ payload }) => Buffer.byteLength(JSON.stringify(payload)));
  expect(counts.bytes).toBe(sizes.reduce((sum, bytes) => sum + bytes, 0));
  const byStation = await store.openTransactionCounts();
  for (const station of stations) {
    expect(byStation.get(station) ?? 0).toBe(open.filter((one) => one.station === station).length);
  }
  const messages = await store.messageCounts();
  for (const station of stations) {
    const countOf = (rows: readonly ModelRow[]) => rows.filter(({ entry }) => entry.station === station).length;
    const own = { waiting: countOf(model.waiting), dead: countOf(model.dead) };
    expect(messages.get(station) ?? { waiting: 0, dead: 0 }).toEqual(own);
  }
  for (const station of stations) {
    const { transaction, notice } = await store.peek(station);
    const heads = [model.heads(station, 'transaction'), model.heads(station, 'notice')];
    expect([transaction?.seq, notice?.seq]).toEqual(heads);
    const row = model.waiting.find(({ seq }) => seq === transaction?.seq);
    expect(transaction?.transaction?.chargerTxId).toBe(row?.tx?.chargerTxId);
    expect(transaction?.transaction?.csmsTxId).toBe(row?.tx?.csmsTxId);
    const kept = await store.openTransactions(station);
    const ids = open.filter((tx) => tx.station === station).map(({ chargerTxId, csmsTxId }) => [chargerTxId, csmsTxId]);
    expect(kept.map(({ chargerTxId, csmsTxId }) => [chargerTxId, csmsTxId])).toEqual(ids);
  }
}
