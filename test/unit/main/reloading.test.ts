import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { askGateway } from '../../../src/cli/gateway-client.ts';
import { createCa } from '../../../src/demo/certificates.ts';
import { systemClock } from '../../../src/gateway/clock.ts';
import { CurrentConfig } from '../../../src/main/current-config.ts';
import { readConfig } from '../../../src/main/read-config.ts';
import { Reloading } from '../../../src/main/reloading.ts';
import { socketPathIn } from '../../../src/operator/socket-file.ts';
import type { ConfigView, ReloadView } from '../../../src/operator/views/config.ts';
import { type Edge, type EdgeOptions, openListener, startTestEdge } from '../../support/edge.ts';
import { quietLog } from '../../support/quiet-log.ts';
import { RpcCsms } from '../../support/rpc-csms.ts';
import { bootFields, RawCharger } from '../../support/raw-charger.ts';
import { MINIMAL, temporaryFolder } from '../config/written-config.ts';

/* The whole gateway, whose config is edited while it runs. */

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

type Sections = Record<string, Record<string, unknown>>;

async function edgeWith(options: Omit<EdgeOptions, 'csmsUrl'> = {}): Promise<Edge> {
  const edge = await startTestEdge({ csmsUrl: 'ws://127.0.0.1:9/', ...options });
  endings.push(() => edge.remove());
  return edge;
}

const fileOf = ({ folder }: Edge): string => join(folder, 'gateway.yaml');

async function ask(edge: Edge, method: string, path: string): Promise<Record<string, unknown>> {
  const { body } = await askGateway(socketPathIn(join(edge.folder, 'data')), method, path);
  return body as Record<string, unknown>;
}

const reload = async (edge: Edge) => (await ask(edge, 'POST', '/api/config/reload'))['reload'] as ReloadView;
const viewOf = async (edge: Edge) => (await ask(edge, 'GET', '/api/config')) as unknown as ConfigView;

async function edit(edge: Edge, change: (config: Sections) => void): Promise<ReloadView> {
  const config = parse(readFileSync(fileOf(edge), 'utf8')) as Sections;
  change(config);
  await writeFile(fileOf(edge), stringify(config));
  return reload(edge);
}

async function chargerAt(edge: Edge, identity: string, url = edge.soapUrl): Promise<RawCharger> {
  const charger = await new RawCharger(identity, url).start();
  endings.push(() => charger.stop());
  return charger;
}

/** What a charger hears that boots: an interval, or a refusal. */
async function bootAnswer(charger: RawCharger): Promise<string> {
  const envelope = charger.envelope('bootNotificationRequest', bootFields, { headers: charger.from() });
  const answer = await charger.post({ body: envelope });
  const text = answer?.body.toString() ?? '';
  return /interval>(\d+)</.exec(text)?.[1] ?? (text.includes('SecurityError') ? 'refused' : text);
}

test('whatever is edited, right or wrong: chargers hear what the last sound config says', async () => {
  const edge = await edgeWith({ config: { offline: { waitMs: 0 } } });
  const [named, stranger] = [await chargerAt(edge, 'NAMED'), await chargerAt(edge, 'STRANGER')];
  const sound = fc.record({
    intervalS: fc.integer({ min: 1, max: 999 }),
    blocked: fc.boolean(),
    strangers: fc.constantFrom('accept', 'reject'),
  });
  const spoil = fc.constantFrom<(yaml: string) => string>(
    (yaml) => yaml,
    (yaml) => yaml,
    (yaml) => `${yaml}\nnobody: knows this\n`,
    (yaml) => yaml.replace('pendingIntervalS: ', 'pendingIntervalS: -'),
    (yaml) => yaml.replace('csms:', 'csms: ['),
    (yaml) => `${yaml}\ngroups: { g: { csms: { passwordFrom: "file:not-there" } } }\n`,
    (yaml) => yaml.slice(0, yaml.indexOf('csms:')),
    () => '',
  );
  const base = parse(readFileSync(fileOf(edge), 'utf8')) as Sections;
  let holds = { intervalS: 60, blocked: false, strangers: 'accept' };
  await fc.assert(
    fc.asyncProperty(sound, spoil, async (wish, spoiled) => {
      const yaml = stringify({
        ...base,
        offline: { waitMs: 0, pendingIntervalS: wish.intervalS },
        chargers: { NAMED: { blocked: wish.blocked } },
        unknownChargers: wish.strangers,
      });
      const written = spoiled(yaml);
      await writeFile(fileOf(edge), written);
      const { kind, mistakes } = await reload(edge);
      expect([kind, mistakes.length > 0]).toEqual(written === yaml ? ['applied', false] : ['refused', true]);
      if (kind === 'applied') holds = wish;
      expect(await bootAnswer(named)).toBe(holds.blocked ? 'refused' : String(holds.intervalS));
      const known = (await edge.view('STRANGER')) !== undefined;
      const isLetIn = holds.strangers === 'accept' || known;
      expect(await bootAnswer(stranger)).toBe(isLetIn ? String(holds.intervalS) : 'refused');
    }),
    { numRuns: 25 },
  );
});

