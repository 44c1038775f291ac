import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { repair } from '../../../src/gateway/repair.ts';
import type { Payload } from '../../../src/gateway/ports.ts';
import type { Anomaly } from '../../../src/ocpp/anomalies.ts';
import { parseTime } from '../../../src/ocpp-s/times.ts';

const context = { nowMs: Date.parse('2026-03-01T12:00:00.500Z'), lastStatus: () => 'Charging' };
const mend = (action: string, payload: Payload, anomalies: readonly Anomaly[], change = {}) => {
  const settings = { vendorEnums: true, transactionId: true, phases: false, timezone: 'UTC', ...change };
  return repair({ action, payload, anomalies }, settings, context);
};
const unknown = (text: string, ...path: (string | number)[]): Anomaly => ({ kind: 'unknownEnum', path, text });

test('nothing odd: the same payload, not a copy', () => {
  const payload = { connectorId: 1 };
  expect(mend('StatusNotification', payload, []).payload).toBe(payload);
});

test('a vendor status becomes Faulted with an error, else the last known status', () => {
  const odd = unknown('Blinking', 'status');
  const faulty = { connectorId: 1, status: 'Blinking', errorCode: 'GroundFailure' };
  expect(mend('StatusNotification', faulty, [odd]).payload).toMatchObject({ status: 'Faulted' });
  const healthy = { connectorId: 1, status: 'Blinking', errorCode: 'NoError' };
  expect(mend('StatusNotification', healthy, [odd]).payload).toMatchObject({ status: 'Charging' });
});

test('a vendor errorCode becomes OtherError, its text stays as vendorErrorCode', () => {
  const payload = { connectorId: 1, status: 'Faulted', errorCode: 'E42' };
  expect(mend('StatusNotification', payload, [unknown('E42', 'errorCode')]).payload).toEqual({
    connectorId: 1,
    status: 'Faulted',
    errorCode: 'OtherError',
    vendorErrorCode: 'E42',
  });
  const own = { ...payload, vendorErrorCode: 'own' };
  expect(mend('StatusNotification', own, [unknown('E42', 'errorCode')]).payload).toMatchObject({
    vendorErrorCode: 'own',
  });
});

test('a vendor measurand drops the value, a vendor unit only the unit; a meter value without values goes', () => {
  const payload = {
    connectorId: 1,
    meterValue: [
      {
        timestamp: 't1',
        sampledValue: [
          { value: '1', measurand: 'Foo' },
          { value: '2', unit: 'Bar' },
        ],
      },
      { timestamp: 't2', sampledValue: [{ value: '3', measurand: 'Foo' }] },
    ],
  };
  const anomalies = [
    unknown('Foo', 'meterValue', 0, 'sampledValue', 0, 'measurand'),
    unknown('Bar', 'meterValue', 0, 'sampledValue', 1, 'unit'),
    unknown('Foo', 'meterValue', 1, 'sampledValue', 0, 'measurand'),
  ];
  expect(mend('MeterValues', payload, anomalies).payload).toEqual({
    connectorId: 1,
    meterValue: [{ timestamp: 't1', sampledValue: [{ value: '2' }] }],
  });
});

test.each([
  ['Amp', 'A'],
  ['VOLT', 'V'],
  ['C', 'Celsius'],
  ['%', 'Percent'],
])('the unit %s is %s by another name', (text, unit) => {
  const payload = { connectorId: 1, meterValue: [{ timestamp: 't1', sampledValue: [{ value: '1', unit: text }] }] };
  const anomalies = [unknown(text, 'meterValue', 0, 'sampledValue', 0, 'unit')];
  expect(mend('MeterValues', payload, anomalies).payload).toEqual({
    connectorId: 1,
    meterValue: [{ timestamp: 't1', sampledValue: [{ value: '1', unit }] }],
  });
});

test('without repair: vendorEnums the message is refused with field and value', () => {
  const payload = { connectorId: 1, status: 'Blinking', errorCode: 'NoError' };
  const refusal = () => mend('StatusNotification', payload, [unknown('Blinking', 'status')], { vendorEnums: false });
  expect(refusal).toThrow(
    expect.objectContaining({
      code: 'PropertyConstraintViolation',
      message: expect.stringMatching(/status.*Blinking/),
    }),
  );
});

test('the status of a transfer cannot be guessed', () => {
  const payload = { status: 'AlmostDone' };
  expect(() => mend('FirmwareStatusNotification', payload, [unknown('AlmostDone', 'status')])).toThrow(/AlmostDone/);
});

