import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Exchange, Log } from '../../../src/gateway/ports.ts';
import { append, type BatchValue } from '../../../src/telemetry/batch.ts';
import { TelemetryFile } from '../../../src/telemetry/file.ts';
import { Keeper, type KeeperOptions } from '../../../src/telemetry/keeper.ts';
import { telemetryPathIn } from '../../../src/telemetry/path.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { exchange } from './exchanges.ts';

const dayMs = 86_400_000;

let clock: VirtualClock;
let folder: string;
let lost: number;
let logged: string[];
let keepers: Keeper[];

beforeEach(() => {
  clock = new VirtualClock();
  folder = mkdtempSync(join(tmpdir(), 'telemetry-'));
  lost = 0;
  logged = [];
  keepers = [];
});

afterEach(() => {
  for (const keeper of keepers) keeper.close();
  rmSync(folder, { recursive: true, force: true });
});

const log: Log = {
  debug: (event) => logged.push(event),
  info: (event) => logged.push(event),
  warn: (event) => logged.push(event),
  error: (event) => logged.push(event),
};

function open(change: Partial<KeeperOptions> = {}): Keeper {
  const keeper = new Keeper({
    keepDays: 7,
    keepBytes: 64 * 1024 * 1024,
    file: new TelemetryFile(folder, log),
    clock,
    log,
    lost: (messages) => {
      lost += messages;
    },
    ...change,
  });
  keepers.push(keeper);
  return keeper;
}

function take(keeper: Keeper, exchanges: readonly Exchange[]): void {
  const values: BatchValue[] = [];
  for (const one of exchanges) append(values, one);
  keeper.take(values);
}

const many = (count: number, change: (nth: number) => Partial<Exchange>) =>
  Array.from({ length: count }, (_, nth) => exchange(change(nth)));

/** Text that shrinks by a quarter at most. */
const noise = (length: number) => randomBytes(length).toString('base64').slice(0, length);

describe('messages', () => {
  test('are read back whole, newest first, page by page', () => {
    const keeper = open();
    take(
      keeper,
      many(25, (nth) => ({ atMs: clock.now() + nth, request: `<r>${nth} ü</r>`, seq: nth })),
    );
    const ask = keeper.questions();
    const first = ask.messages({ limit: 10 });
    expect(first.messages.map(({ id }) => id)).toEqual([25, 24, 23, 22, 21, 20, 19, 18, 17, 16]);
    const second = ask.messages({ limit: 10, ...(first.before === undefined ? {} : { before: first.before }) });
    expect(second.messages.map(({ seq }) => seq)).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5]);
    const last = ask.messages({ limit: 10, before: second.before ?? 0 });
    expect(last).toMatchObject({ messages: { length: 5 } });
    expect(last).not.toHaveProperty('before');
    expect(ask.story(5)?.message).toEqual({
      id: 5,
      atMs: clock.now() + 4,
      charger: 'CP-1',
      side: 'soap',
      direction: 'in',
      action: 'Heartbeat',
      outcome: 'answered',
      latencyMs: 2.5,
      bytes: Buffer.byteLength('<r>4 ü</r><heartbeatResponse/>'),
      seq: 4,
      request: '<r>4 ü</r>',
      answer: '<heartbeatResponse/>',
    });
  });

  test('are found by charger without case, action, side, outcome and time', () => {
    const keeper = open();
    const odd = exchange({
      station: 'Other',
      action: 'Reset',
      side: 'json',
      outcome: 'unreachable',
      atMs: clock.now() - 500,
    });
    take(keeper, [exchange(), odd, exchange({ outcome: 'FormationViolation' })]);
    const { messages } = keeper.questions();
    const ids = (filter: object) => messages({ limit: 10, ...filter }).messages.map(({ id }) => id);
    for (const filter of [
      { charger: 'OTHER' },
      { action: 'Reset' },
      { side: 'json' },
      { outcome: 'unreachable' },
      { fromMs: clock.now() - 500, toMs: clock.now() - 499 },
    ]) {
      expect(ids(filter)).toEqual([2]);
    }
    expect(ids({ outcome: 'failed' })).toEqual([3, 2]);
    expect(ids({ after: 1, limit: 1 })).toEqual([2]);
    expect(ids({ charger: 'nobody' })).toEqual([]);
  });

  test('without an answer have none, and no latency', () => {
    const keeper = open();
    take(keeper, [exchange({ answer: undefined, latencyMs: undefined })]);
    const message = keeper.questions().story(1)?.message;
    expect(message).not.toHaveProperty('answer');
    expect(message).not.toHaveProperty('latencyMs');
  });

  test('go on with their ids when the gateway starts again', () => {
    const before = open();
    take(
      before,
      many(3, () => ({})),
    );
    before.close();
    keepers = [];
    const after = open();
    take(after, [exchange()]);
    expect(after.questions().messages({ limit: 1 }).messages[0]?.id).toBe(4);
  });

  test('are told to whoever asks again and again, written or not', () => {
    const keeper = open();
    const { recent } = keeper.questions();
    take(
      keeper,
      many(250, () => ({})),
    );
    expect(recent(undefined).map(({ id }) => id)).toEqual([250]);
    take(
      keeper,
      many(2, () => ({})),
    );
    expect(recent(250).map(({ id }) => id)).toEqual([251, 252]);
    expect(recent(0)).toHaveLength(200);
  });

  test('whose texts are large come fewer at a time, and none is left out', () => {
    const keeper = open();
    take(
      keeper,
      many(30, (nth) => ({ request: `${nth} `.padEnd(1024 * 1024, 'x') })),
    );
    const { texts } = keeper.questions();
    const newest = texts({ limit: 100 });
    expect(newest.map(({ id }) => id)).toEqual([30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16]);
    expect(texts({ limit: 100, after: 0 })[0]?.id).toBe(15);
  });
});