test('the config as it holds: every value with its source, no secret, and what waits for the next start', async () => {
  const edge = await edgeWith({
    config: { chargers: { 'CP 1': { basicPasswordFrom: 'env:WORD', maxCurrentA: 16 } } },
    env: { WORD: 'canary-secret', OCPP_EDGE__OUTBOX__ATTEMPTS: '9' },
  });
  await edit(edge, (config) => {
    config['operator'] = { ...config['operator'], chargerLabels: false };
  });
  const view = await viewOf(edge);
  const of = (key: string) => view.values.find((value) => value.key === key);
  expect(of('chargers["CP 1"].maxCurrentA')).toMatchObject({ value: 16, effect: 'live', pending: false });
  expect(of('chargers["CP 1"].maxCurrentA')?.source).toMatch(/gateway\.yaml:\d+:\d+$/);
  expect(of('outbox.attempts')).toMatchObject({ value: 9, source: 'env OCPP_EDGE__OUTBOX__ATTEMPTS' });
  expect(of('offline.waitMs')).toMatchObject({ value: 8000, source: 'default', description: expect.any(String) });
  expect(of('operator.chargerLabels')).toMatchObject({ value: true, source: 'default', pending: true });
  expect(view.reload).toMatchObject({ kind: 'applied', changed: [], restartNeeded: ['operator.chargerLabels'] });
  expect(of('chargers["CP 1"].basicPasswordFrom')).toMatchObject({ value: 'env:WORD' });
  expect(JSON.stringify(view)).not.toContain('canary-secret');
  const metrics = await (await fetch(`${edge.operatorUrl}/metrics`)).text();
  expect(metrics).toContain('ocppgw_config_reloads_total{outcome="applied"} 1');
  expect(metrics).toContain('ocppgw_config_restart_needed 1');
});

test('a file that is saved is read by itself; one that a key names, and that was not there, too', async () => {
  const edge = await edgeWith();
  const config = parse(readFileSync(fileOf(edge), 'utf8')) as Sections;
  const chargers = { 'CP-1': { basicPasswordFrom: `file:${join(edge.folder, 'late')}` } };
  await writeFile(fileOf(edge), stringify({ ...config, chargers }));
  const last = async () => (await viewOf(edge)).reload;
  const patience = { timeout: 10_000, interval: 20 };
  await vi.waitFor(async () => expect(await last()).toMatchObject({ kind: 'refused' }), patience);
  await writeFile(join(edge.folder, 'late'), 'word', { mode: 0o600 });
  await vi.waitFor(
    async () => expect(await last()).toMatchObject({ kind: 'applied', changed: ['chargers.CP-1'] }),
    patience,
  );
  const before = await last();
  await writeFile(join(edge.folder, 'late'), 'another', { mode: 0o600 });
  await vi.waitFor(async () => expect(await last()).not.toEqual(before), patience);
  expect(await last()).toMatchObject({ changed: ['chargers.CP-1.basicPasswordFrom'] });
});

