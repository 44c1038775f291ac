import { parseArgs } from 'node:util';
import { Bench, type Relay } from './bench.ts';
import { build } from './build.ts';
import { lookAtMachine } from './machine.ts';
import { measureRound, type Round, takeTurns } from './rounds.ts';
import { ratios, spreadOf } from './statistics.ts';

/*
 * What the message log costs: two gateways that differ in it alone, MeterValues of 2 KB in turns, CPU of the main thread
 * and of all threads for each. Half a minute; ratios are worth reading, absolute figures on a quiet machine only.
 */

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
const load = { action: 'MeterValues', chargers: 50, inFlight: 32, forMs: 500, atLeastMessages: 0 } as const;

const bench = await Bench.start(build());
try {
  const off = await bench.startGateway('without', { store: 'sqlite', messages: false });
  const on = await bench.startGateway('with', { store: 'sqlite', messages: true });
  for (const relay of [off, on]) {
    // oxlint-disable-next-line no-await-in-loop -- one relay at a time has the machine
    await bench.load.ask('gather', { relay: relay.name, port: relay.port, chargers: load.chargers });
    // oxlint-disable-next-line no-await-in-loop
    await measureRound(bench, relay, { ...load, atLeastMessages: 10_000 });
  }
  const rounds = await takeTurns([off, on], Number(values.rounds), (relay) => measureRound(bench, relay, load));
  const tell = (what: string, of: (round: Round) => number) => {
    const [without, withLog] = [off, on].map((relay: Relay) => rounds.of(relay).map(of));
    const told = { what, without: spreadOf(without ?? []), with: spreadOf(withLog ?? []) };
    process.stdout.write(`${JSON.stringify({ ...told, ratio: spreadOf(ratios(withLog ?? [], without ?? [])) })}\n`);
  };
  process.stdout.write(`${JSON.stringify(lookAtMachine())}\n`);
  tell('main thread, µs per MeterValues', (round) => round.mainUsPerMessage);
  tell('all threads, µs per MeterValues', (round) => round.cpuUsPerMessage);
  tell('delivered per second', (round) => round.deliveredPerSecond);
  tell('p99, ms', (round) => round.p99Ms);
  tell('memory, MB', (round) => round.rssBytes / 1e6);
} finally {
  await bench.close();
}
