import { describe, expect, test } from 'vitest';
import { OcppError } from '../../../src/ocpp/errors.ts';
import type { ServiceName } from '../../../src/ocpp/schema.ts';
import { soap } from './envelopes.ts';

type Payload = Readonly<Record<string, unknown>>;

function write(service: ServiceName, action: string, payload: Payload): string {
  const xml = soap.encodeRequest({ ocpp: '1.6', service, action, payload, messageId: '1', mustUnderstand: false });
  return /<env:Body>([\s\S]*)<\/env:Body>/.exec(xml)?.[1] ?? '';
}

function refusal(service: ServiceName, action: string, payload: Payload): unknown {
  try {
    write(service, action, payload);
  } catch (thrown) {
    if (thrown instanceof OcppError)
      return { code: thrown.code, message: thrown.message, field: thrown.details['field'] };
    throw thrown;
  }
  return 'written';
}

const period = (limit: unknown) => ({
  connectorId: 1,
  csChargingProfiles: {
    chargingProfileId: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Absolute',
    chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
  },
});

test('the order is that of the WSDL, whatever the order of the keys', () => {
  const payload = { meterStart: 5, timestamp: '2024-03-01T09:15:00Z', idTag: 'AB', connectorId: 1 };
  expect(write('CentralSystem', 'StartTransaction', payload)).toBe(
    '<cs:startTransactionRequest><cs:connectorId>1</cs:connectorId><cs:idTag>AB</cs:idTag>' +
      '<cs:timestamp>2024-03-01T09:15:00Z</cs:timestamp><cs:meterStart>5</cs:meterStart></cs:startTransactionRequest>',
  );
});

test('null is absent, unknown keys are dropped, an empty list is nothing', () => {
  expect(write('CentralSystem', 'Authorize', { idTag: 'A', x: '<', constructor: 'y' })).toBe(
    '<cs:authorizeRequest><cs:idTag>A</cs:idTag></cs:authorizeRequest>',
  );
  expect(write('ChargePoint', 'GetConfiguration', { key: [] })).toBe('<cp:getConfigurationRequest/>');
  expect(write('ChargePoint', 'GetConfiguration', { key: null })).toBe('<cp:getConfigurationRequest/>');
});

test('an empty text is written: it is not an absent one', () => {
  expect(write('ChargePoint', 'ChangeConfiguration', { key: 'K', value: '' })).toContain('<cp:value></cp:value>');
});

describe('numbers', () => {
  test.each([
    [0.1 + 0.2, '0.3'],
    [1e-7, '0.0'],
    [13.54, '13.5'],
    [16, '16.0'],
  ])('limit %d', (limit, text) => {
    expect(write('ChargePoint', 'SetChargingProfile', period(limit))).toContain(`<cp:limit>${text}</cp:limit>`);
  });

  test.each([
    [Number.NaN, 'PropertyConstraintViolation'],
    [Number.POSITIVE_INFINITY, 'PropertyConstraintViolation'],
    [1e12, 'PropertyConstraintViolation'],
    ['16', 'TypeConstraintViolation'],
  ])('limit %s is refused', (limit, code) => {
    const field = 'csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].limit';
    expect(refusal('ChargePoint', 'SetChargingProfile', period(limit))).toMatchObject({ code, field });
  });

  test.each([
    [9_999_999_999, 'PropertyConstraintViolation', '9999999999 does not fit into 32 bit'],
    [1.5, 'TypeConstraintViolation', 'is not an integer'],
    ['7', 'TypeConstraintViolation', 'is not an integer'],
  ])('transactionId %s is refused', (transactionId, code, problem) => {
    expect(refusal('ChargePoint', 'RemoteStopTransaction', { transactionId })).toEqual({
      code,
      message: `transactionId: ${problem}`,
      field: 'transactionId',
    });
  });
});

describe('times leave as UTC to the second, ending in Z', () => {
  const reserve = (expiryDate: unknown) => ({ connectorId: 1, expiryDate, idTag: 'A', reservationId: 1 });

  test.each([
    ['2024-03-01T09:15:00.123+01:00', '2024-03-01T08:15:00Z'],
    ['2024-03-01T09:15:00Z', '2024-03-01T09:15:00Z'],
  ])('%s', (expiryDate, text) => {
    expect(write('ChargePoint', 'ReserveNow', reserve(expiryDate))).toContain(`<cp:expiryDate>${text}</cp:expiryDate>`);
  });

  test.each([['2024-03-01T09:15:00'], ['2022-02-29T09:15:00Z'], ['soon']])('%s is refused', (expiryDate) => {
    expect(refusal('ChargePoint', 'ReserveNow', reserve(expiryDate))).toMatchObject({
      code: 'PropertyConstraintViolation',
      field: 'expiryDate',
    });
  });
});

