import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { minimumTenths, readValue, valueFor, valueOf } from '../../../src/charging/means.ts';
import type { WrittenValue } from '../../../src/charging/models.ts';

const amperes: WrittenValue = {
  unit: 'A',
  scope: 'connector',
  step: 1,
  minimum: 6,
  below: 'zero',
  writableDuringSession: true,
  minIntervalS: 300,
};

describe('the value for a limit', () => {
  test.each([
    ['whole amperes, rounded down', amperes, 169, '16'],
    ['tenths of amperes', { ...amperes, step: 0.1 }, 105, '10.5'],
    ['no trailing zeros', { ...amperes, step: 0.1 }, 160, '16'],
    ['half amperes', { ...amperes, step: 0.5, minimum: 6 }, 109, '10.5'],
    ['deciamperes', { ...amperes, unit: 'dA', minimum: 60 }, 105, '105'],
    ['milliamperes', { ...amperes, unit: 'mA', minimum: 6000, step: 100 }, 105, '10500'],
    ['watts', { ...amperes, unit: 'W', minimum: 0 }, 72_455, '7245'],
    ['kilowatts', { ...amperes, unit: 'kW', minimum: 0, step: 0.1 }, 72_455, '7.2'],
    ['at most the maximum', { ...amperes, maximum: 16 }, 320, '16'],
    ['the largest of the values that it takes', { ...amperes, values: [6, 8, 10, 13, 16] }, 129, '10'],
    ['the largest of all, above them', { ...amperes, values: [6, 8, 10, 13, 16] }, 320, '16'],
    ['0 below all of them', { ...amperes, values: [8, 10] }, 79, '0'],
    ['the minimum itself', amperes, 60, '6'],
    ['0 below it', amperes, 59, '0'],
    ['or the minimum', { ...amperes, below: 'minimum' }, 0, '6'],
    ['on', { ...amperes, onOff: { on: 'Neutral', off: 'Off' } }, 60, 'Neutral'],
    ['off', { ...amperes, onOff: { on: 'Neutral', off: 'Off' } }, 59, 'Off'],
  ] as const)('%s', (_title, write, limitTenths, text) => {
    expect(valueFor(write, limitTenths).text).toBe(text);
  });

  test('is a decimal without an error of floating point, never above the limit, and at most a step below it', () => {
    const steps = fc.constantFrom(0.1, 0.2, 0.5, 1, 2);
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 100_000 }), steps, (limitTenths, step) => {
        const { text, thousandths } = valueFor({ ...amperes, step }, limitTenths);
        expect(text).toMatch(/^\d+(\.\d)?$/);
        expect(thousandths).toBeLessThanOrEqual(limitTenths * 100);
        expect(thousandths).toBeGreaterThan(limitTenths * 100 - step * 1000);
        expect(valueOf(amperes, text)?.thousandths).toBe(thousandths);
      }),
    );
  });
});

describe('a value that was read', () => {
  test.each([
    ['16', 16_000],
    ['16.00', 16_000],
    [' 6 ', 6000],
    ['', undefined],
    ['sixteen', undefined],
  ])('%j', (text, thousandths) => {
    expect(valueOf(amperes, text)?.thousandths).toBe(thousandths);
  });

  test('words match without case, and others are none', () => {
    const write = { ...amperes, onOff: { on: 'Neutral', off: 'Off' } };
    expect(['neutral', 'OFF', 'On'].map((text) => valueOf(write, text)?.text)).toEqual(['Neutral', 'Off', undefined]);
  });

  test('is looked up by its key without case (OCPP 1.6 §9)', () => {
    const conf = {
      configurationKey: [
        { key: 'LIMIT', readonly: false, value: '6' },
        { key: 'Bare', readonly: false },
      ],
    };
    expect(['Limit', 'Bare', 'None'].map((key) => readValue(conf, key))).toEqual(['6', undefined, undefined]);
    expect(readValue({}, 'Limit')).toBeUndefined();
  });
});

test.each([
  [amperes, 60],
  [{ ...amperes, unit: 'mA', minimum: 6000 }, 60],
  [{ ...amperes, unit: 'dA', minimum: 60 }, 60],
  [{ ...amperes, unit: 'kW', minimum: 1.4, step: 0.1 }, 14_000],
  [{ ...amperes, values: [8, 10] }, 80],
] as const)('the least limit to charge with', (write, tenths) => {
  expect(minimumTenths(write)).toBe(tenths);
  expect(valueFor(write, tenths).thousandths).toBeGreaterThan(0);
  expect(valueFor(write, tenths - 1).text).toBe('0');
});
