import { expect, test } from 'vitest';
import { naturalKey } from '../../../src/demo/natural-key.ts';

const reading = (timestamp: string, value: string, unit = 'Wh') => ({
  timestamp,
  sampledValue: [{ value, measurand: 'Energy.Active.Import.Register', unit }],
});

test('a retry has the key of the first attempt, whatever transaction id it carries', () => {
  const stop = { timestamp: '2026-03-01T10:00:00Z', meterStop: 120, transactionData: [] };
  expect(naturalKey('StopTransaction', { ...stop, transactionId: 1_900_000_001 })).toBe(
    naturalKey('StopTransaction', { ...stop, transactionId: 1001 }),
  );
  const meter = { connectorId: 1, meterValue: [reading('2026-03-01T10:00:00Z', '7')] };
  expect(naturalKey('MeterValues', { ...meter, transactionId: 5 })).toBe(naturalKey('MeterValues', meter));
});

test('a moment is the same in UTC, with an offset, and with a fraction', () => {
  const at = (timestamp: string) =>
    naturalKey('StartTransaction', { connectorId: 1, idTag: 'A', meterStart: 5, timestamp });
  expect(at('2026-03-01T12:00:00+02:00')).toBe(at('2026-03-01T10:00:00Z'));
  expect(at('2026-03-01T10:00:00.000Z')).toBe(at('2026-03-01T10:00:00Z'));
});

test('readings are told apart by their values, not by how their unit is spelled', () => {
  const key = (value: string, unit: string) =>
    naturalKey('MeterValues', { connectorId: 1, meterValue: [reading('2026-03-01T10:00:00Z', value, unit)] });
  expect(key('31', 'Celsius')).toBe(key('31', 'Celcius'));
  expect(key('31', 'Celsius')).not.toBe(key('32', 'Celsius'));
});

test('connector, card and meter tell StartTransactions apart', () => {
  const base = { connectorId: 1, idTag: 'A', meterStart: 5, timestamp: '2026-03-01T10:00:00Z' };
  const keys = [base, { ...base, connectorId: 2 }, { ...base, idTag: 'B' }, { ...base, meterStart: 6 }].map((payload) =>
    naturalKey('StartTransaction', payload),
  );
  expect(new Set(keys).size).toBe(4);
});
