import type { Bench, Relay } from '../bench.ts';
import { type Row, rowAtMost, rowOf } from '../rows.ts';
import type { Scale } from '../scale.ts';

/** What came of one fleet that booted at a relay that had just started. */
type Opening = {
  /** From the first connection of a charger to the last WebSocket that the CSMS accepted, seconds. */
  readonly linksS: number;
  /** Until the last boot was answered. */
  readonly bootsS: number;
  readonly cpuS: number;
  readonly loopDelayMaxMs: number;
  /** Boots that were answered before the CSMS had accepted them. */
  readonly pending: number;
};

/**
 * Power comes back: all chargers boot at once at a relay that has just started and knows none of them, so that each of
 * them needs its WebSocket, a row on the disk and the CSMS's answer.
 */
export async function measureLinks(bench: Bench, scale: Scale): Promise<readonly Row[]> {
  const bare: Opening[] = [];
  const gateway: (Opening & { readonly longestTurnMs: number })[] = [];
  for (let round = 0; round < scale.longRounds; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one relay at a time has the machine
    bare.push(await measureBare(bench, `links-bare-${round}`, scale));
    // oxlint-disable-next-line no-await-in-loop
    gateway.push(await measureGateway(bench, `links-durable-${round}`, scale));
  }
  const links = `${scale.crowd} WebSockets to the CSMS`;
  return [
    rowAtMost(
      { measure: `${links}, from the first boot to the last link, durable`, unit: 's', note: pendingNote(gateway) },
      { final: 5 },
      gateway.map(({ linksS }) => linksS),
    ),
    rowOf(
      { measure: `${links}, bare`, unit: 's' },
      bare.map(({ linksS }) => linksS),
    ),
    rowOf(
      { measure: `${scale.crowd} boots answered, durable`, unit: 's' },
      gateway.map(({ bootsS }) => bootsS),
    ),
    rowOf(
      { measure: `${scale.crowd} boots answered, bare`, unit: 's' },
      bare.map(({ bootsS }) => bootsS),
    ),
    rowOf(
      { measure: `CPU of ${scale.crowd} boots with their links, durable`, unit: 's' },
      gateway.map(({ cpuS }) => cpuS),
    ),
    rowOf(
      { measure: 'the same, bare', unit: 's' },
      bare.map(({ cpuS }) => cpuS),
    ),
    rowOf(
      { measure: `longest loop delay while ${scale.crowd} boot, durable`, unit: 'ms' },
      gateway.map(({ loopDelayMaxMs }) => loopDelayMaxMs),
    ),
    rowOf(
      { measure: 'longest turn meanwhile, by its own CPU', unit: 'ms' },
      gateway.map(({ longestTurnMs }) => longestTurnMs),
    ),
  ];
}

function pendingNote(openings: readonly Opening[]): string {
  const pending = openings.reduce((sum, opening) => sum + opening.pending, 0);
  return pending === 0 ? '' : `${pending} boots were answered before the CSMS had them`;
}

async function measureBare(bench: Bench, name: string, scale: Scale): Promise<Opening> {
  const relay = await bench.startBare(name);
  const opening = await measureOpening(bench, relay, scale);
  await bench.stop(relay);
  return opening;
}

async function measureGateway(bench: Bench, name: string, scale: Scale) {
  const relay = await bench.startGateway(name, { store: 'sqlite' });
  await relay.process.ask('watchTurns');
  const opening = await measureOpening(bench, relay, scale);
  const longestTurnMs = await relay.process.ask('longestTurn');
  await bench.stop(relay);
  return { ...opening, longestTurnMs };
}

async function measureOpening(bench: Bench, relay: Relay, { crowd }: Scale): Promise<Opening> {
  const before = await relay.process.ask('usage');
  const fleet = { relay: relay.name, port: relay.port, chargers: crowd };
  const { startedMs, endedMs, accepted } = await bench.load.ask('boot', fleet);
  const after = await relay.process.ask('usage');
  const lastStationMs = await bench.csms.ask('lastStation', { relay: relay.name, stations: crowd });
  return {
    linksS: (lastStationMs - startedMs) / 1000,
    bootsS: (endedMs - startedMs) / 1000,
    cpuS: (after.cpuMs - before.cpuMs) / 1000,
    loopDelayMaxMs: after.loopDelayMaxMs,
    pending: crowd - accepted,
  };
}
