import { expect, test } from 'vitest';
import { alarmsOf, type AlarmFacts } from '../../../src/operator/alarms.ts';
import { chargerRowsOf } from '../../../src/operator/charger-views.ts';
import type { Readings } from '../../../src/operator/readings.ts';
import { charger, nowMs } from './gateway-double.ts';

const dayMs = 86_400_000;
const well: Readings = {
  chargers: [],
  counts: { waiting: 0, bytes: 0, oldestMs: undefined, dead: 0, openTransactions: 0 },
  ready: { ready: true, reasons: [] },
  sites: [],
  transfers: [],
  connectors: [],
  storeHealth: undefined,
  certificates: [],
  diskFreeBytes: 50e9,
  diskSizeBytes: 100e9,
};

const alarms = (change: Partial<AlarmFacts> = {}) => alarmsOf({ readings: well, rows: [], nowMs, ...change });
const kinds = (change: Partial<AlarmFacts>) => alarms(change).map(({ severity, kind }) => `${severity} ${kind}`);
const reading = (change: Partial<Readings>): Partial<AlarmFacts> => ({ readings: { ...well, ...change } });
const rows = (...views: Parameters<typeof charger>[1][]) =>
  chargerRowsOf(
    views.map((more, index) => charger(`CP-${index + 1}`, more)),
    { clock: { now: () => nowMs } },
  );

test('nothing is wrong: no alarm', () => {
  expect(alarms()).toEqual([]);
});

test.each<[string, Partial<Readings>, string[]]>([
  [
    'a store that cannot be written',
    { ready: { ready: false, reasons: ['the store cannot be written'] } },
    ['critical notReady'],
  ],
  ['readiness that cannot be read', { ready: undefined }, ['critical notReady']],
  ['less than 5 % of the disk', { diskFreeBytes: 4.9e9 }, ['warning disk']],
  ['less than 500 MB', { diskFreeBytes: 499e6, diskSizeBytes: 1e9 }, ['warning disk']],
  ['a small disk with room', { diskFreeBytes: 501e6, diskSizeBytes: 1e9 }, []],
  [
    'dead letters',
    { counts: { waiting: 0, bytes: 0, oldestMs: undefined, dead: 3, openTransactions: 0 } },
    ['warning deadLetters'],
  ],
])('%s', (_, change, expected) => {
  expect(kinds(reading(change))).toEqual(expected);
});

test('old messages: the CSMS is away, or it refuses them while it is there', async () => {
  const old = { counts: { waiting: 9, bytes: 0, oldestMs: nowMs - 15 * 60_000, dead: 0, openTransactions: 0 } };
  const link = { kind: 'connecting', attempts: 4, lastError: 'connection refused' } as const;
  expect(kinds({ ...reading(old), rows: await rows({ waiting: 9, link }) })).toEqual(['critical csmsAway']);
  expect(alarms({ ...reading(old), rows: await rows({ waiting: 9, link }) })[0]?.words).toContain('connection refused');
  expect(kinds({ ...reading(old), rows: await rows({ waiting: 9 }) })).toEqual(['critical outboxOld']);
  const young = { counts: { ...old.counts, oldestMs: nowMs - 15 * 60_000 + 1 } };
  expect(kinds({ ...reading(young), rows: await rows({ waiting: 9, link }) })).toEqual([]);
});

test('chargers in quarantine together, conflicts each', async () => {
  const found = await rows({ standing: 'quarantined' }, { standing: 'quarantined' }, { conflict: true });
  expect(alarms({ rows: found })).toMatchObject([
    { severity: 'critical', kind: 'conflict', about: 'CP-3' },
    { severity: 'warning', kind: 'quarantine', about: '2 chargers' },
  ]);
});

test('certificates near their end, and past it', () => {
  const ends = (days: number) =>
    kinds(reading({ certificates: [{ file: 'tls/gateway.pem', expiresMs: nowMs + days * dayMs }] }));
  expect([ends(31), ends(29), ends(6), ends(-1)]).toEqual([
    [],
    ['warning certificate'],
    ['critical certificate'],
    ['critical certificate'],
  ]);
});

test('alarms of sites say what to do, the critical ones come first', () => {
  const alarm = (kind: string) => ({ kind, about: 'CP-A/1', message: 'something is so' });
  const site = {
    id: 'yard',
    plan: undefined,
    alarms: [alarm('notReached'), alarm('overload'), alarm('unheardOf')],
    measuredA: [0, 0, 0],
    installed: [],
  } as const;
  expect(alarms(reading({ sites: [site] }))).toMatchObject([
    { severity: 'critical', kind: 'overload', about: 'yard: CP-A/1' },
    {
      severity: 'warning',
      kind: 'notReached',
      words: 'CP-A/1: something is so. See why the charger takes no commands.',
    },
    { severity: 'warning', kind: 'unheardOf' },
  ]);
});
