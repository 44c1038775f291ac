import type { Bench, Relay } from '../bench.ts';
import { type Load, measureRound, type Round, type Rounds, takeTurns } from '../rounds.ts';
import { type Row, rowAtLeast, rowAtMost, rowOf } from '../rows.ts';
import type { Scale } from '../scale.ts';
import { ratios } from '../statistics.ts';
import type { ChargerAction } from '../wire/envelopes.ts';

const inFlight = 32;

/** Of the CPU per message, against bare: of MeterValues, and of Authorize and Heartbeat. */
const meterGoals = { first: 5, final: 2 };
const shortGoals = { first: 3, final: 1.7 };

/** Everybody who takes part when chargers speak. */
export type Field = {
  readonly bare: Relay;
  readonly bareAgain: Relay;
  readonly logOff: Relay;
  readonly durable: Relay;
  readonly soap: Relay;
};

export async function startField(bench: Bench): Promise<Field> {
  const [bare, bareAgain, logOff, durable, soap] = await Promise.all([
    bench.startBare('bare'),
    bench.startBare('bare-again'),
    bench.startGateway('log-off', { store: 'memory' }),
    bench.startGateway('durable', { store: 'sqlite' }),
    bench.startSoap('soap'),
  ]);
  return { bare, bareAgain, logOff, durable, soap };
}

const cpu = (round: Round) => round.cpuUsPerMessage;
const rate = (round: Round) => round.deliveredPerSecond;

/** What 50 chargers cost: MeterValues against all references, Authorize and Heartbeat against the bare relay. */
export async function measureInbound(bench: Bench, field: Field, scale: Scale): Promise<readonly Row[]> {
  const { bare, bareAgain, logOff, durable, soap } = field;
  const all = [bare, logOff, bareAgain, soap, durable];
  const meter = await measureAction(bench, all, 'MeterValues', 50, scale);
  const authorize = await measureAction(bench, [bare, logOff], 'Authorize', 50, scale);
  const heartbeat = await measureAction(bench, [bare, logOff], 'Heartbeat', 50, scale);
  return [
    noiseRow(meter, field),
    cpuRow(meter, field, 'MeterValues, 50 chargers', meterGoals),
    rowOf({ measure: 'CPU per MeterValues, durable', unit: '× bare' }, againstBare(meter, field, durable)),
    rowOf({ measure: 'CPU per MeterValues, relay on soap.listen', unit: '× bare' }, againstBare(meter, field, soap)),
    cpuRow(authorize, field, 'Authorize', shortGoals),
    cpuRow(heartbeat, field, 'Heartbeat', shortGoals),
    rowAtLeast(
      { measure: 'throughput, MeterValues, log off', unit: '× soap.listen' },
      { first: 1, final: 2 },
      ratios(meter.of(logOff).map(rate), meter.of(soap).map(rate)),
    ),
    rowAtLeast(
      { measure: 'throughput, MeterValues, durable', unit: '× log off' },
      { first: 0.75, final: 0.8 },
      ratios(meter.of(durable).map(rate), meter.of(logOff).map(rate)),
    ),
    ...all.flatMap((relay) => absoluteRows(meter, relay)),
  ];
}

/**
 * What the dialect of OCPP 1.5 costs: the same four readings in the words of either version, in turns and to one gateway.
 * 1.6 comes last, and stays: it is how the chargers speak in the measures that follow.
 */
