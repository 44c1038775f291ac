import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../../src/gateway/store-port.ts';
import { runChargers } from '../../../src/cli/chargers.ts';
import { canary, fill, listen, makeFolder, nowMs, prepare, serve, setupDouble } from './data-folder.ts';

let folder: string;
let stops: (() => Promise<void>)[];

beforeEach(async () => {
  const made = await makeFolder();
  folder = made.folder;
  stops = [made.remove];
});
afterEach(async () => {
  for (const stop of stops.toReversed()) await stop();
});

async function chargers(...args: readonly string[]) {
  const { io, said } = listen();
  const exit = await runChargers([...args, '--data', folder], io);
  return { exit, ...said };
}

async function fillWithBoot(store: Store): Promise<void> {
  await fill(store);
  const [record] = await store.stations();
  if (record === undefined) throw new Error('no charger');
  const payload = { chargePointVendor: 'V\nx' };
  const csms = { status: 'Accepted', intervalS: 300 } as const;
  await store.saveStation({
    ...record,
    boot: { payload, atMs: nowMs - 300_000, csms, told: 'Accepted', unheard: false },
  });
  await store.saveSetting('CP-1', 'WebSocketPingInterval', '15');
}

async function standing(): Promise<unknown> {
  const [charger] = JSON.parse((await chargers('ls', '--json')).out).chargers;
  return charger.standing;
}

describe.each([
  { gateway: 'with a gateway running on the folder, through its socket', running: true },
  { gateway: 'without one, on the store itself', running: false },
])('$gateway', ({ running }) => {
  beforeEach(async () => {
    await prepare(folder, fillWithBoot);
    if (running) stops.push(await serve(folder));
  });

  test('ls shows who was ever seen, in aligned columns with ages', async () => {
    const { exit, out, err } = await chargers('ls');
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    const [headings = '', line = ''] = out.split('\n');
    expect(line).toMatch(/^CP-1 +quarantined +ocpp1\.6-soap +3 min ago +closed +\d +10\.0\.0\.5 +no remote commands/);
    expect(headings.indexOf('STANDING')).toBe(line.indexOf('quarantined'));
    expect(headings.indexOf('REMARKS')).toBe(line.indexOf('no remote'));
  });

  test('adopt lets a charger out of quarantine, block refuses it; identities match without case (OCPP 1.6 §7)', async () => {
    expect(await chargers('adopt', 'cp-1')).toEqual({ exit: 0, out: 'cp-1 is accepted\n', err: '' });
    expect(await standing()).toBe('accepted');
    expect(await chargers('block', 'CP-1', '--json')).toEqual({
      exit: 0,
      out: '{"charger":"CP-1","standing":"blocked"}\n',
      err: '',
    });
    expect(await standing()).toBe('blocked');
  });

  test('show tells all that is known of a charger, without an idTag; identities match without case', async () => {
    const { exit, out, err } = await chargers('show', 'cp-1');
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out.split('\n').slice(0, 13)).toEqual([
      expect.stringMatching(/^charger +CP-1$/),
      expect.stringMatching(/^standing +quarantined$/),
      expect.stringMatching(/^protocol +ocpp1\.6-soap$/),
      expect.stringMatching(/^seen +3 min ago, first 1 d ago$/),
      expect.stringMatching(/^from +10\.0\.0\.5$/),
      expect.stringMatching(/^commands +none: the gateway does not run$/),
      expect.stringMatching(/^csms link +closed$/),
      expect.stringMatching(/^boot +5 min ago; told Accepted; CSMS Accepted, 300 s; chargePointVendor V\?x$/),
      expect.stringMatching(/^connector 0 +no status yet$/),
      expect.stringMatching(/^connector 1 +no status yet$/),
      expect.stringMatching(/^connector 2 +no status yet$/),
      expect.stringMatching(/^set by the csms +WebSocketPingInterval$/),
      running ? expect.stringMatching(/^config +listed$/) : '',
    ]);
    expect(out).not.toContain(canary);
    expect(out).not.toContain('/s/word');
  });

  test('show --json holds it as it is', async () => {
    const { charger, setup } = JSON.parse((await chargers('show', 'CP-1', '--json')).out);
    expect(charger).toMatchObject({
      charger: {
        identity: 'CP-1',
        standing: 'quarantined',
        callback: 'http://10.0.0.5:8080/',
        vendor: 'V\nx',
        dead: 2,
        waiting: 1,
        connectors: [{ connector: 1 }, { connector: 2 }],
      },
      bootPayload: { chargePointVendor: 'V\nx' },
      csmsStatus: 'Accepted',
      csmsIntervalS: 300,
      bootUnheard: false,
      transactions: [],
      lacks: [],
      changedSettings: ['WebSocketPingInterval'],
    });
    const { urls: _urls, ...shown } = setupDouble;
    expect(setup).toEqual(running ? shown : undefined);
  });

  test('what was never seen cannot be shown', async () => {
    expect(await chargers('show', 'CP-9')).toEqual({ exit: 1, out: '', err: 'charger CP-9 was never seen\n' });
  });

  test('a charger that was never seen can be neither adopted nor blocked', async () => {
    const refused = { exit: 1, out: '', err: 'charger CP-9/ä was never seen\n' };
    expect(await chargers('adopt', 'CP-9/ä')).toEqual(refused);
    expect(await chargers('block', 'CP-9/ä')).toEqual(refused);
  });
});

