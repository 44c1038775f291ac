import type { Bench } from '../bench.ts';
import { type Load, measureRound, type Round, takeTurns } from '../rounds.ts';
import { type Row, rowOf } from '../rows.ts';
import type { Scale } from '../scale.ts';
import { ratios } from '../statistics.ts';

/** What a disk costs that takes 10 ms longer for every sync; nothing without a C compiler. */
export async function measureSlowDisk(bench: Bench, scale: Scale): Promise<readonly Row[]> {
  const preload = bench.build.slowSync;
  if (preload === undefined) return [];
  const fast = await bench.startGateway('disk', { store: 'sqlite' });
  const slow = await bench.startGateway('slow-disk', { store: 'sqlite', preload });
  const relays = [fast, slow];
  const load = (forMs: number): Load => ({ action: 'MeterValues', chargers: 200, inFlight: 100, forMs });
  for (const relay of relays) {
    // oxlint-disable-next-line no-await-in-loop -- one relay at a time has the machine
    await bench.load.ask('gather', { relay: relay.name, port: relay.port, chargers: 200 });
    // oxlint-disable-next-line no-await-in-loop
    await measureRound(bench, relay, load(scale.warmUpMs));
  }
  const rounds = await takeTurns(relays, scale.longRounds, (relay) => measureRound(bench, relay, load(scale.roundMs)));
  await Promise.all(relays.map((relay) => bench.stop(relay)));
  const [onFast, onSlow] = [rounds.of(fast), rounds.of(slow)];
  const rate = (round: Round) => round.deliveredPerSecond;
  const delay = (round: Round) => round.loopDelayP99Ms;
  return [
    rowOf(
      { measure: '10 ms per sync: throughput, 200 chargers', unit: '× durable' },
      ratios(onSlow.map(rate), onFast.map(rate)),
    ),
    rowOf({ measure: 'durable: loop delay p99', unit: 'ms' }, onFast.map(delay)),
    rowOf({ measure: '10 ms per sync: loop delay p99', unit: 'ms' }, onSlow.map(delay)),
    rowOf({ measure: '10 ms per sync: delivered to the CSMS', unit: '/s' }, onSlow.map(rate)),
  ];
}
