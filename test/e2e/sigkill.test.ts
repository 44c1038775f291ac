import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Charger } from '../../src/demo/charger.ts';
import { loadOcppServices } from '../../src/demo/charger/services.ts';
import { type Csms, startCsms } from '../../src/demo/csms.ts';
import { settledLedger, startFleet, stopFleet } from '../../src/demo/fleet.ts';
import { driveLoad } from '../../src/demo/load.ts';
import { root } from '../support/build.ts';
import { GatewayProcess } from '../support/gateway-process.ts';

const kills = 30;
const leastMessages = 10;

let gateway: GatewayProcess | undefined;
let chargers: readonly Charger[] = [];
let csms: Csms | undefined;
afterEach(async () => {
  await stopFleet(chargers);
  await csms?.close();
  await gateway?.remove();
});

/** Waits until the chargers were acknowledged so many more messages: a slow machine takes longer over the same load. */
async function acknowledged(fleet: readonly Charger[], more: number): Promise<void> {
  const count = () => fleet.reduce((sum, charger) => sum + charger.acknowledged.length, 0);
  const enough = count() + more;
  while (count() < enough) await pause(5);
}

// The moments are random on purpose: each run looks at other windows between commit, answer, delivery and completion.
test(`F1: SIGKILL at ${kills} random moments under load: nothing lost, nothing reordered`, {
  timeout: 180_000,
}, async () => {
  csms = await startCsms({ heartbeatS: 300 });
  gateway = await GatewayProcess.prepare({ csmsUrl: csms.url, config: { offline: { waitMs: 1000 } } });
  const services = await loadOcppServices(join(root, 'wsdl', '1.6'));
  const retry = { pauseMs: () => 50 + Math.random() * 50, faultAttempts: 3 };
  const charger = { retry, sampleIntervalMs: 0, maxIntervalMs: 500, deadlineMs: 5_000 };
  chargers = await startFleet({ centralSystemUrl: gateway.soapUrl, services, count: 10, name: 'KILL', charger });
  const enough = new AbortController();
  const loads = chargers.map((one) => driveLoad(one, { readings: 3, idTag: 'TAG', signal: enough.signal }));
  for (let kill = 0; kill < kills; kill += 1) {
    await gateway.start();
    await acknowledged(chargers, leastMessages + Math.random() * 20);
    await pause(Math.random() * 20);
    await gateway.end('SIGKILL');
    if (kill % 10 === 5) await csms.switchOff();
    if (kill % 10 === 8) await csms.switchOn();
  }
  await gateway.start();
  enough.abort();
  const sessions = await Promise.all(loads);
  const ledger = await settledLedger(chargers, csms, 60_000);
  expect(ledger).toMatchObject({ lost: 0, reordered: 0, delivered: ledger.sent });
  expect(ledger.sent).toBeGreaterThanOrEqual(kills * leastMessages);
  expect(sessions.every((count) => count > 0)).toBe(true);
  // At most the one message per charger that was on its way when the gateway or the CSMS went.
  expect(ledger.duplicates).toBeLessThanOrEqual((kills + ledger.outages) * chargers.length);
  expect(csms.violations).toEqual([]);
  expect(await gateway.end('SIGTERM')).toBe(0);
  const bugs = gateway.log.filter(({ level }) => level === 'error');
  expect(bugs).toEqual([]);
});
