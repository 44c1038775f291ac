import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Charger } from '../../src/demo/charger.ts';
import { loadOcppServices } from '../../src/demo/charger/services.ts';
import { type Csms, startCsms } from '../../src/demo/csms.ts';
import { settledLedger, startFleet, stopFleet } from '../../src/demo/fleet.ts';
import { driveLoad } from '../../src/demo/load.ts';
import { root } from '../support/build.ts';
import { GatewayProcess, type LogLine } from '../support/gateway-process.ts';

let gateway: GatewayProcess | undefined;
let chargers: readonly Charger[] = [];
let csms: Csms | undefined;
afterEach(async () => {
  await stopFleet(chargers);
  await csms?.close();
  await gateway?.remove();
});

type Written = Record<string, Record<string, unknown>>;

/** Changes the config file; what comes of it is awaited in the log. */
async function edit(running: GatewayProcess, change: (config: Written) => void): Promise<void> {
  const file = join(running.folder, 'gateway.yaml');
  const config = parse(await readFile(file, 'utf8')) as Written;
  change(config);
  await writeFile(file, stringify(config));
}

async function sees(running: GatewayProcess, fits: (line: LogLine) => boolean, from: number): Promise<LogLine> {
  const find = () => running.log.slice(from).find(fits);
  await vi.waitFor(() => expect(find()).toBeDefined(), { timeout: 10_000, interval: 10 });
  return find() ?? { level: '', event: '' };
}

test('another csms.url, again and again under load: every charger reconnects, and nothing is lost', {
  timeout: 60_000,
}, async () => {
  csms = await startCsms({ heartbeatS: 300 });
  gateway = await GatewayProcess.prepare({ csmsUrl: csms.url });
  await gateway.start();
  const services = await loadOcppServices(join(root, 'wsdl', '1.6'));
  const charger = { retry: { pauseMs: () => 50, faultAttempts: 3 }, sampleIntervalMs: 0, deadlineMs: 9_000 };
  chargers = await startFleet({ centralSystemUrl: gateway.soapUrl, services, count: 4, name: 'HOT', charger });
  const enough = new AbortController();
  const loads = chargers.map((one) => driveLoad(one, { readings: 3, idTag: 'TAG', signal: enough.signal }));
  // the same CSMS by two names: to the gateway it is another one
  const urls = [csms.url.replace('127.0.0.1', 'localhost'), csms.url];
  for (const [turn, url] of [...urls, ...urls].entries()) {
    const from = gateway.log.length;
    await edit(gateway, ({ csms: section = {} }) => (section['url'] = url));
    if (turn % 2 === 0) process.kill(gateway.pid, 'SIGHUP');
    // both may ask for it: the second finds nothing new
    await sees(gateway, (line) => line.event === 'config reloaded' && String(line['changed']) === 'csms.url', from);
    for (const { identity } of chargers) {
      const opened = (line: LogLine) => line.event === 'csms link opened' && line['station'] === identity;
      await sees(gateway, opened, from);
    }
  }
  enough.abort();
  await Promise.all(loads);
  const ledger = await settledLedger(chargers, csms, 30_000);
  expect(ledger).toMatchObject({ lost: 0, reordered: 0, delivered: ledger.sent });
  expect(csms.violations).toEqual([]);
  expect(gateway.log.filter(({ level }) => level === 'error')).toEqual([]);
});

async function status(running: GatewayProcess) {
  const child = running.spawn(['status', '-c', join(running.folder, 'gateway.yaml')]);
  let out = '';
  child.stdout?.on('data', (text: Buffer) => {
    out += text.toString();
  });
  const [exit] = (await once(child, 'close')) as [number];
  return { exit, out };
}

test('a mistake changes nothing and is told; mended, the file holds', { timeout: 30_000 }, async () => {
  csms = await startCsms({ heartbeatS: 300 });
  gateway = await GatewayProcess.prepare({ csmsUrl: csms.url });
  await gateway.start();
  const services = await loadOcppServices(join(root, 'wsdl', '1.6'));
  chargers = await startFleet({ centralSystemUrl: gateway.soapUrl, services, count: 1, name: 'CALM' });
  await sees(gateway, ({ event }) => event === 'csms link opened', 0);
  const from = gateway.log.length;
  await edit(gateway, (config) => {
    config['log'] = { level: 'debug' };
    config['outbox'] = { attempts: 'many' };
  });
  process.kill(gateway.pid, 'SIGHUP');
  const refused = await sees(gateway, ({ event }) => event === 'config refused', from);
  expect(refused['mistake']).toMatch(/gateway\.yaml:\d+:\d+ outbox\.attempts: must be a whole number/);
  const told = await status(gateway);
  expect(told.out).toMatch(/^ready +yes$/m);
  expect(told.out).toMatch(
    /^config +refused .*, the one before holds\nmistake +\S+gateway\.yaml:\d+:\d+ outbox\.attempts: must be/m,
  );
  expect(told.exit).toBe(0);
  expect(gateway.log.slice(from).some(({ level }) => level === 'debug')).toBe(false);
  await edit(gateway, (config) => {
    config['outbox'] = { attempts: 3 };
    config['operator'] = { ...config['operator'], chargerLabels: false };
  });
  expect(await sees(gateway, ({ event }) => event === 'config reloaded', from)).toMatchObject({
    changed: ['outbox.attempts', 'log.level'],
    restartNeeded: ['operator.chargerLabels'],
  });
  expect(gateway.log.slice(from).filter(({ event }) => event === 'csms link opened')).toEqual([]);
  process.kill(gateway.pid, 'SIGHUP');
  await sees(gateway, ({ event, cause }) => event === 'config reloaded' && cause === 'signal', from);
  await edit(gateway, (config) => {
    config['log'] = { level: 'error' };
  });
  const running = gateway;
  const isRead = async () => expect((await status(running)).out).toMatch(/^config +read \S+( \S+ ago)?: log\.level$/m);
  await vi.waitFor(isRead, { timeout: 10_000, interval: 50 });
  expect(await gateway.end('SIGTERM')).toBe(0);
  expect(gateway.log.map(({ event }) => event)).not.toContain('gateway asked to end');
});