test('a time without zone is read in the zone of the charger, summer time included', () => {
  const at = (text: string, timezone: string) => {
    const anomaly: Anomaly = { kind: 'timeWithoutZone', path: ['timestamp'], text };
    return mend('StopTransaction', { timestamp: 'read as UTC' }, [anomaly], { timezone }).payload['timestamp'];
  };
  expect(at('2026-03-01T10:00:00', 'UTC')).toBe('2026-03-01T10:00:00Z');
  expect(at('2026-03-01T10:00:00', 'Europe/Berlin')).toBe('2026-03-01T09:00:00Z');
  expect(at('2026-07-01 10:00:00.25', 'Europe/Berlin')).toBe('2026-07-01T08:00:00Z');
  expect(at('2026-12-31T24:00:00', 'Europe/Berlin')).toBe('2026-12-31T23:00:00Z');
  expect(at('2026-03-01t10:00:00.1234567890123', 'UTC')).toBe('2026-03-01T10:00:00Z');
});

test('whatever the decoder takes for a time without zone can be read in every zone', () => {
  const two = (least: number, most: number) =>
    fc.integer({ min: least, max: most }).map((number) => String(number).padStart(2, '0'));
  const clock = fc.oneof(fc.tuple(two(0, 23), two(0, 59), two(0, 59)), fc.constant(['24', '00', '00']));
  const time = fc.tuple(fc.integer({ min: 1970, max: 2100 }), two(1, 12), two(1, 31), fc.constantFrom('T', 't', ' '));
  const fraction = fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,12}$/));
  const text = fc
    .tuple(time, clock, fraction)
    .map(([[year, month, day, between], clock, rest]) => `${year}-${month}-${day}${between}${clock.join(':')}${rest}`)
    .filter((written) => parseTime(written)?.zoned === false);
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Apia');
  fc.assert(
    fc.property(text, zone, (written, timezone) => {
      const anomaly: Anomaly = { kind: 'timeWithoutZone', path: ['timestamp'], text: written };
      const { payload } = mend('StopTransaction', { timestamp: '' }, [anomaly], { timezone });
      const apartMs = Date.parse(String(payload['timestamp'])) - Date.parse(parseTime(written)?.utc ?? '');
      expect(Math.abs(apartMs)).toBeLessThanOrEqual(24 * 3_600_000);
    }),
  );
});

test('an impossible time becomes the time of receipt', () => {
  const anomaly: Anomaly = { kind: 'impossibleTime', path: ['timestamp'], text: '2022-02-29T10:00:00Z' };
  expect(mend('StopTransaction', { timestamp: '2022-02-29T10:00:00Z' }, [anomaly]).payload).toEqual({
    timestamp: '2026-03-01T12:00:00Z',
  });
});

test('a transaction id out of range is guessed only when the charger is to be repaired', () => {
  const anomaly: Anomaly = { kind: 'transactionIdOutOfRange', path: ['transactionId'], text: '9223372036854775807' };
  expect(mend('MeterValues', { connectorId: 1 }, [anomaly]).guessTransaction).toBe(true);
  expect(mend('MeterValues', { connectorId: 1 }, [anomaly], { transactionId: false }).guessTransaction).toBe(false);
});

describe('with repair: phases', () => {
  const currents = (...values: string[]) =>
    values.map((value) => ({ value, measurand: 'Current.Import', unit: 'A', context: 'Sample.Periodic' }));
  const energy = { value: '1500', measurand: 'Energy.Active.Import.Register', unit: 'Wh' };
  const phasesOf = (readings: readonly Payload[], list = 'meterValue') => {
    const payload = { connectorId: 1, [list]: [{ timestamp: '2026-03-01T12:00:00Z', sampledValue: readings }] };
    const mended = mend('MeterValues', payload, [], { phases: true }).payload[list] as { sampledValue: Payload[] }[];
    return mended.flatMap(({ sampledValue }) => sampledValue.map(({ value, phase }) => [value, phase]));
  };

  test('three currents are those of L1, L2 and L3, in meter values and in the data of a transaction', () => {
    const three = [
      ['1', 'L1'],
      ['1500', undefined],
      ['2', 'L2'],
      ['3', 'L3'],
    ] as const;
    const [one = {}, ...others] = currents('1', '2', '3');
    expect(phasesOf([one, energy, ...others])).toEqual(three);
    expect(phasesOf([one, energy, ...others], 'transactionData')).toEqual(three);
  });

  test.each([
    ['two', currents('1', '2')],
    ['four', currents('1', '2', '3', '4')],
    [
      'three, of which one is offered',
      [...currents('1', '2'), { value: '3', measurand: 'Current.Offered', unit: 'A' }],
    ],
    ['three temperatures', ['1', '2', '3'].map((value) => ({ value, measurand: 'Temperature' }))],
    ['three registers', ['1', '2', '3'].map((value) => ({ ...energy, value }))],
  ])('%s are left alone', (_case, readings) => {
    expect(phasesOf(readings).map(([, phase]) => phase)).toEqual(readings.map(() => undefined));
  });

  test('what has its phase keeps it', () => {
    const readings = currents('1', '2', '3').map((reading) => ({ ...reading, phase: 'N' }));
    expect(phasesOf(readings).map(([, phase]) => phase)).toEqual(['N', 'N', 'N']);
  });
});
