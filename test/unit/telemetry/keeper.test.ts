import type { Exchange } from '../../../src/gateway/ports.ts';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TelemetryFile } from '../../../src/telemetry/file.ts';
import { telemetryPathIn } from '../../../src/telemetry/path.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { exchange } from './exchanges.ts';
import { OwnKeeper } from './own-keeper.ts';

const dayMs = 86_400_000;

let clock: VirtualClock;
let own: OwnKeeper;

beforeEach(() => {
  clock = new VirtualClock();
  own = new OwnKeeper(clock);
});

afterEach(() => own.remove());

const file = () => telemetryPathIn(own.folder);

const many = (count: number, change: (nth: number) => Partial<Exchange>) =>
  Array.from({ length: count }, (_, nth) => exchange(change(nth)));

/** Text that shrinks by a quarter at most. */
const noise = (length: number) => randomBytes(length).toString('base64').slice(0, length);

describe('messages', () => {
  test('are read back whole, newest first, page by page', () => {
    own.open();
    own.say(...many(25, (nth) => ({ atMs: clock.now() + nth, request: `<r>${nth} ü</r>`, seq: nth })));
    const ask = own.ask;
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
    own.open();
    const odd = exchange({
      station: 'Other',
      action: 'Reset',
      side: 'json',
      outcome: 'unreachable',
      atMs: clock.now() - 500,
    });
    own.say(exchange(), odd, exchange({ outcome: 'FormationViolation' }));
    const { messages } = own.ask;
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
    own.open();
    own.say(exchange({ answer: undefined, latencyMs: undefined }));
    const message = own.ask.story(1)?.message;
    expect(message).not.toHaveProperty('answer');
    expect(message).not.toHaveProperty('latencyMs');
  });

  test('go on with their ids when the gateway starts again', () => {
    own.open();
    own.say(...many(3, () => ({})));
    own.close();
    own.open();
    own.say(exchange());
    expect(own.ask.messages({ limit: 1 }).messages[0]?.id).toBe(4);
  });

  test('are told to whoever asks again and again, written or not', () => {
    own.open();
    const { recent } = own.ask;
    own.say(...many(250, () => ({})));
    expect(recent(undefined).map(({ id }) => id)).toEqual([250]);
    own.say(...many(2, () => ({})));
    expect(recent(250).map(({ id }) => id)).toEqual([251, 252]);
    expect(recent(0)).toHaveLength(200);
  });

  test('whose texts are large come fewer at a time, and none is left out', () => {
    own.open();
    own.say(...many(10, (nth) => ({ request: `${nth} `.padEnd(3 * 1024 * 1024, 'x') })));
    const { texts } = own.ask;
    const newest = texts({ limit: 100 });
    expect(newest.map(({ id }) => id)).toEqual([10, 9, 8, 7, 6]);
    expect(texts({ limit: 100, after: 0 })[0]?.id).toBe(5);
  });
});