describe('enumerations are exact', () => {
  test.each([['soft'], ['Soft '], ['Warm']])('%j is refused', (type) => {
    expect(refusal('ChargePoint', 'Reset', { type })).toEqual({
      code: 'PropertyConstraintViolation',
      message: `type: "${type}" is not one of Hard, Soft`,
      field: 'type',
    });
  });

  const unit = (text: string) => ({
    connectorId: 1,
    meterValue: [{ timestamp: '2024-03-01T09:15:00Z', sampledValue: [{ value: '1', unit: text }] }],
  });

  test('the Celcius of OCPP-J is spelled right; Hertz has no word in OCPP-S 1.6', () => {
    expect(write('CentralSystem', 'MeterValues', unit('Celcius'))).toContain('<cs:unit>Celsius</cs:unit>');
    expect(refusal('CentralSystem', 'MeterValues', unit('Hertz'))).toMatchObject({
      field: 'meterValue[0].sampledValue[0].unit',
    });
  });
});

describe('texts', () => {
  const data = (text: unknown) => ({ vendorId: 'v', data: text });

  test('are escaped; a carriage return would be lost as itself', () => {
    expect(write('ChargePoint', 'DataTransfer', data(' <a b="1">&\'\r\n\té😀]]> '))).toContain(
      '<cp:data> &lt;a b="1"&gt;&amp;\'&#13;\n\té😀]]&gt; </cp:data>',
    );
  });

  test.each([['\u0000'], ['\u0001'], ['\u001f'], ['\ufffe'], ['\ud800'], ['\udc00\ud800']])(
    '%j is refused: XML cannot carry it',
    (text) => {
      expect(refusal('ChargePoint', 'DataTransfer', data(`x${text}`))).toEqual({
        code: 'PropertyConstraintViolation',
        message: 'data: holds a character that XML cannot carry',
        field: 'data',
      });
    },
  );

  test('are as long as the schema allows, in characters', () => {
    expect(write('CentralSystem', 'Authorize', { idTag: '😀'.repeat(20) })).toContain('😀');
    expect(refusal('CentralSystem', 'Authorize', { idTag: 'x'.repeat(21) })).toMatchObject({
      code: 'PropertyConstraintViolation',
    });
  });
});

describe('structure', () => {
  test.each([
    ['Authorize', {}, 'OccurrenceConstraintViolation', 'idTag'],
    ['Authorize', { idTag: null }, 'OccurrenceConstraintViolation', 'idTag'],
    ['Authorize', { idTag: 12 }, 'TypeConstraintViolation', 'idTag'],
    ['Authorize', { idTag: ['A'] }, 'TypeConstraintViolation', 'idTag'],
    ['MeterValues', { connectorId: 1, meterValue: {} }, 'TypeConstraintViolation', 'meterValue'],
    ['MeterValues', { connectorId: 1, meterValue: ['x'] }, 'TypeConstraintViolation', 'meterValue[0]'],
    [
      'MeterValues',
      { connectorId: 1, meterValue: [{ timestamp: '2024-03-01T09:15:00Z', sampledValue: [] }] },
      'OccurrenceConstraintViolation',
      'meterValue[0].sampledValue',
    ],
  ])('%s %j', (action, payload, code, field) => {
    expect(refusal('CentralSystem', action, payload)).toMatchObject({ code, field });
  });

  test('booleans', () => {
    const about = {
      soap: '1.2',
      addressing: {},
      ocpp: '1.6',
      service: 'ChargePoint',
      namespace: 'urn://Ocpp/Cp/2015/10/',
      action: 'GetConfiguration',
    } as const;
    const profile = { responseTo: 'anonymous', responseHeaders: 'none' } as const;
    const answer = (readonly: unknown) =>
      soap.encodeResponse(about, { payload: { configurationKey: [{ key: 'K', readonly }] }, messageId: '1', profile });
    expect(answer(true)).toContain('<cp:readonly>true</cp:readonly>');
    expect(() => answer('true')).toThrow('configurationKey[0].readonly: is not true or false');
  });
});
