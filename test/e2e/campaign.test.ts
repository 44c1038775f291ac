import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { runCampaign } from '../../src/cli/campaign.ts';
import { type Csms, startCsms } from '../../src/demo/csms.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { SoapCharger } from '../support/soap-charger.ts';
import { fetchAsCharger } from '../support/transfer-stage.ts';
import { WebStage } from '../support/web-server.ts';
import { listen } from '../unit/cli/data-folder.ts';

/* Two chargers, two waves, the real gateway killed in between; all that people do is done by the command line. */

const image = randomBytes(300_000);
const patienceMs = 30_000;
const all = ['Downloading', 'Downloaded', 'Installing', 'Installed'];

let web: WebStage;
let csms: Csms;
let gateway: GatewayProcess;
let folder: string;
let chargers: readonly SoapCharger[];

beforeEach(async () => {
  web = new WebStage();
  csms = await startCsms({ heartbeatS: 300 });
  folder = await mkdtemp(join(tmpdir(), 'campaigns-'));
  gateway = await GatewayProcess.prepare({
    csmsUrl: csms.url,
    config: { chargerDefaults: { transferProtocol: 'http' } },
    transfers: { campaignsFolder: folder },
  });
  await gateway.start();
  chargers = await Promise.all(['WALL-1', 'WALL-2'].map((identity) => opened(identity)));
});

afterEach(async () => {
  for (const charger of chargers) await charger.stop();
  await csms.close();
  await gateway.remove();
  await web.end();
  await rm(folder, { recursive: true });
});

async function opened(identity: string): Promise<SoapCharger> {
  const charger = new SoapCharger({ identity, endpoint: gateway.soapUrl, prefix: 'soap' });
  await charger.start();
  await boots(charger, '1.0');
  return charger;
}

const boots = (charger: SoapCharger, firmwareVersion: string) =>
  charger.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'Wall', firmwareVersion });

function charger(place: number): SoapCharger {
  const found = chargers[place];
  if (found === undefined) throw new Error(`no charger ${place}`);
  return found;
}

async function campaign(...args: readonly string[]) {
  const { io, said } = listen();
  const exit = await runCampaign([...args, '--data', gateway.dataFolder], { ...io, now: Date.now });
  return { exit, ...said };
}

async function states(): Promise<string> {
  const { campaign: view } = JSON.parse((await campaign('status', 'wall', '--json')).out) as {
    campaign: { state: string; members: readonly { state: string }[] };
  };
  return [view.state, ...view.members.map(({ state }) => state)].join(' ');
}

async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (const endMs = Date.now() + patienceMs; !(await isSo()); await pause(20)) {
    if (Date.now() > endMs) throw new Error(`not within ${patienceMs} ms: ${what}\n${gateway.stderr.join('')}`);
  }
}

const becomes = (wanted: string) => until(wanted, async () => (await states()) === wanted);
const asked = (place: number) => charger(place).called.filter(({ action }) => action === 'UpdateFirmware');

function urlOf(place: number): unknown {
  const payload = asked(place)[0]?.payload;
  return typeof payload === 'object' && payload !== null && 'location' in payload ? payload.location : undefined;
}

async function updates(place: number): Promise<void> {
  await until('the offer', () => asked(place).length > 0);
  expect(await fetchAsCharger(urlOf(place))).toEqual(image);
  for (const status of all) await charger(place).say('FirmwareStatusNotification', { status });
  await boots(charger(place), '2.0');
}

