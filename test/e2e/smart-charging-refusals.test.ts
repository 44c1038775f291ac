import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Payload } from '../../src/gateway/ports.ts';
import { chargingProfile, limitsOf } from '../support/charging-profiles.ts';
import { type Edge, startTestEdge } from '../support/edge.ts';
import { PlainCharger } from '../support/plain-charger.ts';
import { RpcCsms } from '../support/rpc-csms.ts';

/*
 * What a CSMS gets wrong about profiles, and what it is told: the form is answered with a CALLERROR, the meaning with
 * Rejected, and nothing of either is kept (OCPP 1.6 §3.12.1, §5.16, §7.8, §9.4 and its errata).
 */

const csms = new RpcCsms({ strict: false });
const boot = { status: 'Accepted', currentTime: '2026-03-01T12:00:00Z', interval: 3600 };
csms.answer = (action) => {
  if (action === 'BootNotification') return boot;
  return action === 'StartTransaction' ? { transactionId: 77, idTagInfo: { status: 'Accepted' } } : {};
};

let edge: Edge;
let charger: PlainCharger;
beforeAll(async () => {
  await csms.start();
  const config = { chargerDefaults: { smartCharging: 'gateway', driveBy: 'none' } };
  edge = await startTestEdge({ csmsUrl: csms.url, config });
  charger = new PlainCharger({ identity: 'PLAIN', endpoint: edge.soapUrl, vendor: 'Nobody' });
  await charger.start();
  await charger.startTransaction(1);
});
afterAll(async () => {
  await charger.stop();
  await edge.remove();
  await csms.stop();
});

/** The answer's status, or the code of its CALLERROR. */
async function told(action: string, payload: Payload): Promise<unknown> {
  try {
    const conf = await csms.call('PLAIN', action, payload);
    return conf['status'];
  } catch (error) {
    return (error as { rpcErrorCode?: string }).rpcErrorCode;
  }
}
const set = (connectorId: unknown, csChargingProfiles: Payload) =>
  told('SetChargingProfile', { connectorId, csChargingProfiles });
const composite = (duration = 3600, connectorId = 1) =>
  csms.call('PLAIN', 'GetCompositeSchedule', { connectorId, duration, chargingRateUnit: 'A' });

const inDefault = (more: Payload) => chargingProfile(1, 'TxDefaultProfile', 10, more);
const scheduled = (chargingSchedule: Payload) =>
  inDefault({
    chargingSchedule: {
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }],
      ...chargingSchedule,
    },
  });
const periods = (...chargingSchedulePeriod: Payload[]) => scheduled({ chargingSchedulePeriod });
const { stackLevel: _level, ...withoutLevel } = inDefault({});
const start = { startSchedule: '2026-03-01T00:00:00Z' };

const property = 'PropertyConstraintViolation';
const occurrence = 'OccurenceConstraintViolation';
const refused: readonly (readonly [what: string, connectorId: number, profile: Payload, answer: string])[] = [
  ['connectorId below 0', -1, inDefault({}), property],
  ['connectorId above the last', 3, inDefault({}), property],
  ['an unknown purpose', 0, chargingProfile(1, 'NoProfile', 10), property],
  ['an unknown kind', 0, inDefault({ chargingProfileKind: 'Fixed' }), property],
  ['an unknown recurrencyKind', 0, inDefault({ recurrencyKind: 'Yearly' }), property],
  ['an unknown unit', 0, scheduled({ chargingRateUnit: 'kW' }), property],
  ['no stackLevel', 0, withoutLevel, occurrence],
  ['no period', 0, periods(), occurrence],
  ['ChargePointMaxProfile on a connector', 1, chargingProfile(1, 'ChargePointMaxProfile', 10), 'Rejected'],
  ['TxProfile on connector 0', 0, chargingProfile(1, 'TxProfile', 10), 'Rejected'],
  ['TxProfile without transaction', 2, chargingProfile(1, 'TxProfile', 10), 'Rejected'],
  ['TxProfile of another transaction', 1, chargingProfile(1, 'TxProfile', 10, { transactionId: 78 }), 'Rejected'],
  [
    'Recurring without recurrencyKind',
    0,
    inDefault({ ...scheduled(start), chargingProfileKind: 'Recurring' }),
    'Rejected',
  ],
  [
    'Recurring without startSchedule',
    0,
    inDefault({ chargingProfileKind: 'Recurring', recurrencyKind: 'Daily' }),
    'Rejected',
  ],
  ['a stackLevel above the highest', 0, inDefault({ stackLevel: 100 }), 'Rejected'],
  [
    'too many periods',
    0,
    periods(...Array.from({ length: 1001 }, (_, startPeriod) => ({ startPeriod, limit: 9 }))),
    'Rejected',
  ],
  ['a first startPeriod after 0', 0, periods({ startPeriod: 1, limit: 9 }), 'Rejected'],
  ['startPeriods that do not rise', 0, periods({ startPeriod: 0, limit: 9 }, { startPeriod: 0, limit: 8 }), 'Rejected'],
  ['a limit below 0', 0, periods({ startPeriod: 0, limit: -1 }), 'Rejected'],
  ['numberPhases 4', 0, periods({ startPeriod: 0, limit: 9, numberPhases: 4 }), 'Rejected'],
  ['duration 0', 0, scheduled({ duration: 0 }), 'Rejected'],
  [
    'validTo before validFrom',
    0,
    inDefault({ validFrom: '2026-03-02T00:00:00Z', validTo: '2026-03-01T00:00:00Z' }),
    'Rejected',
  ],
];

