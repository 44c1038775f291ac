import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runChargers } from '../../../src/cli/chargers.ts';
import { fill, listen, makeFolder, prepare, serve } from './data-folder.ts';

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

async function standing(): Promise<unknown> {
  const [charger] = JSON.parse((await chargers('ls', '--json')).out).chargers;
  return charger.standing;
}

describe.each([
  { gateway: 'with a gateway running on the folder, through its socket', running: true },
  { gateway: 'without one, on the store itself', running: false },
])('$gateway', ({ running }) => {
  beforeEach(async () => {
    await prepare(folder, fill);
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

test.each(['', 'list', 'ls CP-1', 'adopt', 'block CP-1 CP-2', 'ls --station CP-1'])(
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
