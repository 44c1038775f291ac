import { describe, expect, test } from 'vitest';
import { registrationWords, statusWords15 } from '../../../../src/ocpp-s/dialects/words.ts';
import type * as Ocpp15 from '../../../../src/ocpp-s/dialects/messages-1.5.generated.ts';
import { soap } from '../envelopes.ts';

/** What calls and answers of ours look like in OCPP 1.5 and 1.2, beside what the golden vectors hold. */
type Payload = Readonly<Record<string, unknown>>;

function call(ocpp: '1.5' | '1.2', action: string, payload: Payload, spellings: readonly string[] = []): string {
  const xml = soap.encodeRequest({
    ocpp,
    service: 'ChargePoint',
    action,
    payload,
    messageId: 'urn:uuid:1',
    mustUnderstand: true,
    keySpellings: new Map(spellings.map((key) => [key.toLowerCase(), key])),
  });
  return /<env:Body>(.*)<\/env:Body>/.exec(xml)?.[1]?.replaceAll('cp:', '') ?? '';
}

test('the compiler keeps the words of 1.6 out of the tables of 1.5', () => {
  // @ts-expect-error -- OCPP 1.5 does not know it
  const pending: Ocpp15.RegistrationStatus = 'Pending';
  // @ts-expect-error -- a value of 1.6 without a word
  const incomplete: typeof statusWords15 = { Available: 'Available' };
  expect(Object.values(registrationWords)).not.toContain(pending);
  expect(Object.keys(statusWords15).length).toBeGreaterThan(Object.keys(incomplete).length);
});

test('mustUnderstand is for 1.6 only: older chargers choke on it', () => {
  const about = {
    service: 'ChargePoint',
    action: 'ClearCache',
    payload: {},
    messageId: 'm',
    mustUnderstand: true,
  } as const;
  expect(soap.encodeRequest({ ...about, ocpp: '1.5', identity: 'A' })).not.toContain('mustUnderstand');
  expect(soap.encodeRequest({ ...about, ocpp: '1.2', identity: 'A' })).not.toContain('mustUnderstand');
});

describe.each(['1.5', '1.2'] as const)('%s', (ocpp) => {
  test('a remote start without the profile, which is kept here', () => {
    const payload = { connectorId: 1, idTag: 'A', chargingProfile: { chargingProfileId: 1 } };
    expect(call(ocpp, 'RemoteStartTransaction', payload)).toBe(
      '<remoteStartTransactionRequest><idTag>A</idTag><connectorId>1</connectorId></remoteStartTransactionRequest>',
    );
  });

  test.each([
    ['HeartbeatInterval', [], 'HeartBeatInterval'],
    ['heartbeatinterval', [], 'HeartBeatInterval'],
    ['HeartbeatInterval', ['HeartbeatInterval'], 'HeartbeatInterval'],
    ['MeterValueSampleInterval', ['metervaluesampleinterval'], 'metervaluesampleinterval'],
    ['BlinkRepeat', ['Other'], 'BlinkRepeat'],
  ])('the key %s to a charger that spells %j is %s', (key, spellings, written) => {
    expect(call(ocpp, 'ChangeConfiguration', { key, value: '1' }, spellings)).toContain(`<key>${written}</key>`);
  });
});

describe('lists of measurands for a charger of 1.5', () => {
  test.each([
    ['SoC,Voltage, Current.Import', 'Voltage, Current.Import'],
    ['Energy.Active.Import.Register', 'Energy.Active.Import.Register'],
    ['Voltage,acme.Temperature2', 'Voltage,acme.Temperature2'],
    ['', ''],
  ])('"%s" is written as "%s"', (value, written) => {
    expect(call('1.5', 'ChangeConfiguration', { key: 'MeterValuesSampledData', value })).toContain(
      `<value>${written}</value>`,
    );
  });

  test('one of which nothing would be left is refused: an empty list switches the readings off', () => {
    const change = { key: 'stoptxnsampleddata', value: 'SoC,RPM' };
    expect(() => call('1.5', 'ChangeConfiguration', change)).toThrow(
      'value: none of these measurands is one of OCPP 1.5',
    );
  });

  test('other keys may hold any words', () => {
    expect(call('1.5', 'ChangeConfiguration', { key: 'vendor', value: 'SoC' })).toContain('<value>SoC</value>');
  });
});

describe('meter values of 1.6 that a charger of 1.2 would send', () => {
  const meterValues = (...sampledValue: readonly Payload[]) => {
    const payload = { connectorId: 1, meterValue: [{ timestamp: '2024-03-01T09:15:00Z', sampledValue }] };
    return soap.encodeRequest({
      ocpp: '1.2',
      service: 'CentralSystem',
      action: 'MeterValues',
      payload,
      messageId: 'm',
      mustUnderstand: false,
    });
  };

  test('the energy register alone', () => {
    const values = [{ value: '61', measurand: 'SoC', unit: 'Percent' }, { value: '183000' }];
    expect(meterValues(...values)).toContain('<cs:value>183000</cs:value>');
  });

  test.each([[{ value: '1', unit: 'kWh' }], [{ value: '1.5' }], [{ value: 'ff', format: 'SignedData' }]])(
    '%j is refused',
    (value) => {
      expect(() => meterValues(value)).toThrow('OCPP 1.2 has the energy register in whole Wh only');
    },
  );
});
