import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { Charger } from '../../src/demo/charger.ts';
import { loadOcppServices } from '../../src/demo/charger/services.ts';
import { type Csms, type CsmsSettings, startCsms } from '../../src/demo/csms.ts';
import type { Ledger } from '../../src/demo/ledger.ts';
import { settledLedger, startFleet, stopFleet } from '../../src/demo/fleet.ts';
import { driveLoad } from '../../src/demo/load.ts';
import { root } from '../support/build.ts';
import { GatewayProcess } from '../support/gateway-process.ts';

type Scene = { readonly csms: Csms; readonly gateway: GatewayProcess; readonly chargers: readonly Charger[] };

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

const clean = { lost: 0, reordered: 0 };

async function stage(count: number, csmsSettings: Partial<CsmsSettings> = {}, config = {}): Promise<Scene> {
  const csms = await startCsms({ heartbeatS: 300, ...csmsSettings });
  endings.push(() => csms.close());
  const gateway = await GatewayProcess.prepare({ csmsUrl: csms.url, config: { offline: { waitMs: 1000 }, ...config } });
  endings.push(() => gateway.remove());
  await gateway.start();
  const services = await loadOcppServices(join(root, 'wsdl', '1.6'));
  const retry = { pauseMs: () => 50 + Math.random() * 50, faultAttempts: 3 };
  const charger = { retry, sampleIntervalMs: 0, maxIntervalMs: 500, deadlineMs: 5_000 };
  const chargers = await startFleet({ centralSystemUrl: gateway.soapUrl, services, count, name: 'F', charger });
  endings.push(() => stopFleet(chargers));
  await Promise.all(chargers.map((one) => one.booted()));
  return { csms, gateway, chargers };
}

/** Every charger under load for `ms`; then the ledger. */
async function load({ csms, chargers }: Scene, meanwhile: () => Promise<void>): Promise<Ledger> {
  const enough = new AbortController();
  const loads = chargers.map((one) => driveLoad(one, { readings: 3, idTag: 'TAG', signal: enough.signal }));
  await meanwhile();
  enough.abort();
  await Promise.all(loads);
  return settledLedger(chargers, csms, 60_000);
}

const first = <T>(items: readonly T[]): T => {
  const [item] = items;
  if (item === undefined) throw new Error('there is none');
  return item;
};

test('F2: killed between CALL and CALLRESULT of a StartTransaction: the retry gets the same transaction', async () => {
  let kill: (() => void) | undefined;
  const asked = new Promise<void>((resolve) => {
    kill = resolve;
  });
  let calls = 0;
  const judge: CsmsSettings['judge'] = async ({ action }) => {
    if (action !== 'StartTransaction' || ++calls > 1) return { kind: 'answer' };
    kill?.();
    return { kind: 'silence' };
  };
  const scene = await stage(1, { judge }, { offline: { waitMs: 5_000 } });
  const charger = first(scene.chargers);
  charger.begin(1, 'TAG');
  await asked;
  await scene.gateway.end('SIGKILL');
  await scene.gateway.start();
  await charger.drained();
  charger.unplug(1);
  await charger.drained();
  expect(await settledLedger(scene.chargers, scene.csms, 20_000)).toMatchObject({ ...clean, duplicates: 1 });
  const told = scene.csms.book(charger.identity).transactions;
  expect(told).toMatchObject([{ stopped: true }]);
});