export async function measureVersions(bench: Bench, relay: Relay, scale: Scale): Promise<readonly Row[]> {
  const load = { chargers: 50, inFlight, forMs: scale.roundMs, atLeastMessages: 0 };
  const older: Load = { ...load, action: 'MeterValues of OCPP 1.5' };
  const newer: Load = { ...load, action: 'MeterValues' };
  await bench.load.ask('gather', { relay: relay.name, port: relay.port, chargers: load.chargers });
  const measured: { readonly older: Round; readonly newer: Round }[] = [];
  for (const warmUp of [older, newer]) {
    // oxlint-disable-next-line no-await-in-loop -- one load at a time has the machine
    await measureRound(bench, relay, { ...warmUp, atLeastMessages: scale.warmUpMessages });
  }
  for (let round = 0; round < scale.rounds; round += 1) {
    // oxlint-disable-next-line no-await-in-loop
    measured.push({ older: await measureRound(bench, relay, older), newer: await measureRound(bench, relay, newer) });
  }
  const of = (measure: (round: Round) => number) =>
    ratios(
      measured.map((pair) => measure(pair.older)),
      measured.map((pair) => measure(pair.newer)),
    );
  return [
    rowAtLeast(
      { measure: 'throughput, MeterValues of OCPP 1.5, log off', unit: '× 1.6' },
      { first: 0.85, final: 0.85 },
      of(rate),
    ),
    rowOf({ measure: 'CPU per MeterValues of OCPP 1.5, log off', unit: '× 1.6' }, of(cpu)),
  ];
}

/** As measureInbound, with 500 chargers. */
export async function measureManyInbound(bench: Bench, field: Field, scale: Scale): Promise<readonly Row[]> {
  const { bare, bareAgain, logOff } = field;
  const meter = await measureAction(bench, [bare, logOff, bareAgain], 'MeterValues', 500, scale);
  return [cpuRow(meter, field, 'MeterValues, 500 chargers', meterGoals)];
}

async function measureAction(
  bench: Bench,
  relays: readonly Relay[],
  action: ChargerAction,
  chargers: number,
  scale: Scale,
): Promise<Rounds> {
  const load: Load = { action, chargers, inFlight, forMs: scale.roundMs, atLeastMessages: 0 };
  for (const relay of relays) {
    // oxlint-disable-next-line no-await-in-loop -- one relay at a time has the machine
    await bench.load.ask('gather', { relay: relay.name, port: relay.port, chargers });
    // oxlint-disable-next-line no-await-in-loop
    await measureRound(bench, relay, { ...load, atLeastMessages: scale.warmUpMessages });
  }
  return takeTurns(relays, scale.rounds, (relay) => measureRound(bench, relay, load));
}

function cpuRow(rounds: Rounds, field: Field, what: string, goals: typeof meterGoals): Row {
  return rowAtMost(
    { measure: `CPU per ${what}, log off`, unit: '× bare' },
    goals,
    againstBare(rounds, field, field.logOff),
  );
}

/** Against both bare relays where both ran: half the noise. */
function againstBare(rounds: Rounds, { bare, bareAgain }: Field, relay: Relay): readonly number[] {
  const again = rounds.of(bareAgain).map(cpu);
  const reference = rounds.of(bare).map((round, index) => (cpu(round) + (again[index] ?? cpu(round))) / 2);
  return ratios(rounds.of(relay).map(cpu), reference);
}

function noiseRow(rounds: Rounds, { bare, bareAgain }: Field): Row {
  const row = rowOf(
    { measure: 'noise: bare relay against itself', unit: '×' },
    ratios(rounds.of(bareAgain).map(cpu), rounds.of(bare).map(cpu)),
  );
  const { median, min, max } = row.measured;
  const noisy = Math.abs(median - 1) > 0.1 || max / min > 1.25;
  return { ...row, note: noisy ? 'noisy: other work shares the machine' : '' };
}

function absoluteRows(rounds: Rounds, relay: Relay): readonly Row[] {
  const of = (measure: (round: Round) => number) => rounds.of(relay).map(measure);
  return [
    rowOf({ measure: `${relay.name}: CPU`, unit: 'µs per MeterValues' }, of(cpu)),
    rowOf(
      { measure: `${relay.name}: answered`, unit: '/s' },
      of((round) => round.answeredPerSecond),
    ),
    rowOf({ measure: `${relay.name}: delivered to the CSMS`, unit: '/s' }, of(rate)),
    rowOf(
      { measure: `${relay.name}: p99`, unit: 'ms' },
      of((round) => round.p99Ms),
    ),
  ];
}
