import { chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCheck } from '../../../src/cli/check.ts';
import type { Io } from '../../../src/cli/io.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ocpp-edge-check-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs the command and hears what it says. */
async function check(args: readonly string[], env: Record<string, string> = {}, now: Io['now'] = Date.now) {
  let out = '';
  let err = '';
  const io: Io = {
    stdin: Readable.from([]),
    out: (text) => (out += text),
    err: (text) => (err += text),
    env,
    now,
  };
  return { exit: await runCheck(args, io), out, err };
}

/** A config on free ports whose data folder is `folder/data`; `more` is put below. */
function writtenConfig(folder: string, more = '', soapPort = 0): string {
  const file = join(folder, 'gateway.yaml');
  const yaml = `csms: { url: "ws://127.0.0.1:9/" }
soap: { host: 127.0.0.1, port: ${soapPort} }
operator: { port: 0 }
data: { folder: "${join(folder, 'data')}" }
${more}
transfers: { http: { port: 0 }, ftp: { port: 0 } }
`;
  writeFileSync(file, yaml);
  return file;
}

/** A port of 127.0.0.1 that is taken until the test ends. */
function takenPort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    onTestFinished(() => new Promise((closed) => server.close(() => closed())));
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      done(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

test('a sound config on a ready machine: exit 0', async () => {
  const file = writtenConfig(temporaryFolder());
  expect(await check(['-c', file])).toEqual({ exit: 0, out: `${file}: no mistakes\n`, err: '' });
  expect(await check(['--config', file, '--json'])).toEqual({ exit: 0, out: '[]\n', err: '' });
});

test('every mistake stands on stdout as file:line:column path: message, and the exit is 2', async () => {
  const file = writtenConfig(temporaryFolder(), 'unknownChargers: acept\nlog: { levl: info }\n');
  const { exit, out } = await check(['-c', file], { OCPP_EDGE__SOAP__KEEP_ALIVE_S: 'x' });
  expect({ exit, lines: out.trimEnd().split('\n') }).toEqual({
    exit: 2,
    lines: [
      `${file}:5:18 unknownChargers: must be one of accept, quarantine, reject, not "acept"; did you mean "accept"?`,
      `${file}:6:8 log.levl: unknown key; did you mean "level"?`,
      'env OCPP_EDGE__SOAP__KEEP_ALIVE_S soap.keepAliveS: must be a whole number of seconds, not "x"',
    ],
  });
});

test('--json: one array on stdout, for machines', async () => {
  const file = writtenConfig(temporaryFolder(), 'unknownChargers: all\n');
  const { exit, out } = await check(['-c', file, '--json'], { OCPP_EDGE__LOG__LEVEL: 'x' });
  const message = 'must be one of accept, quarantine, reject, not "all"';
  expect({ exit, mistakes: JSON.parse(out) as unknown }).toEqual({
    exit: 2,
    mistakes: [
      { file, line: 5, column: 18, path: 'unknownChargers', message },
      { env: 'OCPP_EDGE__LOG__LEVEL', path: 'log.level', message: 'must be one of error, warn, info, debug, not "x"' },
    ],
  });
});

test('without -c it is config/gateway.yaml of the package, which wants the address of the CSMS', async () => {
  const { exit, out } = await check([]);
  expect(exit).toBe(2);
  expect(out).toMatch(/^config\/gateway\.yaml:\d+:1 csms\.url: is missing: [^\n]* set OCPP_EDGE__CSMS__URL\.\n$/);
});

test('a warning goes to stderr and does not fail', async () => {
  const file = writtenConfig(temporaryFolder());
  const { exit, err } = await check(['-c', file], { OCPP_EDGE__CSMS__PASSWORDFROM: 'env:SECRET', SECRET: 'canary' });
  expect({ exit, err }).toEqual({
    exit: 0,
    err: `warning: ${file}:1:14 csms.url: the password crosses the network in the clear; wss:// would protect it\n`,
  });
});

test('a port that is taken', async () => {
  const port = await takenPort();
  const file = writtenConfig(temporaryFolder(), '', port);
  expect(await check(['-c', file])).toEqual({
    exit: 2,
    out: `${file}:2:32 soap.port: 127.0.0.1:${port} is taken by another program; is the gateway running already?\n`,
    err: '',
  });
});

test('a host that is no address of this machine', async () => {
  const file = writtenConfig(temporaryFolder());
  const { exit, out } = await check(['-c', file], { OCPP_EDGE__SOAP__HOST: '192.0.2.1' });
  expect({ exit, out }).toEqual({
    exit: 2,
    out: `${file}:2:32 soap.port: 192.0.2.1:0 is no address of this machine\n`,
  });
});

test('a data folder that is a file, or lies below one', async () => {
  const folder = temporaryFolder();
  const file = writtenConfig(folder);
  writeFileSync(join(folder, 'data'), '');
  const { exit, out } = await check(['-c', file]);
  expect({ exit, out }).toEqual({ exit: 2, out: `${file}:4:17 data.folder: ${folder}/data is not a folder\n` });
  const below = await check(['-c', file], { OCPP_EDGE__DATA__FOLDER: join(folder, 'data', 'deep', 'er') });
  expect(below.out).toBe(`env OCPP_EDGE__DATA__FOLDER data.folder: ${folder}/data is not a folder\n`);
});

test.skipIf(process.getuid?.() === 0)('a data folder that may not be written', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'data'));
  chmodSync(join(folder, 'data'), 0o500);
  const { exit, out } = await check(['-c', writtenConfig(folder)]);
  expect({ exit, out }).toEqual({
    exit: 2,
    out: `${folder}/gateway.yaml:4:17 data.folder: ${folder}/data may not be accessed by this user\n`,
  });
});