test('a certificate that was renewed on disk is shown from then on; one without its key changes nothing', async () => {
  const [first, second] = ['first', 'second'].map((name) => createCa(name).issue({ commonName: name }));
  if (first === undefined || second === undefined) throw new Error('no certificates');
  const tls = { certFile: 'gateway.pem', keyFile: 'gateway.key', port: 0 };
  const edge = await edgeWith({
    config: { soap: { ...openListener, tls }, json: { host: '127.0.0.1', port: 0, tls } },
    files: { 'gateway.pem': first.cert, 'gateway.key': first.key },
  });
  const ports = [edge.soapTlsUrl, edge.jsonTlsUrl].map((url) => Number(new URL(url ?? '').port));
  expect(await Promise.all(ports.map(shownName))).toEqual(['first', 'first']);
  await writeFile(join(edge.folder, 'gateway.pem'), second.cert);
  expect(await reload(edge)).toMatchObject({ kind: 'refused' });
  expect(await Promise.all(ports.map(shownName))).toEqual(['first', 'first']);
  await writeFile(join(edge.folder, 'gateway.key'), second.key, { mode: 0o600 });
  expect(await reload(edge)).toMatchObject({ kind: 'applied', restartNeeded: [] });
  expect(await Promise.all(ports.map(shownName))).toEqual(['second', 'second']);
});

function shownName(port: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subject?.CN);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

test('limits of listeners, and who may speak from where, hold at the next request', async () => {
  const edge = await edgeWith({ config: { offline: { waitMs: 0 } } });
  const charger = await chargerAt(edge, 'CP-1');
  const status = async () => (await charger.post({ body: charger.envelope('heartbeatRequest') }))?.status;
  await bootAnswer(charger);
  await edit(edge, ({ soap = {} }) => {
    soap['rateLimits'] = { perAddressPerS: 1, perAddressBurst: 1, perChargerPerS: 0 };
  });
  expect(new Set([await status(), await status()])).toEqual(new Set([400, 429]));
  await edit(edge, (config) => {
    config['soap'] = openListener;
    config['chargers'] = { 'CP-1': { allowFrom: '192.0.2.0/24' } };
  });
  expect(await bootAnswer(charger)).toBe('refused');
});

test('only the stations whose link is another one now connect anew', async () => {
  const csms = new RpcCsms();
  csms.answer = (action) =>
    action === 'BootNotification' ? { status: 'Accepted', currentTime: '2026-03-01T12:00:00Z', interval: 300 } : {};
  await csms.start();
  endings.push(() => csms.stop());
  const edge = await startTestEdge({ csmsUrl: csms.url });
  endings.push(() => edge.remove());
  for (const identity of ['STAYS', 'MOVES', 'QUIETER']) await bootAnswer(await chargerAt(edge, identity));
  const links = async () =>
    Promise.all(
      ['STAYS', 'MOVES', 'QUIETER'].map(async (name) => {
        const { link, linkSinceMs } = (await edge.view(name)) ?? {};
        return { link, linkSinceMs };
      }),
    );
  const [stays, , quieter] = await links();
  expect([stays?.link, quieter?.link]).toEqual(['open', 'open']);
  await edit(edge, (config) => {
    config['chargers'] = {
      MOVES: { csmsIdentity: 'MOVED' },
      QUIETER: { csms: { pingIntervalS: 0 } },
      STAYS: { maxCurrentA: 10 },
    };
  });
  const moved = () => csms.heard.filter(({ station }) => station === 'MOVED').map(({ action }) => action);
  await vi.waitFor(() => expect(moved()).toEqual(['BootNotification']), { timeout: 10_000, interval: 10 });
  const after = await links();
  expect([after[0], after[2]]).toEqual([stays, quieter]);
  expect(edge.logged.filter(({ event }) => event === 'csms link opened')).toHaveLength(4);
});

test('a part that cannot follow keeps all of them as they were', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'gateway.yaml');
  await writeFile(file, MINIMAL);
  const read = await readConfig(file, {});
  if (read.kind === 'refused') throw new Error('refused');
  const current = new CurrentConfig(read);
  const level = current.derive(({ config }) => config.log.level);
  current.follow(() => {
    throw new Error('the part is stuck');
  });
  const meters = { reloaded: () => undefined, restartNeeded: () => undefined };
  const log = quietLog();
  const reloading = new Reloading({ current, origin: { file, env: {}, read }, clock: systemClock, log, meters });
  await writeFile(file, `${MINIMAL}log: { level: debug }\n`);
  expect(await reloading.reload()).toMatchObject({ kind: 'refused', mistakes: ['the part is stuck'] });
  expect([level(), current.config.log.level]).toEqual(['info', 'info']);
  await rm(file);
  expect((await reloading.reload()).mistakes[0]).toMatch(/gateway\.yaml:1:1 the config file/);
});
