import { execFile } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runOutbox } from '../../../src/cli/outbox.ts';
import { canary, fill, listen, makeFolder, open, prepare, serve } from './data-folder.ts';

const run = promisify(execFile);

let folder: string;
let stops: (() => Promise<void>)[];

beforeEach(async () => {
  const made = await makeFolder();
  folder = made.folder;
  stops = [made.remove];
  await prepare(folder, fill);
});
afterEach(async () => {
  for (const stop of stops.toReversed()) await stop();
});

async function outbox(...args: readonly string[]) {
  const { io, said } = listen();
  const exit = await runOutbox([...args, '--data', folder], io);
  return { exit, ...said };
}

describe.each([
  { gateway: 'with a gateway running on the folder, through its socket', running: true },
  { gateway: 'without one, on the store itself', running: false },
])('$gateway', ({ running }) => {
  beforeEach(async () => {
    if (running) stops.push(await serve(folder));
  });

  test('ls shows what waits, in aligned columns with ages', async () => {
    expect(await outbox('ls')).toEqual({
      exit: 0,
      err: '',
      out: [
        'NUMBER  CHARGER  ACTION              TRANSACTION  CAME     ATTEMPTS  STATE\n',
        '3       CP-1     StatusNotification  -            2 h ago  0         waits\n',
      ].join(''),
    });
  });

  test('ls --dead shows what the CSMS refused, and why', async () => {
    const { out } = await outbox('ls', '--dead');
    expect(out).toMatch(/^1 .*StartTransaction .*19\d{8} \(provisional\) .*dead: PropertyConstraintViolation$/m);
    expect(out).toMatch(/^2 .*MeterValues /m);
    expect(out).not.toContain('StatusNotification');
  });

  test('ls --station shows one charger; an unknown one has nothing', async () => {
    expect((await outbox('ls', '--station', 'CP-1')).out).toContain('StatusNotification');
    expect(await outbox('ls', '--station', 'CP-9')).toEqual({ exit: 0, err: '', out: 'nothing waits for the CSMS\n' });
  });

  test('ls --json is one JSON document, without payloads and idTags', async () => {
    const { out } = await outbox('ls', '--dead', '--json');
    const items: unknown[] = JSON.parse(out).outbox;
    expect(items).toMatchObject([
      { seq: 1, station: 'CP-1', action: 'StartTransaction', transaction: { connector: 1, state: 'dead' } },
      { seq: 2, action: 'MeterValues' },
    ]);
    expect(out).not.toContain(canary);
  });

  test('retry puts a dead letter back with its group', async () => {
    const { exit, out } = await outbox('retry', '2');
    expect(exit).toBe(0);
    expect(out).toMatch(/^put back 1: StartTransaction of CP-1, transaction 19\d{8} \(provisional\)\nput back 2: Met/);
    expect((await outbox('ls', '--dead')).out).toBe('no dead letters\n');
    expect((await outbox('ls')).out).toMatch(/^1 .*\n2 .*\n3 /m);
  });

  test('retry --all-dead puts all back', async () => {
    const { exit, out } = await outbox('retry', '--all-dead', '--json');
    expect(exit).toBe(0);
    expect(JSON.parse(out).outbox).toMatchObject([{ seq: 1 }, { seq: 2 }]);
    expect(await outbox('retry', '--all-dead')).toEqual({ exit: 0, err: '', out: 'no dead letters\n' });
  });

  test('drop says what it dropped, and never the idTag', async () => {
    const { exit, out } = await outbox('drop', '1');
    expect(exit).toBe(0);
    expect(out).toMatch(/^dropped 1: StartTransaction of CP-1, transaction 19\d{8} \(provisional\)\ndropped 2: Meter/);
    expect(out).not.toContain(canary);
    expect((await outbox('ls', '--dead')).out).toBe('no dead letters\n');
  });

  test('what waits is never dropped, and a number that is no dead letter fails', async () => {
    for (const verb of ['drop', 'retry']) {
      expect(await outbox(verb, '3')).toEqual({
        exit: 1,
        out: '',
        err: 'no dead letter has the number 3: see `outbox ls --dead`\n',
      });
    }
    expect((await outbox('ls')).out).toContain('StatusNotification');
  });
});