test('a campaign updates a charger, is killed, and goes on with the other; each is offered the image once', async () => {
  const location = `${await web.serve((_request, response) => {
    response.writeHead(200, { 'Content-Length': image.length }).end(image);
  })}/wall-2.bin?signature=deadbeef`;
  const sha256 = createHash('sha256').update(image).digest('hex');
  const file = {
    name: 'wall',
    select: { chargers: ['WALL-2', 'WALL-*'] },
    image: { location, sha256, sizeBytes: image.length },
    targetVersion: '2.0',
    waves: [{ upTo: 1 }],
    bytesPerS: 2_000_000,
  };
  await writeFile(join(folder, 'wall.yaml'), stringify(file));

  const planned = await campaign('plan', 'wall');
  expect(planned.out).toMatch(/^wall to 2\.0: 2 chargers in 2 waves\n.*\nWALL-2 +1\nWALL-1 +2\n$/);
  expect(await campaign('status', 'wall')).toMatchObject({ exit: 1, err: 'campaign wall was never started\n' });
  expect(await campaign('start', 'wal')).toMatchObject({
    exit: 1,
    err: expect.stringContaining('did you mean "wall"?'),
  });
  expect(await campaign('start', 'wall')).toEqual({ exit: 0, out: 'campaign wall to 2.0 is running\n', err: '' });
  expect(await campaign('start', 'wall')).toMatchObject({ exit: 1, err: expect.stringContaining('is running since') });

  await updates(1);
  await becomes('running updated updating');
  await until('the offer', () => asked(0).length > 0);
  await gateway.end('SIGKILL');
  expect((await campaign('status', 'wall')).out).toContain('[##########..........] 1 of 2');
  expect(await campaign('pause', 'wall')).toMatchObject({ exit: 1, err: 'no gateway runs on this data folder\n' });
  await gateway.start();
  expect(await states()).toBe('running updated updating');
  const followed = campaign('status', 'wall', '--follow');
  await updates(0);
  await becomes('done updated updated');

  const lines = ['is running: 1 of 2', 'is done: 2 of 2'].map((words) => `campaign wall to 2.0 ${words}\n`);
  expect(await followed).toEqual({ exit: 0, out: lines.join(''), err: '' });
  const { out } = await campaign('status', 'wall');
  expect(out).toMatch(/^campaign wall to 2\.0 is done\nall +\[#{20}\] 2 of 2 {2}0 failed, 1 end it\n/);
  expect(out).toMatch(/^WALL-2 +1 +updated/m);
  expect((await campaign('status')).out).toMatch(/^wall +done .* 2 of 2 +0 +2\.0$/m);
  expect(out).not.toContain('deadbeef');
  expect([asked(0).length, asked(1).length]).toEqual([1, 1]);
  await until('the last status', () => csms.book('WALL-1').firmware.includes('Installed'));
  expect(csms.book('WALL-2').firmware).toEqual(all);
  expect(csms.book('WALL-1').firmware.filter((status, index, list) => status !== list[index - 1])).toEqual(all);
  expect(await campaign('resume', 'wall')).toMatchObject({ exit: 1, err: 'campaign wall is done\n' });
  expect(await campaign('restart', 'wall')).toMatchObject({ exit: 2 });
});

test('what is wrong with a file is told where it is asked for, by line and column', async () => {
  await writeFile(join(folder, 'wall.yaml'), 'name: wall\nselect: { chargers: "*" }\ntimezone: Mars\n');
  const { exit, err } = await campaign('plan', 'wall');
  expect(exit).toBe(1);
  expect(err).toContain('wall.yaml:3:11 timezone: must be an IANA time zone such as Europe/Berlin, not "Mars"');
  const nobody = { name: 'nobody', select: { vendors: 'Nobody' }, image: {}, targetVersion: '2.0' };
  const image0 = { location: 'https://firmware.test/a.bin', sha256: '0'.repeat(64) };
  await writeFile(join(folder, 'wall.yaml'), stringify({ ...nobody, image: image0 }));
  const plan = await campaign('plan', 'nobody');
  expect(plan).toMatchObject({ exit: 1, err: 'campaign nobody selects no charger\n' });
  expect(plan.out).toMatch(/^WALL-1 +- +vendor is Acme$/m);
  expect(await campaign('start', 'nobody')).toMatchObject({
    exit: 1,
    err: expect.stringContaining('selects no charger'),
  });
});
