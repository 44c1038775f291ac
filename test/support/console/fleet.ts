import type {
  ChargerRow,
  ChargerSheet,
  ConnectorProfiles,
  ConnectorState,
  LimitStep,
} from '../../../src/operator/views/chargers.ts';
import type { Overview } from '../../../src/operator/views/overview.ts';
import type { Session } from '../../../src/operator/views/sessions.ts';

/** A fleet as the API would show it: 500 chargers with two connectors each, the same ones in every run. */
export type Fleet = {
  readonly rows: readonly ChargerRow[];
  readonly sessions: readonly Session[];
  readonly overview: Overview;
};

const models = [
  ['Kestrel', 'K22-D', '4.1.7'],
  ['Kestrel', 'K22-D', '4.2.0'],
  ['Norvolt', 'Fjord 11', '1.13.2'],
  ['Stadtwerk Technik', 'Säule 2×22', '2.0.19b'],
  ['Amperia', 'Duo S', 'R7.44'],
] as const;
const wires = ['ocpp1.6-soap', 'ocpp1.5-soap', 'ocpp1.2-soap', 'ocpp1.6-json'] as const;
const statuses = [
  'Available',
  'Charging',
  'Available',
  'SuspendedEV',
  'Available',
  'Charging',
  'Preparing',
  'Finishing',
] as const;

/** A whole number from 0 up to `end`, told by what it is for: no chance is in it. */
const pick = (seed: number, end: number) => Math.floor(((Math.sin(seed * 127.1) + 1) / 2) * 9_973) % end;

export function recordedFleet(nowMs: number, size = 500): Fleet {
  const rows = Array.from({ length: size }, (_, index) => rowOf(index, nowMs));
  const sessions = Array.from({ length: 140 }, (_, index) => sessionOf(index, rows, nowMs));
  return { rows, sessions, overview: overviewOf(rows, nowMs) };
}

function rowOf(index: number, nowMs: number): ChargerRow {
  const [vendor, model, firmware] = models[pick(index + 3, models.length)] ?? models[0];
  const isSilent = index % 41 === 17;
  const isQuarantined = index % 97 === 50;
  const connectors = [1, 2].map((connector) => connectorOf(index, connector, isSilent, nowMs));
  const identity = `DEPOT-${String(index + 1).padStart(3, '0')}`;
  const wire = wires[pick(index + 11, wires.length)] ?? wires[0];
  return {
    identity,
    csmsIdentity: identity,
    standing: standingOf(index, isQuarantined),
    wire,
    alive: !isSilent,
    lastSeenMs: nowMs - (isSilent ? 7_200_000 + index * 1_000 : pick(index, 280) * 1_000),
    vendor,
    model,
    firmware,
    ...(index < 120 ? { site: index < 80 ? 'north' : 'harbour' } : {}),
    link: isSilent || isQuarantined ? 'closed' : 'open',
    conflict: index === 203,
    source: `10.20.${Math.floor(index / 200)}.${(index % 200) + 10}`,
    ...(wire === 'ocpp1.6-json'
      ? {}
      : { callback: `http://10.20.${Math.floor(index / 200)}.${(index % 200) + 10}:8081/ocpp/cp` }),
    ...(index % 29 === 7 ? { noCommandsReason: 'it has not said where it can be called (wsa:From is anonymous)' } : {}),
    boot: isQuarantined ? 'Pending' : 'Accepted',
    waiting: isSilent ? 3 : 0,
    dead: index === 12 ? 2 : 0,
    openTransactions: connectors.filter(({ status }) => status === 'Charging' || status === 'SuspendedEV').length,
    connectors,
  };
}

function standingOf(index: number, isQuarantined: boolean): ChargerRow['standing'] {
  if (isQuarantined) return 'quarantined';
  return index === 377 ? 'blocked' : 'accepted';
}

function connectorOf(index: number, connector: number, isSilent: boolean, nowMs: number): ConnectorState {
  const seed = index * 2 + connector;
  const isFaulted = seed % 131 === 60;
  const status = isFaulted ? 'Faulted' : (statuses[pick(seed + 5, statuses.length)] ?? 'Available');
  const currentA = 6 + pick(seed, 78) / 10;
  if (isSilent) return { connector, status: 'Unavailable' };
  return {
    connector,
    status,
    ...(isFaulted ? { errorCode: 'GroundFailure' } : {}),
    energyWh: 1_200_000 + seed * 7_310,
    limitA: status === 'Charging' ? 13.8 : 16,
    ...(status === 'Charging'
      ? {
          powerW: Math.round(currentA * 3 * 230),
          currentA: [currentA, currentA - 0.1, currentA - 0.2],
          socPercent: 20 + pick(seed + 9, 70),
          measuredAtMs: nowMs - 21_000,
        }
      : {}),
  };
}