describe('retention', () => {
  test('forgets what is older than it may be, a little at a time', async () => {
    const keeper = open({ keepDays: 2 });
    for (let nth = 0; nth < 10; nth += 1) {
      take(
        keeper,
        many(5, () => ({ atMs: clock.now() })),
      );
      await clock.advance(dayMs / 4);
    }
    const { messages } = keeper.questions();
    const oldest = messages({ limit: 100 }).messages.at(-1);
    expect(clock.now() - (oldest?.atMs ?? 0)).toBeLessThanOrEqual(2 * dayMs);
    await clock.advance(3 * dayMs);
    expect(messages({ limit: 100 }).messages).toEqual([]);
  });

  test('forgets the oldest when the file becomes too large, which stays where it is', async () => {
    const keeper = open({ keepBytes: 1024 * 1024 });
    for (let nth = 0; nth < 60; nth += 1) {
      take(keeper, [exchange({ request: noise(200_000) })]);
      await clock.advance(2_000);
    }
    const { messages } = keeper.questions();
    const ids = messages({ limit: 100 }).messages.map(({ id }) => id);
    expect(ids[0]).toBe(60);
    expect(ids.length).toBeGreaterThan(3);
    expect(ids.length).toBeLessThan(12);
    expect(statSync(telemetryPathIn(folder)).size).toBeLessThan(2.5 * 1024 * 1024);
  });

  test('gives the disk its room back when less may be kept than before', async () => {
    const before = open();
    for (let nth = 0; nth < 60; nth += 1) {
      take(before, [exchange({ request: noise(260_000) })]);
    }
    before.close();
    keepers = [];
    const bytesBefore = statSync(telemetryPathIn(folder)).size;
    const after = open({ keepBytes: 1024 * 1024 });
    await clock.advance(60_000);
    after.close();
    keepers = [];
    expect(bytesBefore).toBeGreaterThan(8 * 1024 * 1024);
    expect(statSync(telemetryPathIn(folder)).size).toBeLessThan(bytesBefore / 2);
  });

  test('keeps what sites did for a week', async () => {
    const keeper = open({ keepDays: 1 });
    const startMs = clock.now();
    keeper.keep('depot', { atMs: startMs, loadA: [1, 2, 3], limitA: [63, 63, 63], pricePerKwh: 0.3 });
    keeper.keep('other', { atMs: startMs, loadA: [9, 9, 9] });
    await clock.advance(dayMs * 6);
    keeper.keep('depot', { atMs: clock.now(), loadA: [4, 5, 6] });
    const { history } = keeper.questions();
    expect(history('depot', 0, clock.now() + 1)).toEqual([
      { atMs: startMs, loadA: [1, 2, 3], limitA: [63, 63, 63], pricePerKwh: 0.3 },
      { atMs: clock.now(), loadA: [4, 5, 6] },
    ]);
    await clock.advance(dayMs * 2);
    expect(history('depot', 0, clock.now())).toHaveLength(1);
  });
});

describe('a file that cannot be used', () => {
  const good = (keeper: Keeper) => {
    take(keeper, [exchange({ action: 'Authorize' })]);
    expect(keeper.questions().messages({ limit: 9 }).messages[0]?.action).toBe('Authorize');
  };

  test('is set aside when it is none of SQLite, and a new one begun', () => {
    writeFileSync(telemetryPathIn(folder), 'not a database '.repeat(1000));
    good(open());
    expect(logged.filter((event) => event === 'telemetry file set aside')).toHaveLength(1);
    expect(readFileSync(`${telemetryPathIn(folder)}.broken`, 'latin1')).toContain('not a database');
    expect(lost).toBe(0);
  });

  test.each([
    ['of another release', (db: Sqlite.Database) => db.pragma('user_version = 99')],
    ['with other tables', (db: Sqlite.Database) => db.exec('create table messages (x)')],
  ])('is set aside when it is one %s', (_, spoil) => {
    const db = new Sqlite(telemetryPathIn(folder));
    spoil(db);
    db.close();
    good(open());
    expect(existsSync(`${telemetryPathIn(folder)}.broken`)).toBe(true);
  });

  test('is set aside when its pages are broken under way', () => {
    const before = open();
    for (let nth = 0; nth < 20; nth += 1) take(before, [exchange({ request: noise(300_000) })]);
    before.close();
    keepers = [];
    const bytes = readFileSync(telemetryPathIn(folder));
    writeFileSync(telemetryPathIn(folder), bytes.fill(0x55, 4096));
    const after = open();
    good(after);
    expect(logged).toContain('telemetry file set aside');
  });

  test('is a reason to lose messages and to say so once, until it can be used again', () => {
    const blocked = new TelemetryFile(join(folder, 'not-there'), log);
    const keeper = open({ file: blocked });
    take(
      keeper,
      many(3, () => ({})),
    );
    take(
      keeper,
      many(4, () => ({})),
    );
    expect(lost).toBe(7);
    expect(logged.filter((event) => event === 'telemetry not written')).toHaveLength(1);
  });

  test('on a disk that is nearly full is not written to', () => {
    class FullDisk extends TelemetryFile {
      override hasRoom(): boolean {
        return false;
      }
    }
    const keeper = open({ file: new FullDisk(folder, log) });
    take(
      keeper,
      many(3, () => ({})),
    );
    expect(keeper.questions().messages({ limit: 9 }).messages).toEqual([]);
    expect(lost).toBe(3);
  });
});