describe('retention', () => {
  test('forgets what is older than it may be, a little at a time', async () => {
    own.open({ keepDays: 2 });
    for (let nth = 0; nth < 10; nth += 1) {
      own.say(...many(5, () => ({ atMs: clock.now() })));
      await clock.skip(dayMs / 4);
    }
    const { messages } = own.ask;
    const oldest = messages({ limit: 100 }).messages.at(-1);
    expect(clock.now() - (oldest?.atMs ?? 0)).toBeLessThanOrEqual(2 * dayMs);
    await clock.skip(3 * dayMs);
    await clock.advance(1_000);
    expect(messages({ limit: 100 }).messages).toEqual([]);
  });

  test('forgets the oldest when the file becomes too large, which stays where it is', async () => {
    own.open({ keepBytes: 1024 * 1024 });
    for (let nth = 0; nth < 60; nth += 1) {
      own.say(exchange({ request: noise(200_000) }));
      await clock.advance(2_000);
    }
    const { messages } = own.ask;
    const ids = messages({ limit: 100 }).messages.map(({ id }) => id);
    expect(ids[0]).toBe(60);
    expect(ids.length).toBeGreaterThan(3);
    expect(ids.length).toBeLessThan(12);
    expect(statSync(file()).size).toBeLessThan(2.5 * 1024 * 1024);
  });

  test('gives the disk its room back when less may be kept than before', async () => {
    own.open();
    for (let nth = 0; nth < 60; nth += 1) {
      own.say(exchange({ request: noise(260_000) }));
    }
    own.close();
    const bytesBefore = statSync(file()).size;
    own.open({ keepBytes: 1024 * 1024 });
    await clock.advance(60_000);
    own.close();
    expect(bytesBefore).toBeGreaterThan(8 * 1024 * 1024);
    expect(statSync(file()).size).toBeLessThan(bytesBefore / 2);
  });

  test('keeps what sites did for a week', async () => {
    own.open({ keepDays: 1 });
    const startMs = clock.now();
    own.keep('depot', { atMs: startMs, loadA: [1, 2, 3], limitA: [63, 63, 63], pricePerKwh: 0.3 });
    own.keep('other', { atMs: startMs, loadA: [9, 9, 9] });
    await clock.skip(dayMs * 6);
    own.keep('depot', { atMs: clock.now(), loadA: [4, 5, 6] });
    const { history } = own.ask;
    expect(history('depot', 0, clock.now() + 1)).toEqual([
      { atMs: startMs, loadA: [1, 2, 3], limitA: [63, 63, 63], pricePerKwh: 0.3 },
      { atMs: clock.now(), loadA: [4, 5, 6] },
    ]);
    await clock.skip(dayMs * 2);
    expect(history('depot', 0, clock.now())).toHaveLength(1);
  });
});

describe('a file that cannot be used', () => {
  const good = () => {
    own.say(exchange({ action: 'Authorize' }));
    expect(own.ask.messages({ limit: 9 }).messages[0]?.action).toBe('Authorize');
  };

  test('is set aside when it is none of SQLite, and a new one begun', () => {
    writeFileSync(file(), 'not a database '.repeat(1000));
    own.open();
    good();
    expect(own.logged.filter((event) => event === 'telemetry file set aside')).toHaveLength(1);
    expect(readFileSync(`${file()}.broken`, 'latin1')).toContain('not a database');
    expect(own.lost).toBe(0);
  });

  test.each([
    ['of another release', (db: Sqlite.Database) => db.pragma('user_version = 99')],
    ['with other tables', (db: Sqlite.Database) => db.exec('create table messages (x)')],
  ])('is set aside when it is one %s', (_, spoil) => {
    const db = new Sqlite(file());
    spoil(db);
    db.close();
    own.open();
    good();
    expect(existsSync(`${file()}.broken`)).toBe(true);
  });

  test('is set aside when its pages are broken under way', () => {
    own.open();
    for (let nth = 0; nth < 20; nth += 1) own.say(exchange({ request: noise(300_000) }));
    own.close();
    const bytes = readFileSync(file());
    writeFileSync(file(), bytes.fill(0x55, 4096));
    own.open();
    good();
    expect(own.logged).toContain('telemetry file set aside');
  });

  test('is a reason to lose messages and to say so once, until it can be used again', () => {
    const blocked = new TelemetryFile(join(own.folder, 'not-there'), own.log);
    own.open({ file: blocked });
    own.say(...many(3, () => ({})));
    own.say(...many(4, () => ({})));
    expect(own.lost).toBe(7);
    expect(own.logged.filter((event) => event === 'telemetry not written')).toHaveLength(1);
  });

  test('on a disk that is nearly full is not written to', () => {
    class FullDisk extends TelemetryFile {
      override hasRoom(): boolean {
        return false;
      }
    }
    own.open({ file: new FullDisk(own.folder, own.log) });
    own.say(...many(3, () => ({})));
    expect(own.ask.messages({ limit: 9 }).messages).toEqual([]);
    expect(own.lost).toBe(3);
  });
});
