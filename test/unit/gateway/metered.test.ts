import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Metered, Measurements } from '../../../src/gateway/measurements.ts';
import { bootPayload, type Harness, startHarness } from '../../support/gateway-harness.ts';

let h: Harness;

beforeEach(async () => {
  h = await startHarness();
  await h.asks('BootNotification', bootPayload);
});
afterEach(() => h.end());

const meterValue = (value: number) => ({ timestamp: '2026-03-01T12:05:00Z', sampledValue: [{ value: String(value) }] });
const metered = async () => {
  const details = await h.gateway().operator.charger('CP1');
  return (details?.connectors ?? []).flatMap(({ connector, metered: last }) => (last ? [{ connector, ...last }] : []));
};

test('of each connector the last MeterValues are kept as they came', async () => {
  for (const value of [1, 2]) await h.asks('MeterValues', { connectorId: 1, meterValue: [meterValue(value)] });
  await h.clock.advance(1_000);
  await h.asks('MeterValues', { connectorId: 0, meterValue: [meterValue(3)] });
  expect(await metered()).toEqual([
    { connector: 0, payload: { connectorId: 0, meterValue: [meterValue(3)] }, atMs: h.clock.now() },
    { connector: 1, payload: { connectorId: 1, meterValue: [meterValue(2)] }, atMs: h.clock.now() - 1_000 },
  ]);
});

test('of a day’s worth of values only the newest is kept', async () => {
  const day = Array.from({ length: 1_440 }, (_, minute) => meterValue(minute));
  await h.asks('MeterValues', { connectorId: 1, meterValue: day });
  expect(await metered()).toMatchObject([{ payload: { connectorId: 1, meterValue: [meterValue(1_439)] } }]);
});

test('a charger that invents connectors fills no memory: the 64 that spoke last are kept', async () => {
  for (let connectorId = 1; connectorId <= 70; connectorId += 1) {
    await h.asks('MeterValues', { connectorId, meterValue: [meterValue(connectorId)] });
  }
  await h.asks('MeterValues', { connectorId: 1_001, meterValue: [meterValue(0)] });
  const kept = (await metered()).map(({ connector }) => connector);
  expect(kept).toEqual(Array.from({ length: 64 }, (_, index) => index + 7));
});

test('MeterValues without a value say nothing, and replace nothing', async () => {
  await h.asks('MeterValues', { connectorId: 1, meterValue: [meterValue(7)] });
  await h.asks('MeterValues', { connectorId: 1, meterValue: [] });
  expect(await metered()).toMatchObject([{ payload: { meterValue: [meterValue(7)] } }]);
});

test('of many connectors those that spoke longest ago are copied out of their messages, and say the same', () => {
  const measurements = new Measurements();
  const maps = Array.from({ length: 1_002 }, () => new Map<number, Metered>());
  const messages = maps.map((_, index) => ({ connectorId: 1, meterValue: [meterValue(index)] }));
  maps.forEach((map, index) => measurements.note(map, 1, messages[index] ?? {}, index));
  const isCopy = (index: number) => maps[index]?.get(1)?.payload !== messages[index];
  expect([isCopy(0), isCopy(1), isCopy(2), isCopy(1_001)]).toEqual([true, true, false, false]);
  maps.forEach((map, index) => expect(map.get(1)).toEqual({ payload: messages[index], atMs: index }));
  // who speaks again stays among the newest
  measurements.note(maps[2] ?? new Map(), 1, messages[2] ?? {}, 0);
  measurements.note(new Map(), 1, messages[0] ?? {}, 0);
  expect([isCopy(2), isCopy(3)]).toEqual([false, true]);
});
