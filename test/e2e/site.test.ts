import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import type { PlanResult } from '../../optimizer/plan-result.ts';
import { askGateway } from '../../src/cli/gateway-client.ts';
import type { Payload } from '../../src/gateway/ports.ts';
import { socketPathIn } from '../../src/operator/socket-file.ts';
import { type Edge, startTestEdge } from '../support/edge.ts';
import { PlainCharger } from '../support/plain-charger.ts';
import { RpcCsms } from '../support/rpc-csms.ts';

/* Two chargers on a fuse that fits one and a half of them, over real sockets: planned in the worker thread, told by SOAP. */

const fuseA = 24;

const csms = new RpcCsms();
let transactionId = 0;
csms.answer = (action) => {
  const currentTime = new Date().toISOString();
  if (action === 'BootNotification') return { status: 'Accepted', currentTime, interval: 3600 };
  if (action === 'Heartbeat') return { currentTime };
  return action === 'StartTransaction' ? { transactionId: ++transactionId, idTagInfo: { status: 'Accepted' } } : {};
};

let edge: Edge;
let chargers: readonly PlainCharger[];
let folder: string;
beforeAll(async () => {
  await csms.start();
  folder = await mkdtemp(join(tmpdir(), 'sites-'));
  await writeFile(join(folder, 'yard.yaml'), stringify(yard));
  edge = await startTestEdge({ csmsUrl: csms.url, config: { charging: { sitesFolder: folder } } });
  chargers = ['LEFT', 'RIGHT'].map(
    (identity) =>
      new PlainCharger({ identity, endpoint: edge.soapUrl, vendor: 'Maker', incapable: { status: 'Accepted' } }),
  );
  for (const charger of chargers) await charger.start();
});
afterAll(async () => {
  for (const charger of chargers) await charger.stop();
  await edge.remove();
  await csms.stop();
  await rm(folder, { recursive: true, force: true });
});

const yard = {
  site: { id: 'yard', horizonHours: 4, reoptimize: { minIntervalS: 1, everyMinutes: 15 } },
  tree: [{ id: 'main', maxCurrentA: fuseA }],
  connectors: ['LEFT', 'RIGHT'].map((chargePoint) => ({ chargePoint, maxCurrentA: 16 })),
  defaults: { session: { energyKwh: 60, stayHours: 8 } },
  tariff: { import: { kind: 'fixed', perKwh: 0.3 } },
  objective: { urgencyPerKwhHour: 0.5 },
  output: { leaseS: 1800 },
};

/** What each charger was told last to allow now: its live profile, else its share. */
function allowedA(charger: PlainCharger): number | undefined {
  const told = charger.asked('SetChargingProfile').map(({ csChargingProfiles }) => csChargingProfiles as Payload);
  const last = told.findLast(({ chargingProfilePurpose }) => chargingProfilePurpose === 'TxProfile') ?? told.at(-1);
  const schedule = last?.['chargingSchedule'] as Payload | undefined;
  if (schedule === undefined) return undefined;
  const startsAt = schedule['startSchedule'] as Date;
  const elapsedS = (Date.now() - startsAt.getTime()) / 1000;
  const periods = [schedule['chargingSchedulePeriod']].flat() as readonly Payload[];
  return Number(periods.findLast(({ startPeriod }) => Number(startPeriod) <= elapsedS)?.['limit']);
}

const meters = (charger: PlainCharger, id: number, currentA: number) =>
  charger.say('MeterValues', {
    connectorId: 1,
    transactionId: id,
    meterValue: [
      {
        timestamp: new Date().toISOString(),
        sampledValue: ['L1', 'L2', 'L3'].map((phase) => ({
          value: String(currentA),
          measurand: 'Current.Import',
          phase,
          unit: 'A',
        })),
      },
    ],
  });

test('each gets its share; a plan reaches both cars, and the end of one raises the other', {
  timeout: 60_000,
}, async () => {
  const [left, right] = chargers;
  if (left === undefined || right === undefined) throw new Error('two chargers');
  const within = { timeout: 20_000 };
  await vi.waitFor(() => expect([allowedA(left), allowedA(right)]).toEqual([12, 12]), within);

  const first = await left.startTransaction(1);
  await vi.waitFor(() => expect(allowedA(left)).toBe(16), within);
  const second = await right.startTransaction(1);
  await meters(left, first, 16);
  await meters(right, second, 8);
  await vi.waitFor(() => {
    const [one = 0, other = 0] = [allowedA(left), allowedA(right)];
    expect(one + other).toBeGreaterThan(20);
    expect(one + other).toBeLessThanOrEqual(fuseA);
    expect(edge.sites.status('yard')?.plan?.result.connectors).toHaveLength(2);
  }, within);
  expect(edge.sites.status('yard')?.measuredA).toEqual([24, 24, 24]);

  const trial = await edge.sites.tryOut('yard', { limitA: 14 });
  if (trial.kind !== 'planned') throw new Error(`the site is ${trial.kind}`);
  const firstA = ({ connectors }: PlanResult) => connectors.reduce((sum, { currentA }) => sum + (currentA[0] ?? 0), 0);
  expect(firstA(trial.changed)).toBeLessThanOrEqual(14);
  expect(firstA(trial.present)).toBeGreaterThan(20);
  // its thread was there in time, and ended
  expect([trial.present.status, trial.changed.status]).not.toContain('fallback');

  const look = async (path: string) => (await askGateway(socketPathIn(join(edge.folder, 'data')), 'GET', path)).body;
  expect(await look('/api/overview')).toMatchObject({ chargers: { charging: 2 }, transactions: 2, alarms: [] });
  expect(await look('/api/sessions?running=true')).toMatchObject({
    sessions: [{ charger: 'RIGHT', site: 'yard' }, {}],
  });
  // what RIGHT has is what LEFT leaves of the fuse
  expect(await look('/api/chargers/RIGHT/profiles')).toMatchObject({
    connectors: [
      { why: expect.arrayContaining([expect.objectContaining({ kind: 'site', about: 'main', binding: true })]) },
      { why: [{ kind: 'connector', binding: true }] },
    ],
  });

  await left.stopTransaction(first);
  await vi.waitFor(() => expect(allowedA(right)).toBe(16), within);
  expect(edge.sites.status('yard')?.alarms).toEqual([]);
  expect(csms.violations).toEqual([]);
  expect(edge.logged.filter(({ level }) => level === 'error')).toEqual([]);
});