test('a folder for backups that is a file, and one that is not there yet', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'taken'), '');
  const file = writtenConfig(folder, 'backup: { folder: taken }');
  expect(await check(['-c', file])).toEqual({
    exit: 2,
    out: `${file}:5:19 backup.folder: ${folder}/taken is not a folder\n`,
    err: '',
  });
  expect((await check(['-c', writtenConfig(folder, 'backup: { folder: not/yet }')])).exit).toBe(0);
});

test('no room for a copy of the database beside what must be left for messages', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'data'));
  const database = join(folder, 'data', 'gateway.db');
  writeFileSync(database, '');
  const { bavail, bsize } = statfsSync(folder);
  // of holes, so that it takes no room itself
  truncateSync(database, bavail * bsize);
  const file = writtenConfig(folder, 'backup: { keep: 2 }');
  const { exit, out } = await check(['-c', file]);
  expect({ exit, out }).toEqual({
    exit: 2,
    out: expect.stringMatching(
      /^\S+gateway\.yaml:5:1 backup\.folder: \S+ has \d+ bytes free: a copy takes \d+, and 67108864 must be left for messages\n$/,
    ),
  });
  expect((await check(['-c', writtenConfig(folder, 'backup: { enabled: false }')])).exit).toBe(0);
});

test('checking makes nothing', async () => {
  const folder = temporaryFolder();
  await check(['-c', writtenConfig(folder)]);
  expect(() => rmSync(join(folder, 'data'))).toThrow('ENOENT');
});

test.each([['--nope'], ['more'], ['-c']])('%s is not understood: usage, exit 2', async (argument) => {
  const { exit, out, err } = await check([argument]);
  expect({ exit, out }).toEqual({ exit: 2, out: '' });
  expect(err).toContain('usage: ocpp-edge check [-c FILE] [--json]');
});

const depot = `site: { id: depot, timezone: Europe/Amsterdam }
tree:
  - { id: main, maxCurrentA: [100, 100, 80], headroomPct: 10, contractKw: 40 }
  - { id: row, parent: main, maxCurrentA: 40 }
connectors:
  - { chargePoint: CP-1, parent: row, maxCurrentA: 63 }
  - { chargePoint: CP-2, parent: row, phases: [L3], maxCurrentA: 16 }
tariff: { import: { kind: file, file: prices.csv, unit: MWh, adderPerKwh: 0.1 } }
`;

