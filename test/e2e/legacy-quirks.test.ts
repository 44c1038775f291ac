import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { QuirkStage } from '../support/quirk-stage.ts';
import { bootFields, type RawCharger } from '../support/raw-charger.ts';

/* What chargers of OCPP 1.5 and 1.2 write in the field, byte for byte, and what they are answered. */

const stage = new QuirkStage({ config: { chargerDefaults: { repair: ['vendorEnums'] } } });
beforeAll(() => stage.set());
afterAll(() => stage.strike());

const namespaces = { '1.5': 'urn://Ocpp/Cs/2012/06/', '1.2': 'urn://Ocpp/Cs/2010/08/' };
const time = '2026-03-01T12:00:00Z';
let count = 0;

async function booted(namespace: string): Promise<RawCharger> {
  count += 1;
  const charger = await stage.charger(`OLD-${count}`);
  await charger.say('bootNotificationRequest', bootFields, { namespace, headers: charger.from() });
  return charger;
}

/** The body of an answer without prefixes. */
const bodyOf = (xml: string) => (/<env:Body>(.*)<\/env:Body>/.exec(xml)?.[1] ?? '').replaceAll('cs:', '');

describe.each(['1.5', '1.2'] as const)('a charger of OCPP %s', (version) => {
  const namespace = namespaces[version];

  test('is answered in its own namespace, as it spelled it, and with the interval under its old name', async () => {
    const charger = await stage.charger(`SPELLS-${version}`);
    const spelled = namespace.slice(0, -1).toUpperCase().replace('URN', 'urn');
    const answer = await charger.say('bootNotificationRequest', bootFields, { namespace: spelled });
    expect(answer).toContain(`xmlns:cs="${spelled}"`);
    expect(bodyOf(answer)).toBe(
      `<bootNotificationResponse><status>Accepted</status><currentTime>${time}</currentTime><heartbeatInterval>3600</heartbeatInterval></bootNotificationResponse>`,
    );
  });

  test('that writes SOAP 1.1 is answered in SOAP 1.1', async () => {
    const charger = await booted(namespace);
    const answer = await charger.say('heartbeatRequest', '', { namespace, soap: '1.1' });
    expect(answer).toContain('xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"');
  });

  test('that calls itself by the namespace of the charge point is heard', async () => {
    const charger = await booted(namespace);
    const body = await charger.say('heartbeatRequest', '', { namespace: namespace.replace('Cs', 'Cp') });
    expect(bodyOf(body)).toMatch(/^<heartbeatResponse><currentTime>/);
  });

  test('gets a fault for an operation that its version does not have, whatever 1.6 has', async () => {
    const charger = await booted(namespace);
    const element = version === '1.5' ? 'getLogRequest' : 'dataTransferRequest';
    const answer = await charger.post({ body: charger.envelope(element, '<c:vendorId>V</c:vendorId>', { namespace }) });
    expect(answer?.status).toBe(500);
    expect(answer?.body.toString()).toContain(`xmlns:cs="${namespace}"`);
    expect(answer?.body.toString()).toContain('<env:Value>cs:NotSupported</env:Value>');
  });

  test('is called without mustUnderstand, in its own namespace and with its own words', async () => {
    const charger = await booted(namespace);
    charger.answer = () => ({
      body:
        '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope"><SOAP-ENV:Body>' +
        `<o:unlockConnectorResponse xmlns:o="${namespace.replace('Cs', 'Cp')}"><o:status>Accepted</o:status></o:unlockConnectorResponse>` +
        '</SOAP-ENV:Body></SOAP-ENV:Envelope>',
    });
    expect(await stage.csms.call(charger.identity, 'UnlockConnector', { connectorId: 1 })).toEqual({
      status: 'Unlocked',
    });
    const [asked] = charger.asked;
    expect(asked?.body).not.toContain('mustUnderstand');
    expect(asked?.body).toContain(`xmlns:cp="${namespace.replace('Cs', 'Cp')}"`);
    expect(asked?.headers['content-type']).toContain('action="/UnlockConnector"');
  });

  test('may say a status of 1.6 without harm', async () => {
    const charger = await booted(namespace);
    const fields = '<c:connectorId>1</c:connectorId><c:status>Charging</c:status><c:errorCode>NoError</c:errorCode>';
    await charger.say('statusNotificationRequest', fields, { namespace });
    expect(await stage.heard(charger.identity, 'StatusNotification')).toEqual([
      { connectorId: 1, status: 'Charging', errorCode: 'NoError' },
    ]);
  });
});

describe('meter values of OCPP 1.5', () => {
  const namespace = namespaces['1.5'];
  const meter = (values: string) => `<c:connectorId>1</c:connectorId>${values}`;
  const at = (value: string, timestamp = time) =>
    `<c:values><c:timestamp>${timestamp}</c:timestamp>${value}</c:values>`;

  test('one value, many values, with attributes and without, in one message', async () => {
    const charger = await booted(namespace);
    const values =
      at('<c:value>1</c:value>') + at('<c:value unit="Volt" measurand="Voltage">230</c:value><c:value>2</c:value>');
    await charger.say('meterValuesRequest', meter(values), { namespace });
    expect(await stage.heard(charger.identity, 'MeterValues')).toEqual([
      {
        connectorId: 1,
        meterValue: [
          { timestamp: time, sampledValue: [{ value: '1' }] },
          { timestamp: time, sampledValue: [{ value: '230', measurand: 'Voltage', unit: 'V' }, { value: '2' }] },
        ],
      },
    ]);
  });

  test('a unit and a measurand of the maker, and a time without zone, are repaired as those of 1.6', async () => {
    const charger = await booted(namespace);
    const values = at(
      '<c:value unit="Amperes" measurand="Current.Import">9</c:value><c:value measurand="acme.Fan">1</c:value>',
      '2026-03-01T12:00:00',
    );
    await charger.say('meterValuesRequest', meter(values), { namespace });
    expect(await stage.heard(charger.identity, 'MeterValues')).toEqual([
      {
        connectorId: 1,
        meterValue: [{ timestamp: time, sampledValue: [{ value: '9', measurand: 'Current.Import', unit: 'A' }] }],
      },
    ]);
  });

  test('no value at all is answered, and nothing is passed on', async () => {
    const charger = await booted(namespace);
    expect(bodyOf(await charger.say('meterValuesRequest', meter(''), { namespace }))).toBe('<meterValuesResponse/>');
  });
});

test('nothing that reached the CSMS breaks a schema', () => {
  expect(stage.csms.violations).toEqual([]);
  expect(stage.edge.logged.filter(({ level }) => level === 'error')).toEqual([]);
});
