import { describe, expect, test } from 'vitest';
import type { SoapRequest, SoapResponse } from '../../../../src/ocpp-s/message.ts';
import { soap, soap12 } from '../envelopes.ts';

/** What a decoder notes of messages of OCPP 1.5 and 1.2, beside what the golden vectors hold. */
const namespaces = {
  '1.5': { cs: 'urn://Ocpp/Cs/2012/06/', cp: 'urn://Ocpp/Cp/2012/06/' },
  '1.2': { cs: 'urn://Ocpp/Cs/2010/08/', cp: 'urn://Ocpp/Cp/2010/08/' },
};

function read(ocpp: '1.5' | '1.2', body: string): SoapRequest | SoapResponse {
  const { cs, cp } = namespaces[ocpp];
  const message = soap.decode(
    `<e:Envelope xmlns:e="${soap12}" xmlns:c="${cs}" xmlns:p="${cp}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
      `<e:Body>${body}</e:Body></e:Envelope>`,
  );
  if (message.kind === 'unreadable') throw message.error;
  if (message.kind === 'fault') throw new Error('a fault');
  return message;
}

const gapsOf = (message: SoapRequest | SoapResponse) => (message.kind === 'request' ? (message.gaps ?? []) : []);
const status = (fields: string) => `<c:statusNotificationRequest>${fields}</c:statusNotificationRequest>`;
const meter = (value: string) =>
  `<c:meterValuesRequest><c:connectorId>1</c:connectorId><c:values><c:timestamp>2024-03-01T09:15:00Z</c:timestamp>${value}</c:values></c:meterValuesRequest>`;
const readingsOf = (message: SoapRequest | SoapResponse) =>
  (message.payload['meterValue'] as readonly { readonly sampledValue: unknown }[])[0]?.sampledValue;

describe('a gap is noted for what a version cannot say', () => {
  test.each([
    ['1.5', '<c:status>Occupied</c:status>', 1, 'Preparing', ['occupied']],
    ['1.2', '<c:status>Occupied</c:status>', 1, 'Preparing', ['occupied']],
    ['1.5', '<c:status>Occupied</c:status>', 0, 'Available', []],
    ['1.2', '<c:status>Occupied</c:status>', 0, 'Available', []],
    ['1.5', '<c:status>Reserved</c:status>', 0, 'Available', []],
    ['1.5', '<c:status>Reserved</c:status>', 2, 'Reserved', []],
    ['1.5', '<c:status>Faulted</c:status>', 0, 'Faulted', []],
    ['1.2', '<c:status>Unavailable</c:status>', 0, 'Unavailable', []],
  ] as const)('%s %s at connector %d', (ocpp, said, connector, expected, gaps) => {
    const message = read(
      ocpp,
      status(`<c:connectorId>${connector}</c:connectorId>${said}<c:errorCode>NoError</c:errorCode>`),
    );
    expect(message.payload).toEqual({ connectorId: connector, status: expected, errorCode: 'NoError' });
    expect(gapsOf(message)).toEqual(gaps);
  });

  test.each(['1.5', '1.2'] as const)('%s StartTransaction and StopTransaction', (ocpp) => {
    const start =
      '<c:startTransactionRequest><c:connectorId>1</c:connectorId><c:idTag>A</c:idTag><c:timestamp>2024-03-01T09:15:00Z</c:timestamp><c:meterStart>1</c:meterStart></c:startTransactionRequest>';
    const stop =
      '<c:stopTransactionRequest><c:transactionId>1</c:transactionId><c:timestamp>2024-03-01T09:15:00Z</c:timestamp><c:meterStop>2</c:meterStop></c:stopTransactionRequest>';
    expect(gapsOf(read(ocpp, start))).toEqual(['status']);
    expect(gapsOf(read(ocpp, stop))).toEqual(['reason', 'status']);
  });

  test('a MeterValues of 1.2, but not one of 1.5', () => {
    expect(gapsOf(read('1.2', meter('<c:value>1</c:value>')))).toEqual(['transactionId']);
    expect(gapsOf(read('1.5', meter('<c:value>1</c:value>')))).toEqual([]);
  });
});

describe('meter values of 1.5', () => {
  test.each([
    ['unqualified attributes', '<c:value unit="Amp">1</c:value>'],
    ['attributes with the prefix of the body', '<c:value c:unit="Amp">1</c:value>'],
    ['attributes of others beside', '<c:value xsi:type="string" unit="Amp">1</c:value>'],
    ['another case', '<c:value unit="AMP">1</c:value>'],
    ['blanks around the text', '<c:value unit=" Amp "> 1\n</c:value>'],
  ])('with %s', (_, value) => {
    const message = read('1.5', meter(value));
    expect(readingsOf(message)).toEqual([{ value: '1', unit: 'A' }]);
    expect(message.anomalies).toEqual([]);
  });

  test('signed data is not touched, and text with markup is decoded', () => {
    const value = '<c:value format="SignedData"> 00&amp;ff\n</c:value>';
    expect(readingsOf(read('1.5', meter(value)))).toEqual([{ value: ' 00&ff\n', format: 'SignedData' }]);
  });

  test('elements where the reading stands are refused', () => {
    expect(() => read('1.5', meter('<c:value><c:value>1</c:value></c:value>'))).toThrow(
      'values[0].value[0]: elements where text is expected',
    );
  });

  test('an attribute that 1.5 does not have is dropped, and noted', () => {
    const message = read('1.5', meter('<c:value phase="L1">1</c:value>'));
    expect(readingsOf(message)).toEqual([{ value: '1' }]);
    expect(message.anomalies).toEqual([
      { kind: 'unknownElement', path: ['meterValue', 0, 'sampledValue', 0, 'phase'], text: 'L1' },
    ]);
  });

  test.each([
    ['unit', 'Percent', 'Percent'],
    ['unit', 'a', 'A'],
    ['unit', 'V', 'V'],
    ['unit', 'Celcius', 'Celsius'],
    ['unit', 'C', 'Celsius'],
    ['measurand', 'SoC', 'SoC'],
    ['measurand', 'current.offered', 'Current.Offered'],
    ['context', 'Trigger', 'Trigger'],
    ['location', 'EV', 'EV'],
  ])('%s %s of 1.6 is taken', (attribute, text, value) => {
    const message = read('1.5', meter(`<c:value>0</c:value><c:value ${attribute}="${text}">1</c:value>`));
    expect(readingsOf(message)).toEqual([{ value: '0' }, { value: '1', [attribute]: value }]);
    const kinds = message.anomalies.map(({ kind }) => kind);
    expect(kinds).toEqual(text === 'Celcius' ? [] : ['laterVersion']);
  });

  test('a value of nobody stays, with its place in 1.6', () => {
    const message = read('1.5', meter('<c:value>0</c:value><c:value unit="Furlong">1</c:value>'));
    expect(readingsOf(message)).toEqual([{ value: '0' }, { value: '1', unit: 'Furlong' }]);
    expect(message.anomalies).toEqual([
      { kind: 'unknownEnum', path: ['meterValue', 0, 'sampledValue', 1, 'unit'], text: 'Furlong' },
    ]);
  });

  test('in a StopTransaction the lists become one, and what is odd keeps its place', () => {
    const value = (text: string, time = '2024-03-01T09:15:00Z') =>
      `<c:values><c:timestamp>${time}</c:timestamp><c:value unit="${text}">1</c:value></c:values>`;
    const data = (...values: readonly string[]) => `<c:transactionData>${values.join('')}</c:transactionData>`;
    const message = read(
      '1.5',
      '<c:stopTransactionRequest><c:transactionId>1</c:transactionId><c:timestamp>2024-03-01T09:15:00Z</c:timestamp><c:meterStop>2</c:meterStop>' +
        `${data(value('Wh'), value('Wh'))}${data()}${data(value('Wh'), value('Ell', '2024-03-01T09:15:00'))}</c:stopTransactionRequest>`,
    );
    expect(message.payload['transactionData']).toHaveLength(4);
    expect(message.anomalies).toEqual([
      { kind: 'timeWithoutZone', path: ['transactionData', 3, 'timestamp'], text: '2024-03-01T09:15:00' },
      { kind: 'unknownEnum', path: ['transactionData', 3, 'sampledValue', 0, 'unit'], text: 'Ell' },
    ]);
  });
});

test('a meter value of 1.2 with a fraction is rounded, as a meter reading is', () => {
  const message = read('1.2', meter('<c:value>182340.6</c:value>'));
  expect(readingsOf(message)).toEqual([{ value: '182341', measurand: 'Energy.Active.Import.Register', unit: 'Wh' }]);
  expect(message.anomalies).toMatchObject([{ kind: 'decimalForInteger', text: '182340.6' }]);
});

describe('statuses and errors', () => {
  const fields = (state: string, error: string) =>
    status(`<c:connectorId>1</c:connectorId><c:status>${state}</c:status><c:errorCode>${error}</c:errorCode>`);

  test.each([
    ['1.5', 'Charging', 'EVCommunicationError'],
    ['1.2', 'Reserved', 'GroundFailure'],
  ] as const)('%s with words of a later version: they are taken', (ocpp, state, error) => {
    const message = read(ocpp, fields(state, error.toLowerCase()));
    expect(message.payload).toEqual({ connectorId: 1, status: state, errorCode: error });
    expect(message.anomalies.map(({ kind }) => kind)).toEqual(['laterVersion', 'laterVersion']);
    expect(gapsOf(message)).toEqual([]);
  });

  test('names of Object.prototype are words like any other', () => {
    const message = read('1.5', fields('constructor', '__proto__'));
    expect(message.payload).toMatchObject({ status: 'constructor', errorCode: '__proto__' });
    expect(message.anomalies.map(({ kind }) => kind)).toEqual(['unknownEnum', 'unknownEnum']);
  });
});

describe('texts that are longer than 1.6 allows', () => {
  test('are cut to its length, in characters, and kept whole in the anomaly', () => {
    const info = '😀'.repeat(51);
    const message = read(
      '1.5',
      status(
        `<c:connectorId>1</c:connectorId><c:status>Faulted</c:status><c:errorCode>OtherError</c:errorCode><c:info>${info}</c:info>`,
      ),
    );
    expect(message.payload['info']).toBe('😀'.repeat(50));
    expect(message.anomalies).toEqual([{ kind: 'shortened', path: ['info'], text: info }]);
  });

  test('identifiers are not cut: half of one is another', () => {
    const idTag = 'A'.repeat(21);
    const message = read('1.2', `<c:authorizeRequest><c:idTag>${idTag}</c:idTag></c:authorizeRequest>`);
    expect(message.payload).toEqual({ idTag });
    expect(message.anomalies).toEqual([{ kind: 'tooLong', path: ['idTag'], text: idTag }]);
  });

  test('in lists too', () => {
    const conf = read(
      '1.5',
      `<p:getConfigurationResponse><p:configurationKey><p:key>k</p:key><p:readonly>1</p:readonly><p:value>${'v'.repeat(501)}</p:value></p:configurationKey></p:getConfigurationResponse>`,
    );
    expect(conf.payload['configurationKey']).toEqual([{ key: 'k', readonly: true, value: 'v'.repeat(500) }]);
    expect(conf.anomalies).toMatchObject([{ kind: 'shortened', path: ['configurationKey', 0, 'value'] }]);
  });
});

test('a configuration tells how the charger spells its keys', () => {
  const key = (name: string) =>
    `<p:configurationKey><p:key>${name}</p:key><p:readonly>false</p:readonly></p:configurationKey>`;
  const conf = read(
    '1.5',
    `<p:getConfigurationResponse>${key('heartbeatinterval')}${key('meterValueSampleInterval')}</p:getConfigurationResponse>`,
  );
  expect(conf.payload['configurationKey']).toMatchObject([
    { key: 'HeartbeatInterval' },
    { key: 'meterValueSampleInterval' },
  ]);
  expect(conf).toMatchObject({ keySpellings: ['heartbeatinterval', 'meterValueSampleInterval'] });
});