test('the effective limits of each site stand beside "no mistakes", but not in JSON', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'sites'));
  writeFileSync(join(folder, 'sites', 'depot.yaml'), depot);
  writeFileSync(join(folder, 'sites', 'prices.csv'), 'from,price\n2026-10-25T00:00,100\n2026-10-25T12:00,-50\n');
  const file = writtenConfig(folder, 'charging: { sitesFolder: sites }\nchargers: { CP-1: {}, CP-2: {} }\n');
  const { exit, out, err } = await check(['-c', file], {}, () => Date.parse('2026-10-25T20:00Z'));
  expect({ exit, err, lines: out.split('\n') }).toEqual({
    exit: 0,
    err: '',
    lines: [
      `${file}: no mistakes`,
      '',
      'site depot (Europe/Amsterdam, 230 V)',
      'NODE   FUSE                  HEADROOM  LIMIT               CONTRACT',
      'main   100 A / 100 A / 80 A  10 %      90 A / 90 A / 72 A  40 kW (no limit)',
      '  row  40 A                  0 %       40 A',
      '',
      'CONNECTOR  NODE  PHASES    CURRENT    SHARE WHEN NOBODY SPEAKS',
      'CP-1/1     row   L1 L2 L3  6 to 40 A  24 A',
      'CP-2/1     row   L3        6 to 16 A  16 A',
      '',
      'price today (2026-10-25, 25 h): 0.05 to 0.2 EUR per kWh; unmet energy counts as 3',
      '',
    ],
  });
  expect(await check(['-c', file, '--json'])).toEqual({ exit: 0, out: '[]\n', err: '' });
});

test('a mistake in a site file or a price list is one of the config', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'sites'));
  writeFileSync(join(folder, 'sites', 'depot.yaml'), depot);
  writeFileSync(join(folder, 'sites', 'prices.csv'), 'from,price\nyesterday,1\n');
  const file = writtenConfig(folder, 'unknownChargers: accept\ncharging: { sitesFolder: sites }\n');
  const prices = 'must be a time such as 2026-03-29T00:00+01:00, not "yesterday"';
  expect(await check(['-c', file])).toEqual({
    exit: 2,
    out: `${join(folder, 'sites', 'prices.csv')}:2:1 ${prices}\n`,
    err: '',
  });
  writeFileSync(join(folder, 'sites', 'depot.yaml'), depot.replace('parent: main', 'parent: mains'));
  const { exit, out } = await check(['-c', file, '--json']);
  const [mistake] = JSON.parse(out) as readonly object[];
  expect({ exit, mistake }).toEqual({
    exit: 2,
    mistake: {
      file: join(folder, 'sites', 'depot.yaml'),
      line: 4,
      column: 24,
      path: 'tree[1].parent',
      message: 'expected a node of the tree (main, row), found "mains"',
    },
  });
});

test('prices that are dearer than lacking energy are warned of', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'sites'));
  writeFileSync(join(folder, 'sites', 'depot.yaml'), depot.replace(', unit: MWh', ''));
  writeFileSync(join(folder, 'sites', 'prices.csv'), 'from,price\n2026-01-10T00:00Z,84\n');
  const file = writtenConfig(folder, 'unknownChargers: accept\ncharging: { sitesFolder: sites }\n');
  const { exit, err } = await check(['-c', file]);
  expect({ exit, err }).toEqual({
    exit: 0,
    err: `warning: ${join(folder, 'sites', 'depot.yaml')}:1:1 objective.unmetPerKwh: is not above 84.1, a price of tariff.import; while it holds, cars stay short of energy (is it per MWh? then say unit: MWh)\n`,
  });
});

test('a mistake in a campaign file is one of the config', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'campaigns'));
  writeFileSync(join(folder, 'campaigns', 'wall.yaml'), 'name: wall\nselect: { chargers: "*" }\ntargetVersion: "2"\n');
  const env = { OCPP_EDGE__TRANSFERS__CAMPAIGNS_FOLDER: join(folder, 'campaigns') };
  const { exit, out } = await check(['-c', writtenConfig(folder)], env);
  expect(exit).toBe(2);
  expect(out).toMatch(/^.*campaigns\/wall\.yaml:1:1 image\.?\w*: is missing: .* Write it here\.$/m);
});
