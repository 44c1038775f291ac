import type { Bench, Relay } from './bench.ts';
import type { LoadSeen } from './load/loops.ts';
import type { ClosedLoop, OpenLoop } from './load/loops.ts';

/** One relay under load for a moment. */
export type Round = {
  readonly messages: number;
  readonly cpuUsPerMessage: number;
  readonly mainUsPerMessage: number;
  /** From the first message to the last answer. */
  readonly answeredPerSecond: number;
  /** From the first message until the CSMS had the last: what can be kept up for ever. */
  readonly deliveredPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  readonly rssBytes: number;
};

export type Load = (ClosedLoop | OpenLoop) & {
  readonly chargers: number;
  /** The port to which one malformed message goes for every nine good ones; they count as nobody's. */
  readonly malformedTo?: number;
};

/** Puts a relay under load once. The round ends when the CSMS has everything, so that no work is left for the next one. */
export async function measureRound(bench: Bench, relay: Relay, load: Load): Promise<Round> {
  const { csms } = bench;
  const hadMessages = await csms.ask('messages', { relay: relay.name });
  const before = await relay.process.ask('usage');
  const seen = await putUnderLoad(bench, relay, load);
  // Heartbeats are answered by the gateway itself: there is nothing to wait for.
  const arrived = { relay: relay.name, messages: hadMessages + seen.messages };
  const lastMs = load.action === 'Heartbeat' ? 0 : await csms.ask('arrived', arrived);
  const after = await relay.process.ask('usage');
  const { messages, startedMs, endedMs, p50Ms, p99Ms } = seen;
  return {
    messages,
    cpuUsPerMessage: ((after.cpuMs - before.cpuMs) * 1000) / messages,
    mainUsPerMessage: ((after.mainCpuMs - before.mainCpuMs) * 1000) / messages,
    answeredPerSecond: (messages * 1000) / (endedMs - startedMs),
    deliveredPerSecond: (messages * 1000) / (Math.max(endedMs, lastMs) - startedMs),
    p50Ms,
    p99Ms,
    loopDelayP99Ms: after.loopDelayP99Ms,
    loopDelayMaxMs: after.loopDelayMaxMs,
    rssBytes: after.rssBytes,
  };
}

function putUnderLoad({ load: generator }: Bench, relay: Relay, load: Load): Promise<LoadSeen> {
  const fleet = { relay: relay.name };
  return 'inFlight' in load
    ? generator.ask('closed', { ...load, ...fleet })
    : generator.ask('open', { ...load, ...fleet });
}

/** The rounds of each relay, by its name. */
export type Rounds = { of(relay: Relay): readonly Round[] };

/** Lets the relays take turns, so that whatever else the machine does meets all of them. */
export async function takeTurns(
  relays: readonly Relay[],
  rounds: number,
  measure: (relay: Relay) => Promise<Round>,
): Promise<Rounds> {
  const measured = new Map<Relay, Round[]>(relays.map((relay) => [relay, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const relay of relays) {
      // oxlint-disable-next-line no-await-in-loop -- one relay at a time has the machine
      measured.get(relay)?.push(await measure(relay));
    }
  }
  return { of: (relay) => measured.get(relay) ?? [] };
}
