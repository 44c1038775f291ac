import type { Bench, Relay } from '../bench.ts';
import type { GatewayAsks } from '../children/gateway.ts';
import type { LastPlan, Planning } from '../children/site-driver.ts';
import { type Load, measureRound, type Round } from '../rounds.ts';
import { type Row, rowAtMost, rowOf } from '../rows.ts';
import type { Scale } from '../scale.ts';
import { ratios } from '../statistics.ts';

/** Those that report, and after them in the fleet those of the site, which have a car each and do not. */
const reporting = 400;
const connectors = 100;
const perSecond = 500;
const site = 'bench';
/** The load beside the chargers jumps between nothing and this. */
const mostA = 300;

const rowA = 100;
const rowOfTen = (index: number) => `row-${Math.floor(index / 10)}`;
const rotations = ['L1', 'L2', 'L3'].map((_, first, all) => [...all.slice(first), ...all.slice(0, first)]);

const chargePoints = Array.from(
  { length: connectors },
  (_, index) => `CP-${String(reporting + index + 1).padStart(5, '0')}`,
);

/** A depot in rows of ten with half the fuse that it should have, all cars there for the whole horizon. */
const siteFile = {
  site: { id: site, horizonHours: 24, slotMinutes: 15, reoptimize: { minIntervalS: 1 } },
  tree: [
    { id: 'main', maxCurrentA: (0.5 * rowA * connectors) / 10 },
    ...Array.from({ length: connectors / 10 }, (_, row) => ({ id: `row-${row}`, parent: 'main', maxCurrentA: rowA })),
  ],
  connectors: chargePoints.map((chargePoint, index) => ({
    chargePoint,
    parent: rowOfTen(index),
    phases: rotations[index % rotations.length],
    priority: 1 + (index % 3),
  })),
  defaults: { session: { energyKwh: 40, stayHours: 24, maxCurrentA: 16, phases: 3 } },
  tariff: {
    import: {
      kind: 'tou',
      perKwh: 0.24,
      periods: [
        { from: '07:00', to: '11:00', perKwh: 0.31 },
        { from: '17:00', to: '21:00', perKwh: 0.36 },
      ],
    },
    demandCharge: { perKwMonth: 12, billedPeakKw: 2 * connectors },
  },
};

/** One moment of a site, quiet or planned again each second. */
type Moment = { readonly round: Round; readonly planning: Planning; readonly longestTurnMs: number };

/** What chargers wait for while a site is planned each second and its chargers are told, against the same gateway at rest. */
export async function measureSolving(bench: Bench, scale: Scale): Promise<readonly Row[]> {
  const relay = await bench.startGateway('solving', { store: 'memory', site: siteFile });
  const chargers = reporting + connectors;
  await bench.load.ask('gather', { relay: relay.name, port: relay.port, chargers });
  await measureRound(bench, relay, {
    action: 'MeterValues',
    chargers: reporting,
    inFlight: 32,
    forMs: 0,
    atLeastMessages: scale.warmUpMessages,
  });
  const load: Load = { action: 'MeterValues', chargers: reporting, perSecond, forMs: scale.solvingMs };
  await relay.process.ask('wish', { site, chargePoints });
  await measureBusy(bench, relay, load);
  const idle: Moment[] = [];
  const busy: Moment[] = [];
  for (let round = 0; round < scale.longRounds; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one load at a time has the machine
    idle.push(await measureMoment(bench, relay, load));
    // oxlint-disable-next-line no-await-in-loop
    busy.push(await measureBusy(bench, relay, load));
  }
  const last = await relay.process.ask('lastPlan', { site });
  await bench.stop(relay);
  return rowsOf({ idle, busy, last }, scale);
}

type Seen = { readonly idle: readonly Moment[]; readonly busy: readonly Moment[]; readonly last: LastPlan };

function rowsOf({ idle, busy, last }: Seen, { solvingMs }: Scale): readonly Row[] {
  const { cars, slots, engine, status } = last;
  const p99s = (moments: readonly Moment[]) => moments.map(({ round }) => round.p99Ms);
  const delays = (moments: readonly Moment[]) => moments.map(({ round }) => round.loopDelayMaxMs);
  const turns = (moments: readonly Moment[]) => moments.map(({ longestTurnMs }) => longestTurnMs);
  const what = `${connectors} × 96 planned each second, ${perSecond} MeterValues/s`;
  return [
    rowAtMost({ measure: `p99 while ${what}`, unit: '× idle' }, { final: 3 }, ratios(p99s(busy), p99s(idle))),
    rowAtMost({ measure: `longest loop delay while ${what}`, unit: 'ms' }, { final: 50 }, delays(busy)),
    rowOf({ measure: 'longest turn while planning, by its own CPU', unit: 'ms' }, turns(busy)),
    rowOf({ measure: 'longest turn, idle, by its own CPU', unit: 'ms' }, turns(idle)),
    rowOf({ measure: 'longest loop delay of the same gateway, idle', unit: 'ms' }, delays(idle)),
    rowOf({ measure: 'p99 of the same gateway, idle', unit: 'ms' }, p99s(idle)),
    rowOf({ measure: 'p99 of the same gateway, planning', unit: 'ms' }, p99s(busy)),
    rowOf(
      { measure: 'plans, while planning', unit: '/s', note: `${cars} cars × ${slots} slots, ${engine}, ${status}` },
      busy.map(({ planning }) => (planning.plans * 1000) / solvingMs),
    ),
    rowOf(
      { measure: 'a plan, from asking to having', unit: 's' },
      busy.map(({ planning }) => planning.seconds / planning.plans),
    ),
  ];
}

async function measureBusy(bench: Bench, relay: Relay<GatewayAsks>, load: Load): Promise<Moment> {
  await relay.process.ask('unsettle', { site, mostA });
  try {
    return await measureMoment(bench, relay, load);
  } finally {
    await relay.process.ask('calm');
  }
}

async function measureMoment(bench: Bench, relay: Relay<GatewayAsks>, load: Load): Promise<Moment> {
  const before = await relay.process.ask('planning');
  await relay.process.ask('watchTurns');
  const round = await measureRound(bench, relay, load);
  const longestTurnMs = await relay.process.ask('longestTurn');
  const after = await relay.process.ask('planning');
  return {
    round,
    longestTurnMs,
    planning: { plans: after.plans - before.plans, seconds: after.seconds - before.seconds },
  };
}
