import { afterEach, beforeEach, expect, test } from 'vitest';
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
