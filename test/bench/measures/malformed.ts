import type { Bench, Relay } from '../bench.ts';
import { type Load, measureRound, type Round } from '../rounds.ts';
import { type Row, rowAtLeast, rowAtMost, rowOf } from '../rows.ts';
import type { Scale } from '../scale.ts';
import { ratios } from '../statistics.ts';

const chargers = 200;
const perSecond = 500;
/** Each malformed message comes on top of nine good ones. */
const allPerGood = 10 / 9;
/** What two runs of the same may differ by before the bench calls it noise. */
const noise = 1.1;

type Pair = { readonly without: Round; readonly beside: Round };

/** What chargers, proxies and attackers that send nonsense cost those that do not: the same load with and without, in turns. */
export async function measureMalformed(bench: Bench, scale: Scale): Promise<readonly Row[]> {
  const relay = await bench.startGateway('malformed', { store: 'memory' });
  await bench.load.ask('gather', { relay: relay.name, port: relay.port, chargers });
  const closed: Load = { action: 'MeterValues', chargers, inFlight: 32, forMs: scale.roundMs, atLeastMessages: 0 };
  const steady: Load = { action: 'MeterValues', chargers, perSecond, forMs: scale.openLoopMs };
  await measurePair(bench, relay, { ...closed, atLeastMessages: scale.warmUpMessages });
  const full: Pair[] = [];
  const paced: Pair[] = [];
  for (let round = 0; round < scale.rounds; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one load at a time has the machine
    full.push(await measurePair(bench, relay, closed));
    // oxlint-disable-next-line no-await-in-loop
    if (round < scale.longRounds) paced.push(await measurePair(bench, relay, steady));
  }
  await bench.stop(relay);
  const ratioOf = (pairs: readonly Pair[], measure: (round: Round) => number) =>
    ratios(
      pairs.map(({ beside }) => measure(beside)),
      pairs.map(({ without }) => measure(without)),
    );
  const good = ratioOf(full, ({ deliveredPerSecond }) => deliveredPerSecond);
  return [
    rowAtLeast(
      { measure: 'throughput, one message in ten malformed, log off', unit: '× all good' },
      { final: 1 },
      good.map((ratio) => ratio * allPerGood),
    ),
    rowAtMost(
      { measure: `p99 of ${perSecond} good msg/s, one message in ten malformed`, unit: '× without' },
      { final: noise },
      ratioOf(paced, ({ p99Ms }) => p99Ms),
    ),
    rowOf(
      { measure: 'CPU per message, one in ten malformed, log off', unit: '× all good' },
      ratioOf(full, ({ cpuUsPerMessage }) => cpuUsPerMessage).map((ratio) => ratio / allPerGood),
    ),
    rowOf({ measure: 'throughput of the good beside the malformed', unit: '× without' }, good),
    rowOf(
      { measure: 'p99 of the good at full speed beside the malformed', unit: '× without' },
      ratioOf(full, ({ p99Ms }) => p99Ms),
    ),
    rowOf(
      { measure: `p99 of ${perSecond} good msg/s`, unit: 'ms' },
      paced.map(({ without }) => without.p99Ms),
    ),
  ];
}

async function measurePair(bench: Bench, relay: Relay, load: Load): Promise<Pair> {
  const without = await measureRound(bench, relay, load);
  return { without, beside: await measureRound(bench, relay, { ...load, malformedTo: relay.port }) };
}
