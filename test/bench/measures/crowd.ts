import type { Bench, Relay } from '../bench.ts';
import { type Load, measureRound, type Round, takeTurns } from '../rounds.ts';
import { type Goal, type Row, rowAtMost, rowOf } from '../rows.ts';
import type { Scale } from '../scale.ts';
import { ratios, spreadOf } from '../statistics.ts';

/** As many messages as 2,000 chargers send that report every 2 s: ten times what chargers do. */
const perSecond = 1_000;
const action = 'MeterValues';

type Footprint = { readonly emptyBytes: number; readonly gatheredBytes: number };

/** Very many chargers at a steady rate: the worst waits, and memory. */
export async function measureCrowd(bench: Bench, scale: Scale): Promise<readonly Row[]> {
  const bare = await bench.startBare('crowd-bare');
  const logOff = await bench.startGateway('crowd-log-off', { store: 'memory' });
  const durable = await bench.startGateway('crowd-durable', { store: 'sqlite' });
  const relays = [bare, logOff, durable];
  const footprints = new Map<Relay, Footprint>();
  for (const relay of relays) {
    // oxlint-disable-next-line no-await-in-loop -- one relay at a time has the machine
    footprints.set(relay, await gatherCrowd(bench, relay, scale.crowd));
    // oxlint-disable-next-line no-await-in-loop
    await measureRound(bench, relay, warmUp(scale));
  }
  const rounds = await takeTurns(relays, scale.longRounds, (relay) =>
    measureRound(bench, relay, { action, chargers: scale.crowd, perSecond, forMs: scale.openLoopMs }),
  );
  await Promise.all(relays.map((relay) => bench.stop(relay)));
  const p99s = (relay: Relay) => rounds.of(relay).map((round) => round.p99Ms);
  return [
    waitRow(p99s(bare), p99s(logOff), `p99, ${scale.crowd} chargers, ${perSecond} msg/s, log off`),
    waitRow(p99s(bare), p99s(durable), `p99, ${scale.crowd} chargers, ${perSecond} msg/s, durable`),
    rowOf({ measure: `p99, ${scale.crowd} chargers, ${perSecond} msg/s, bare`, unit: 'ms' }, p99s(bare)),
    ...equalRateRows(rounds.of(bare), rounds.of(logOff), rounds.of(durable)),
    ...memoryRows(durable, scale, footprints, rounds.of(durable)),
    ...bareMemoryRow(footprints.get(bare), scale),
  ];
}

function warmUp({ crowd, warmUpMessages }: Scale): Load {
  return { action, chargers: crowd, inFlight: 32, forMs: 0, atLeastMessages: warmUpMessages };
}

async function gatherCrowd(bench: Bench, relay: Relay, chargers: number): Promise<Footprint> {
  // What only the first messages need is loaded and compiled before the counting starts.
  await bench.load.ask('gather', { relay: relay.name, port: relay.port, chargers: 50 });
  const emptyBytes = await settledBytes(relay);
  await bench.load.ask('gather', { relay: relay.name, port: relay.port, chargers });
  return { emptyBytes, gatheredBytes: await settledBytes(relay) };
}

async function settledBytes(relay: Relay): Promise<number> {
  await relay.process.ask('collectGarbage');
  return (await relay.process.ask('usage')).rssBytes;
}

/** A multiple of bare and 5 ms, each round against the bare round before it. */
function waitRow(bare: readonly number[], relay: readonly number[], measure: string): Row {
  const goal = (factor: number): Goal => {
    const allowed = bare.map((p99Ms) => factor * p99Ms + 5);
    return { text: `≤ ${factor} × bare + 5 ms`, met: spreadOf(ratios(relay, allowed)).median <= 1 };
  };
  return { ...rowOf({ measure, unit: 'ms' }, relay), first: goal(8), final: goal(3) };
}

/**
 * What a message costs when both do the same work in the same time. In the closed loop the bare relay does so many
 * messages that it and its peers never sleep, which halves what it pays for each.
 */
function equalRateRows(bare: readonly Round[], logOff: readonly Round[], durable: readonly Round[]): readonly Row[] {
  const cpu = (rounds: readonly Round[]) => rounds.map(({ cpuUsPerMessage }) => cpuUsPerMessage);
  return [
    rowOf({ measure: `CPU per MeterValues at ${perSecond} msg/s, bare`, unit: 'µs' }, cpu(bare)),
    rowOf({ measure: 'the same, log off', unit: '× bare' }, ratios(cpu(logOff), cpu(bare))),
    rowOf({ measure: 'the same, durable', unit: '× bare' }, ratios(cpu(durable), cpu(bare))),
  ];
}

function memoryRows(
  relay: Relay,
  { crowd }: Scale,
  footprints: ReadonlyMap<Relay, Footprint>,
  rounds: readonly Round[],
): readonly Row[] {
  const footprint = footprints.get(relay);
  if (footprint === undefined) return [];
  return [
    rowAtMost({ measure: 'memory per charger, durable', unit: 'KB' }, { first: 40, final: 40 }, [
      perCharger(footprint, crowd),
    ]),
    rowAtMost(
      { measure: `memory under load, ${crowd} chargers, durable`, unit: 'MB' },
      { first: 200, final: 160 },
      rounds.map(({ rssBytes }) => rssBytes / 1e6),
    ),
  ];
}

function bareMemoryRow(footprint: Footprint | undefined, { crowd }: Scale): readonly Row[] {
  if (footprint === undefined) return [];
  return [rowOf({ measure: 'memory per charger, bare', unit: 'KB' }, [perCharger(footprint, crowd)])];
}

function perCharger({ emptyBytes, gatheredBytes }: Footprint, crowd: number): number {
  return (gatheredBytes - emptyBytes) / 1000 / (crowd - 50);
}