function overviewOf(rows: readonly ChargerRow[], nowMs: number): Overview {
  const accepted = rows.filter(({ standing }) => standing === 'accepted');
  const powers = rows.flatMap(({ connectors }) => connectors.flatMap(({ powerW }) => powerW ?? []));
  const total = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0);
  return {
    version: '0.1.0',
    atMs: nowMs,
    uptimeS: 1_209_600 + 5_400,
    ready: true,
    chargers: {
      accepted: accepted.length,
      quarantined: rows.filter(({ standing }) => standing === 'quarantined').length,
      blocked: rows.filter(({ standing }) => standing === 'blocked').length,
      alive: accepted.filter(({ alive }) => alive).length,
      charging: rows.filter(({ openTransactions }) => openTransactions > 0).length,
      withoutCommands: rows.filter(({ noCommandsReason }) => noCommandsReason !== undefined).length,
    },
    links: {
      open: rows.filter(({ link }) => link === 'open').length,
      connecting: 0,
      closed: rows.filter(({ link }) => link === 'closed').length,
    },
    outbox: { waiting: 38, oldestS: 412, dead: 2 },
    powerW: total(powers),
    transactions: total(rows.map(({ openTransactions }) => openTransactions)),
    alarms: [
      {
        severity: 'critical',
        kind: 'dead-letters',
        about: 'DEPOT-013',
        words: 'The CSMS refused 2 messages for good: look at them in the outbox, and retry or drop them.',
      },
      {
        severity: 'warning',
        kind: 'signal-old',
        about: 'north',
        words: 'The load of the site was last told 12 min ago: it is planned with the highest of the last week.',
      },
      {
        severity: 'warning',
        kind: 'silent',
        about: '12 chargers',
        words: 'They have not spoken for more than an hour: check their power and their network.',
      },
    ],
    restartNeeded: ['soap.port'],
  };
}

function sessionOf(index: number, rows: readonly ChargerRow[], nowMs: number): Session {
  const row = rows[pick(index + 1, rows.length)];
  const running = index < 20;
  const startedMs = nowMs - index * 1_700_000 - 2_400_000;
  const energyWh = 900 + pick(index, 400) * 90;
  return {
    id: 9_000 - index,
    charger: row?.identity ?? 'DEPOT-001',
    connector: 1 + (index % 2),
    ...(row?.site === undefined ? {} : { site: row.site }),
    idTag: `…${String(4_000 + pick(index, 5_999))}`,
    startedAt: new Date(startedMs).toISOString(),
    meterStartWh: 1_200_000 + index,
    energyWh,
    offline: index % 17 === 3,
    running,
    chargerTxId: 700 + index,
    csmsTxId: String(88_000 + index),
    ...(running
      ? {}
      : {
          stoppedAt: new Date(startedMs + 5_400_000).toISOString(),
          meterStopWh: 1_200_000 + index + energyWh,
          stopReason: index % 5 === 0 ? 'EVDisconnected' : 'Local',
        }),
  };
}

export function sheetOf(row: ChargerRow, nowMs: number): ChargerSheet {
  return {
    charger: row,
    firstSeenMs: nowMs - 90 * 86_400_000,
    bootAtMs: nowMs - 3 * 86_400_000,
    bootPayload: { chargePointVendor: row.vendor, chargePointModel: row.model, firmwareVersion: row.firmware },
    csmsStatus: 'Accepted',
    transactions: row.connectors
      .filter(({ status }) => status === 'Charging')
      .map(({ connector }) => ({
        connector,
        chargerTxId: 700 + connector,
        csmsTxId: String(88_000 + connector),
        startedAt: new Date(nowMs - 4_000_000).toISOString(),
      })),
    lacks: ['GetLocalListVersion'],
    bootUnheard: false,
    changedSettings: ['HeartbeatInterval'],
  };
}

const hourMs = 3_600_000;

export function profilesOf(row: ChargerRow, nowMs: number): readonly ConnectorProfiles[] {
  const fromMs = Math.floor(nowMs / hourMs) * hourMs;
  const at = (hours: number, limitA: number) => ({ atMs: fromMs + hours * hourMs, limitA });
  return row.connectors.map(({ connector }) => ({
    connector,
    fromMs,
    toMs: fromMs + 24 * hourMs,
    why: chain(row, connector),
    profiles: [
      {
        id: 401,
        purpose: 'TxProfile',
        stackLevel: 5,
        from: 'gateway',
        kind: 'Absolute',
        periods: [at(0, 13.8), at(2, 10), at(4, 6), at(7, 16), at(9, 12)],
        profile: {},
      },
      {
        id: 17,
        purpose: 'TxDefaultProfile',
        stackLevel: 2,
        from: 'csms',
        kind: 'Recurring',
        periods: [at(0, 20), at(6, 16), at(18, 24)],
        profile: {},
      },
      {
        id: 1,
        purpose: 'ChargePointMaxProfile',
        stackLevel: 0,
        from: 'csms',
        kind: 'Absolute',
        periods: [at(0, 32), at(8, 14), at(12, 32)],
        profile: {},
      },
    ],
    composite: [at(0, 13.8), at(2, 10), at(4, 6), at(7, 16), at(8, 14), at(9, 12)],
  }));
}

function chain(row: ChargerRow, connector: number): readonly LimitStep[] {
  return [
    {
      kind: 'site',
      about: 'grid connection',
      limitA: 63,
      binding: false,
      words: 'The main fuse lets 63 A through on each phase.',
    },
    {
      kind: 'external',
      about: 'DSO until 19:00',
      limitA: 48,
      binding: false,
      words: 'The network operator allows 48 A until 19:00.',
    },
    { kind: 'node', about: 'row B', limitA: 40, binding: false, words: 'The fuse of row B lets 40 A through.' },
    {
      kind: 'plan',
      about: row.site ?? 'north',
      limitA: 13.8,
      binding: true,
      words: 'The plan gives this car 13.8 A now: L2 of row B is full, and it leaves at 16:30.',
    },
    {
      kind: 'profile',
      about: 'TxDefaultProfile 17, level 2',
      limitA: 20,
      binding: false,
      words: 'A profile of the CSMS allows 20 A.',
    },
    {
      kind: 'connector',
      about: `${connector}, three phases`,
      limitA: 32,
      binding: false,
      words: 'The connector is wired for 32 A.',
    },
    {
      kind: 'car',
      about: 'what it took so far',
      limitA: 16,
      binding: false,
      words: 'The car has never taken more than 16 A.',
    },
  ];
}
