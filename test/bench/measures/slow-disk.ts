import type { Bench, Relay } from '../bench.ts';
import { type Load, measureRound, type Round, takeTurns } from '../rounds.ts';
import { type Row, rowAtMost, rowOf } from '../rows.ts';
import type { Scale } from '../scale.ts';
import { ratios } from '../statistics.ts';

/** What a disk costs that takes 10 ms longer for every sync, against `durable`; nothing without a C compiler. */
export async function measureSlowDisk(bench: Bench, durable: Relay, scale: Scale): Promise<readonly Row[]> {
  const preload = bench.build.slowSync;
  if (preload === undefined) return [];
  const slow = await bench.startGateway('slow-disk', { store: 'sqlite', preload });
  const load: Load = { action: 'MeterValues', chargers: 200, inFlight: 100, forMs: scale.roundMs, atLeastMessages: 0 };
  const relays = [durable, slow];
  for (const relay of relays) {
    // oxlint-disable-next-line no-await-in-loop -- one relay at a time has the machine
    await bench.load.ask('gather', { relay: relay.name, port: relay.port, chargers: 200 });
    // oxlint-disable-next-line no-await-in-loop
    await measureRound(bench, relay, { ...load, atLeastMessages: scale.warmUpMessages });
  }
  const rounds = await takeTurns(relays, scale.longRounds, (relay) => measureRound(bench, relay, load));
  await bench.stop(slow);
  const [onFast, onSlow] = [rounds.of(durable), rounds.of(slow)];
  const rate = (round: Round) => round.deliveredPerSecond;
  const delay = (round: Round) => round.loopDelayP99Ms;
  return [
    rowOf(
      { measure: '10 ms per sync: throughput, 200 chargers', unit: '× durable' },
      ratios(onSlow.map(rate), onFast.map(rate)),
    ),
    rowAtMost(
      { measure: '10 ms per sync: loop delay p99', unit: '× durable' },
      { final: 1.5 },
      ratios(onSlow.map(delay), onFast.map(delay)),
    ),
    rowOf({ measure: 'durable: loop delay p99', unit: 'ms' }, onFast.map(delay)),
    rowOf({ measure: 'the same with 10 ms per sync', unit: 'ms' }, onSlow.map(delay)),
    rowOf({ measure: '10 ms per sync: delivered to the CSMS', unit: '/s' }, onSlow.map(rate)),
  ];
}