test('a folder that never saw a charger says so', async () => {
  await prepare(folder, async () => {});
  expect(await chargers('ls')).toEqual({ exit: 0, out: 'no charger was ever seen\n', err: '' });
});

test.each(['', 'list', 'show', 'url', 'url A B', 'ls CP-1', 'adopt', 'block CP-1 CP-2', 'ls --station CP-1'])(
  'misuse shows the usage and exits 2: chargers %s',
  async (line) => {
    const args = line.split(' ').filter((word) => word !== '');
    expect(await chargers(...args)).toMatchObject({
      exit: 2,
      out: '',
      err: expect.stringContaining('usage: ocpp-edge chargers'),
    });
  },
);

describe('the URL to type into a charger', () => {
  test('comes from the running gateway, for a charger that was never seen too', async () => {
    await prepare(folder, async () => {});
    stops.push(await serve(folder));
    expect(await chargers('url', 'CP-1')).toEqual({
      exit: 0,
      out: 'OCPP-S  http://10.0.0.1:8180/ocpp/s/word/CP-1\n',
      err: '',
    });
    const { urls, proofs } = setupDouble;
    expect(JSON.parse((await chargers('url', 'CP-1', '--json')).out)).toEqual({ charger: 'CP-1', urls, proofs });
  });

  test('without one it comes from the config, and nobody guesses without that', async () => {
    await prepare(folder, async () => {});
    const config = join(folder, 'gateway.yaml');
    const yaml = (port: number) => `csms: { url: "ws://127.0.0.1:9/" }
soap: { host: 10.0.0.1, port: ${port}, path: /edge }
chargers: { "CP 1": { secretPathFrom: "env:WORD" } }
`;
    await writeFile(config, yaml(8180));
    expect(await urlAtRest(config)).toEqual({
      exit: 0,
      out: 'OCPP-S  http://10.0.0.1:8180/edge/s/a%2Fb/CP%201\n',
      err: '',
    });
    await writeFile(config, yaml(0));
    expect(await urlAtRest(config)).toMatchObject({
      exit: 1,
      err: expect.stringContaining('ask while the gateway runs'),
    });
    await writeFile(config, 'csms: 7\n');
    expect(await urlAtRest(config)).toMatchObject({ exit: 2, err: expect.stringContaining('gateway.yaml:1:') });
    expect(await chargers('url', 'CP 1')).toMatchObject({ exit: 1, err: expect.stringContaining('name that with -c') });
  });

  async function urlAtRest(config: string) {
    const { io, said } = listen({ WORD: 'a/b' });
    const exit = await runChargers(['url', 'cp 1', '--data', folder, '-c', config], io);
    return { exit, ...said };
  }
});

test('a charger that the config blocks stays blocked, whoever adopts it', async () => {
  await prepare(folder, fill);
  const config = join(folder, 'gateway.yaml');
  await writeFile(config, 'csms: { url: "ws://127.0.0.1:9/" }\nchargers: { CP-1: { blocked: true } }\n');
  const { io, said } = listen();
  const exit = await runChargers(['adopt', 'CP-1', '--data', folder, '-c', config], io);
  expect({ exit, err: said.err }).toEqual({ exit: 1, err: 'CP-1 stays blocked: the config says so\n' });
});