test('a message whose StartTransaction was dropped before it came can only be dropped too', async () => {
  await outbox('drop', '1');
  await prepare(folder, async (store) => {
    const chargerTxId = 1_900_000_000;
    await store.appendInbound({
      station: 'CP-1',
      action: 'StopTransaction',
      lane: 'transaction',
      payload: { transactionId: chargerTxId, meterStop: 10, timestamp: '2026-03-01T11:00:00Z' },
      atMs: 0,
      offline: true,
      transaction: { kind: 'stop', chargerTxId },
    });
  });
  const { out } = await outbox('ls', '--dead', '--json');
  const [{ seq }] = JSON.parse(out).outbox;
  const retried = await outbox('retry', String(seq));
  expect(retried).toMatchObject({ exit: 1, out: '', err: expect.stringContaining('StartTransaction') });
  expect(await outbox('retry', '--all-dead')).toMatchObject({
    exit: 1,
    err: expect.stringContaining(`${seq}: cannot`),
  });
  expect((await outbox('drop', String(seq))).exit).toBe(0);
});

describe('the folder', () => {
  test('is found through the config file', async () => {
    const config = join(folder, 'gateway.yaml');
    await writeFile(config, `csms:\n  url: wss://csms.example/ocpp\ndata:\n  folder: ${JSON.stringify(folder)}\n`);
    const { io, said } = listen();
    expect(await runOutbox(['ls', '-c', config], io)).toBe(0);
    expect(said.out).toContain('StatusNotification');
  });

  test('of a config with mistakes is not guessed: they are told with their place', async () => {
    const config = join(folder, 'gateway.yaml');
    await writeFile(config, 'data:\n  foldr: /tmp\n');
    const { io, said } = listen();
    expect(await runOutbox(['ls', '-c', config], io)).toBe(2);
    expect(said.err).toContain(`${config}:2:3 data.foldr`);
  });

  test('without a database is not made into one', async () => {
    const { io, said } = listen();
    const empty = join(folder, 'empty');
    expect(await runOutbox(['ls', '--data', empty], io)).toBe(1);
    expect(said.err).toContain('no gateway.db');
    await expect(stat(empty)).rejects.toThrow('ENOENT');
  });

  test('that another process holds without serving it is left alone', async () => {
    const store = await open(folder);
    stops.push(() => store.close());
    expect(await outbox('ls')).toMatchObject({ exit: 1, out: '', err: expect.stringContaining('in use') });
  });
});

test.each([
  '',
  'list',
  'ls CP-1',
  'retry',
  'retry 1 --all-dead',
  'drop',
  'drop --all-dead',
  'drop one',
  'drop 0',
  'drop 1 2',
  'drop 1 --station CP-1',
  'ls --ded',
])('misuse shows the usage and exits 2: outbox %s', async (line) => {
  const args = line.split(' ').filter((word) => word !== '');
  expect(await outbox(...args)).toMatchObject({
    exit: 2,
    out: '',
    err: expect.stringContaining('usage: ocpp-edge outbox'),
  });
});

test('texts of peers cannot steer the terminal', async () => {
  await prepare(folder, async (store) => {
    await store.appendInbound({
      station: 'CP-\u001b[2J\u202e',
      action: 'DataTransfer',
      lane: 'notice',
      payload: {},
      atMs: 0,
      offline: true,
    });
  });
  const { out } = await outbox('ls');
  expect(out).toContain('CP-?[2J?');
});

test('as a process of its own: reads the folder, writes to stdout, ends with the exit code', async () => {
  const program = fileURLToPath(new URL('outbox-process.ts', import.meta.url));
  const child = (...args: readonly string[]) =>
    run(process.execPath, ['--import', 'tsx', program, ...args, '--data', folder]).catch(
      (failed: { stdout: string; stderr: string; code: number }) => failed,
    );
  expect(await child('ls', '--dead')).toMatchObject({
    stdout: expect.stringContaining('StartTransaction'),
    stderr: '',
  });
  expect(await child('drop', '99')).toMatchObject({ code: 1, stdout: '' });
});