test('F2: killed right after the CSMS has answered: at most one duplicate, never a second transaction', async () => {
  let gateway: GatewayProcess | undefined;
  let armed = false;
  let killed: Promise<unknown> = Promise.resolve();
  const judge: CsmsSettings['judge'] = async () => {
    if (armed) {
      armed = false;
      killed = pause(Math.random() * 3).then(() => gateway?.end('SIGKILL'));
    }
    return { kind: 'answer' };
  };
  const scene = await stage(1, { judge });
  gateway = scene.gateway;
  const charger = first(scene.chargers);
  for (let round = 0; round < 8; round += 1) {
    armed = true;
    charger.begin(1, 'TAG');
    await scene.csms.changes.until(() => !armed, 10_000);
    await killed;
    await gateway.start();
    await charger.drained();
    charger.unplug(1);
    await charger.drained();
  }
  const ledger = await settledLedger(scene.chargers, scene.csms, 20_000);
  expect(ledger).toMatchObject(clean);
  expect(ledger.duplicates).toBeLessThanOrEqual(8);
  expect(scene.csms.book(charger.identity).transactions).toHaveLength(8);
});

test('F8: a CSMS that comes and goes: no loss, one socket per charger at most', async () => {
  const scene = await stage(5);
  const ledger = await load(scene, async () => {
    for (let flap = 0; flap < 6; flap += 1) {
      await pause(300);
      await scene.csms.switchOff();
      await pause(300);
      await scene.csms.switchOn();
    }
  });
  expect(ledger).toMatchObject({ ...clean, outages: 6 });
  expect(ledger.duplicates).toBeLessThanOrEqual(6 * scene.chargers.length);
  expect(scene.csms.violations).toEqual([]);
});

test('F9: a CSMS that takes calls and never answers: the socket is recycled, nothing dropped', async () => {
  let mute = false;
  const judge: CsmsSettings['judge'] = async () => (mute ? { kind: 'silence' } : { kind: 'answer' });
  const scene = await stage(2, { judge }, { offline: { waitMs: 200 } });
  mute = true;
  for (const charger of scene.chargers) charger.begin(1, 'TAG');
  await Promise.all(scene.chargers.map((charger) => charger.drained()));
  for (const charger of scene.chargers) charger.unplug(1);
  await Promise.all(scene.chargers.map((charger) => charger.drained()));
  mute = false;
  await scene.csms.switchOff();
  await scene.csms.switchOn();
  expect(await settledLedger(scene.chargers, scene.csms, 30_000)).toMatchObject({ ...clean, sent: 4 });
});

test('F10: an answer that comes after its deadline is never applied to another message', async () => {
  let late = 0;
  const judge: CsmsSettings['judge'] = async ({ action }) => {
    if (action === 'StartTransaction' && late++ < 2) await pause(1_500);
    return { kind: 'answer' };
  };
  const scene = await stage(1, { judge }, { offline: { waitMs: 300 } });
  const charger = first(scene.chargers);
  for (const connector of [1, 2]) charger.begin(connector, 'TAG');
  await charger.drained();
  for (const connector of [1, 2]) charger.sample(connector);
  for (const connector of [1, 2]) charger.unplug(connector);
  await charger.drained();
  expect(await settledLedger(scene.chargers, scene.csms, 30_000)).toMatchObject(clean);
  expect(scene.csms.violations).toEqual([]);
});

test('F24: a second gateway on the same data folder is refused, the first goes on', async () => {
  const { gateway } = await stage(1);
  const second = gateway.spawn(['run', '-c', join(gateway.folder, 'gateway.yaml')]);
  const [code] = (await once(second, 'exit')) as [number];
  expect(code).toBe(1);
  expect(gateway.stderr.join('')).toMatch(new RegExp(`${gateway.pid}`));
  const health = await fetch(`${gateway.operatorUrl}/readyz`);
  expect(health.status).toBe(200);
});

test('F27: SIGTERM under load: ends with 0 within 10 s, nothing in flight is lost', async () => {
  const scene = await stage(5);
  let code: number | null = null;
  let tookMs = 0;
  const ledger = await load(scene, async () => {
    await pause(500);
    const before = performance.now();
    code = await scene.gateway.end('SIGTERM');
    tookMs = performance.now() - before;
    await scene.gateway.start();
    await pause(300);
  });
  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(10_000);
  expect(ledger).toMatchObject(clean);
  expect(scene.gateway.log.filter(({ level }) => level === 'error')).toEqual([]);
});