test.each(refused)(
  'SetChargingProfile with %s is refused, and nothing of it is kept',
  async (_what, connectorId, profile, answer) => {
    expect(await set(connectorId, profile)).toBe(answer);
    expect(await told('ClearChargingProfile', {})).toBe('Unknown');
  },
);

const accepted: readonly (readonly [what: string, connectorId: number, profile: Payload, limits: unknown])[] = [
  ['TxProfile without transactionId', 1, chargingProfile(1, 'TxProfile', 10), [[0, 10]]],
  ['transactionId on another purpose', 0, inDefault({ transactionId: 78 }), [[0, 10]]],
  ['Absolute without startSchedule', 0, inDefault({ chargingProfileKind: 'Absolute' }), [[0, 10]]],
  ['a Relative ChargePointMaxProfile', 0, chargingProfile(1, 'ChargePointMaxProfile', 10), [[0, 10]]],
  ['a limit with two decimals, rounded down', 0, chargingProfile(1, 'TxDefaultProfile', 9.99), [[0, 9.9]]],
  ['validTo in the past', 0, inDefault({ validTo: '2020-01-01T00:00:00Z' }), [[0, 32]]],
  [
    'a duration longer than its recurrence',
    0,
    inDefault({
      ...scheduled({ ...start, duration: 90_000 }),
      chargingProfileKind: 'Recurring',
      recurrencyKind: 'Daily',
    }),
    [[0, 10]],
  ],
];

test.each(accepted)('SetChargingProfile with %s is accepted', async (_what, connectorId, profile, limits) => {
  expect(await set(connectorId, profile)).toBe('Accepted');
  expect(limitsOf(await composite())).toEqual(limits);
  expect(await told('ClearChargingProfile', {})).toBe('Accepted');
});

test('the 201st profile is Rejected (MaxChargingProfilesInstalled); a newer one in the place of another is not', async () => {
  const nth = (number: number) => inDefault({ chargingProfileId: number, stackLevel: number % 100 });
  const connectorOf = (number: number) => Math.floor(number / 100);
  for (let number = 0; number < 200; number += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, as a CSMS does
    expect(await set(connectorOf(number), nth(number))).toBe('Accepted');
  }
  expect(await set(2, nth(200))).toBe('Rejected');
  expect(await set(0, nth(0))).toBe('Accepted');
  expect(await told('ClearChargingProfile', {})).toBe('Accepted');
});

test('a composite schedule of 68 years comes bounded, and within a second', async () => {
  const twice = [
    { startPeriod: 0, limit: 9 },
    { startPeriod: 43_200, limit: 12 },
  ];
  const daily = inDefault({
    ...scheduled({ ...start, duration: 86_400, chargingSchedulePeriod: twice }),
    chargingProfileKind: 'Recurring',
    recurrencyKind: 'Daily',
  });
  expect(await set(0, daily)).toBe('Accepted');
  const beganMs = performance.now();
  const conf = await composite(2_147_483_647);
  expect(performance.now() - beganMs).toBeLessThan(1_000);
  const limits = limitsOf(conf) as unknown[];
  expect(limits.length).toBeGreaterThan(2);
  expect(limits.length).toBeLessThanOrEqual(10_000);
});
