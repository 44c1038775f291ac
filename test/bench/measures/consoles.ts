import type { Bench, Relay } from '../bench.ts';
import type { ConsolesAsks } from '../children/consoles.ts';
import type { GatewayAsks } from '../children/gateway.ts';
import { Child } from '../control/child.ts';
import { type Load, measureRound, type Round } from '../rounds.ts';
import { type Row, rowAtMost, rowOf } from '../rows.ts';
import type { Scale } from '../scale.ts';
import { ratios } from '../statistics.ts';

const chargers = 500;
const perSecond = 500;
const consoles = 10;

type Watched = { readonly round: Round; readonly bytes: number };

/** What chargers wait for while operators look at their consoles, against the same gateway unwatched, in turns. */
export async function measureConsoles(bench: Bench, scale: Scale): Promise<readonly Row[]> {
  const relay = await bench.startGateway('consoles', { store: 'sqlite', messages: true });
  const watchers = await Child.start<ConsolesAsks>(bench.build.child('consoles'));
  try {
    await bench.load.ask('gather', { relay: relay.name, port: relay.port, chargers });
    const load: Load = { action: 'MeterValues', chargers, perSecond, forMs: scale.openLoopMs };
    await measureRound(bench, relay, warmUp(scale));
    await measureWatched(bench, relay, watchers, load);
    const unwatched: Round[] = [];
    const watched: Watched[] = [];
    for (let round = 0; round < scale.longRounds; round += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one load at a time has the machine
      unwatched.push(await measureRound(bench, relay, load));
      // oxlint-disable-next-line no-await-in-loop
      watched.push(await measureWatched(bench, relay, watchers, load));
    }
    return rowsOf(unwatched, watched, scale);
  } finally {
    await watchers.stop();
    await bench.stop(relay);
  }
}

function warmUp({ warmUpMessages }: Scale): Load {
  return { action: 'MeterValues', chargers, inFlight: 32, forMs: 0, atLeastMessages: warmUpMessages };
}

async function measureWatched(
  bench: Bench,
  relay: Relay<GatewayAsks>,
  watchers: Child<ConsolesAsks>,
  load: Load,
): Promise<Watched> {
  await watchers.ask('open', { operatorUrl: await relay.process.ask('operatorUrl'), consoles });
  const round = await measureRound(bench, relay, load);
  return { round, bytes: await watchers.ask('close') };
}

function rowsOf(unwatched: readonly Round[], watched: readonly Watched[], { openLoopMs }: Scale): readonly Row[] {
  const seen = watched.map(({ round }) => round);
  const p99s = (rounds: readonly Round[]) => rounds.map(({ p99Ms }) => p99Ms);
  const delays = (rounds: readonly Round[]) => rounds.map(({ loopDelayP99Ms }) => loopDelayP99Ms);
  const cpu = (rounds: readonly Round[]) => rounds.map(({ cpuUsPerMessage }) => cpuUsPerMessage);
  return [
    rowAtMost(
      { measure: `p99 with ${consoles} consoles open, ${chargers} chargers, ${perSecond} msg/s`, unit: '× without' },
      { final: 1.2 },
      ratios(p99s(seen), p99s(unwatched)),
    ),
    rowOf({ measure: 'p99 of the same gateway without consoles', unit: 'ms' }, p99s(unwatched)),
    rowOf({ measure: 'loop delay p99 without consoles', unit: 'ms' }, delays(unwatched)),
    rowOf({ measure: 'loop delay p99 with them', unit: 'ms' }, delays(seen)),
    rowOf({ measure: 'CPU per message with them', unit: '× without' }, ratios(cpu(seen), cpu(unwatched))),
    rowOf(
      { measure: 'what a console is sent', unit: 'KB/s' },
      watched.map(({ bytes }) => bytes / consoles / openLoopMs),
    ),
  ];
}
