import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/gateway/clock.ts';
import type { Log } from '../../../src/gateway/ports.ts';
import { messagesAtRest } from '../../../src/telemetry/at-rest.ts';
import { telemetryPathIn } from '../../../src/telemetry/path.ts';
import type { Telemetry } from '../../../src/telemetry/ports.ts';
import { openTelemetry } from '../../../src/telemetry/thread.ts';
import { exchange } from './exchanges.ts';

const patient = { timeout: 30_000, interval: 10 };

let folder: string;
let dropped: number;
let logged: string[];
let telemetry: Telemetry;

const log: Log = {
  debug: (event) => logged.push(event),
  info: (event) => logged.push(event),
  warn: (event) => logged.push(event),
  error: (event) => logged.push(event),
};

function open(place: string): void {
  telemetry = openTelemetry({
    folder: place,
    keepDays: 7,
    keepBytes: 64 * 1024 * 1024,
    clock: systemClock,
    log,
    dropped: (messages) => {
      dropped += messages;
    },
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telemetry-'));
  [dropped, logged] = [0, []];
});

afterEach(async () => {
  await telemetry.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the thread writes what has come before it ends; from then on nothing is answered, and what is said is dropped', async () => {
  open(folder);
  expect(await telemetry.recent(undefined)).toEqual([]);
  for (let nth = 0; nth < 1200; nth += 1) telemetry.said(exchange({ atMs: Date.now(), seq: nth }));
  await vi.waitFor(async () => expect((await telemetry.recent(undefined))[0]?.id).toBe(1200), patient);
  telemetry.said(exchange({ atMs: Date.now(), seq: 1200 }));
  telemetry.keep('depot', { atMs: 60_000, loadA: [1, 2, 3] });
  expect(await telemetry.history('depot', 0, 120_000)).toEqual([{ atMs: 60_000, loadA: [1, 2, 3] }]);
  await telemetry.close();
  await expect(telemetry.messages({ limit: 1 })).rejects.toThrow('the telemetry is closed');
  telemetry.said(exchange());
  expect(dropped).toBe(1);
  const resting = messagesAtRest(folder, log);
  const { messages } = await resting.messages({ limit: 5000 });
  resting.close();
  expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 1201 }, (_, nth) => 1200 - nth));
  expect(logged).toEqual([]);
});

test('a folder that cannot be written to costs messages, never the gateway: logged once, counted, and no answer', async () => {
  open(join(folder, 'not-there'));
  await expect(telemetry.messages({ limit: 1 })).rejects.toThrow('directory');
  for (let nth = 0; nth < 1000; nth += 1) telemetry.said(exchange());
  await telemetry.close();
  expect(dropped).toBe(1000);
  expect(logged.filter((event) => event === 'telemetry not written')).toHaveLength(1);
});

test('without anything said or asked no thread begins, and no file', async () => {
  open(folder);
  await telemetry.close();
  expect(existsSync(telemetryPathIn(folder))).toBe(false);
});
