import { type Client, createClientAsync } from 'soap';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { headersXml } from '../../src/demo/charger/addressing.ts';
import { fromSoap } from '../../src/demo/charger/from-soap.ts';
import { ocpp12 } from '../../src/demo/charger/generations/ocpp-1.2.ts';
import { ocpp15 } from '../../src/demo/charger/generations/ocpp-1.5.ts';
import { loadOcppServices, type OcppServices } from '../../src/demo/charger/services.ts';
import { soapSpeech } from '../../src/demo/charger/soap-line.ts';
import { type Charger, startCharger } from '../../src/demo/charger.ts';
import { settingsOf } from '../../src/demo/fleet.ts';
import { isTransactionAction, naturalKey } from '../../src/demo/natural-key.ts';
import type { Payload } from '../../src/demo/payload.ts';
import { ownFilesOf, wsdlFolder } from '../support/wsdl-files.ts';
import { soap } from '../unit/ocpp-s/envelopes.ts';
import { validateBody } from '../unit/ocpp-s/schema-oracle.ts';
import { type Answer, SoapCentralSystem } from './soap-central-system.ts';

/** The demo's chargers of OCPP 1.5 and 1.2 against central systems of their version on the `soap` package. */
const idTagInfo = { status: 'Accepted' };
const answers: Readonly<Record<string, Answer>> = {
  BootNotification: { status: 'Accepted', currentTime: '2026-03-01T10:00:00Z', heartbeatInterval: 300 },
  Authorize: { idTagInfo },
  StartTransaction: { transactionId: 41, idTagInfo },
  Heartbeat: { currentTime: '2026-03-01T10:00:00Z' },
};

const generations = { '1.5': ocpp15, '1.2': ocpp12 } as const;
type Older = keyof typeof generations;

let services: Readonly<Record<Older, OcppServices>>;
let central: SoapCentralSystem;
let charger: Charger;
let client: Client;

async function plug(ocpp: Older): Promise<void> {
  central = new SoapCentralSystem((action) => answers[action] ?? {}, ocpp);
  await central.start();
  const speech = soapSpeech(generations[ocpp], { centralSystemUrl: central.url, services: services[ocpp] });
  const settings = settingsOf({ model: 'Post', quirks: {}, connectors: 1 }, speech, 'OLD', 1);
  charger = await startCharger({ ...settings, sampleIntervalMs: 0 });
  await charger.booted();
  const endpoint = central.of('BootNotification')[0]?.from ?? '';
  client = await createClientAsync(ownFilesOf[ocpp].chargePoint, { forceSoap12Headers: true, endpoint });
  const namespace = `urn://Ocpp/Cp/${{ '1.5': '2012/06', '1.2': '2010/08' }[ocpp]}/`;
  client.addSoapHeader(headersXml({ namespace, identity: 'OLD-01', messageId: 'urn:uuid:1' }));
}

/** One remote command; libxml2 holds the schema of the version against the answer. */
async function call(ocpp: Older, action: string, payload: Payload): Promise<Payload> {
  const [result, xml] = (await client[`${action}Async`](payload)) as [unknown, string];
  validateBody('ChargePoint', bodyOf(xml), ocpp);
  return fromSoap(result);
}

/** The body under the prefix that the oracle looks for; the package declares the namespace of its elements on them. */
function bodyOf(xml: string): string {
  return `<env:Body>${/<(\w+):Body>([\s\S]*)<\/\1:Body>/.exec(xml)?.[2] ?? ''}</env:Body>`;
}

const statuses = () =>
  central.of('StatusNotification').flatMap(({ payload }) => (payload['connectorId'] === 1 ? [payload['status']] : []));

async function runSession(): Promise<void> {
  expect(await central.changes.until(() => statuses().length === 1, 5000)).toBe(true);
  expect(await charger.plugIn(1, 'FLEET-1')).toBe(true);
  charger.sample(1);
  charger.unplug(1);
  await charger.drained();
  expect(await central.changes.until(() => statuses().length > 1 && statuses().at(-1) === 'Available', 5000)).toBe(
    true,
  );
}

const said = (action: string) => central.of(action)[0]?.payload;

beforeAll(async () => {
  const load = (ocpp: Older) => loadOcppServices(`${wsdlFolder}/${ocpp}`);
  services = { '1.5': await load('1.5'), '1.2': await load('1.2') };
});

afterEach(async () => {
  await charger.close();
  await central.kill();
});

describe.each(['1.5', '1.2'] as const)('a demo charger of OCPP %s', (ocpp) => {
  beforeEach(() => plug(ocpp));

  test('says nothing that its schema has not', async () => {
    await runSession();
    for (const { xml } of central.heard) validateBody('CentralSystem', bodyOf(xml), ocpp);
    expect(new Set(central.heard.map(({ action }) => action))).toEqual(
      new Set([
        'BootNotification',
        'StatusNotification',
        'Authorize',
        'StartTransaction',
        'MeterValues',
        'StopTransaction',
      ]),
    );
  });

  test('is acknowledged each transaction message under the key that it has when it is in the words of 1.6', async () => {
    await runSession();
    const heard = central.heard.flatMap(({ action, xml }) => {
      const message = soap.decode(xml, { service: 'CentralSystem' });
      if (!isTransactionAction(action) || message.kind !== 'request') return [];
      return [naturalKey(action, message.payload)];
    });
    expect(charger.acknowledged.map(({ key }) => key)).toEqual(heard);
    expect(heard).toHaveLength(3);
  });

  test('is Occupied from plug to plug, and says so once', async () => {
    await runSession();
    expect(statuses()).toEqual(['Available', 'Occupied', 'Available']);
  });

  test('tells the end of a transfer, and nothing before', async () => {
    await call(ocpp, 'UpdateFirmware', {
      retrieveDate: '2026-03-01T10:00:00Z',
      location: 'ftp://127.0.0.1:1/y',
      retries: 0,
    });
    await central.changes.until(() => central.of('FirmwareStatusNotification').length > 0, 5000);
    expect(central.of('FirmwareStatusNotification').map(({ payload }) => payload['status'])).toEqual([
      'DownloadFailed',
    ]);
  });

  test('takes its largest current from the key of its maker, which pauses it below 6 A', async () => {
    await charger.plugIn(1, 'FLEET-1');
    const change = (value: string) => call(ocpp, 'ChangeConfiguration', { key: 'OldIron-MaxCurrent1', value });
    const power = () => charger.display().connectors[0]?.powerW;
    expect(power()).toBe(11_040);
    expect(await change('8')).toEqual({ status: 'Accepted' });
    expect(power()).toBe(5520);
    expect(await change('0')).toEqual({ status: 'Accepted' });
    expect(power()).toBe(0);
    for (const value of ['17', '-1', '8.5', 'much']) expect(await change(value)).toEqual({ status: 'Rejected' });
  });

  test('unlocks with yes or no', async () => {
    expect(await call(ocpp, 'UnlockConnector', { connectorId: 1 })).toEqual({ status: 'Accepted' });
    expect(await call(ocpp, 'UnlockConnector', { connectorId: 5 })).toEqual({ status: 'Rejected' });
  });
});

test('a 1.5 charger writes readings as text with attributes, without phases, and gives no reason', async () => {
  await plug('1.5');
  await runSession();
  const [, xml = ''] = /<values>([\s\S]*)<\/values>/.exec(central.of('MeterValues')[0]?.xml ?? '') ?? [];
  expect(xml.match(/measurand="[^"]+"/g)).toEqual([
    'measurand="Energy.Active.Import.Register"',
    'measurand="Power.Active.Import"',
    'measurand="Current.Import"',
    'measurand="Voltage"',
    'measurand="Temperature"',
  ]);
  expect(xml).toMatch(/unit="Amp"[^>]*>16\.0</);
  expect(xml).not.toContain('phase');
  expect(said('StopTransaction')).toMatchObject({ transactionId: 41, idTag: 'FLEET-1' });
  expect(said('StopTransaction')).not.toHaveProperty('reason');
  expect(said('StopTransaction')).toHaveProperty('transactionData');
});

test('a 1.5 charger takes reservations, and keeps the version of its list', async () => {
  await plug('1.5');
  const reservation = { connectorId: 1, expiryDate: '2099-01-01T00:00:00Z', idTag: 'FLEET-1', reservationId: 7 };
  expect(await call('1.5', 'ReserveNow', reservation)).toEqual({ status: 'Accepted' });
  expect(charger.display().connectors[0]?.status).toBe('Reserved');
  expect(await call('1.5', 'SendLocalList', { updateType: 'Full', listVersion: 3 })).toEqual({ status: 'Accepted' });
  expect(await call('1.5', 'GetLocalListVersion', {})).toEqual({ listVersion: 3 });
  expect(await call('1.5', 'GetConfiguration', { key: ['OldIron-MaxCurrent1'] })).toMatchObject({
    configurationKey: [{ key: 'OldIron-MaxCurrent1', value: '16' }],
  });
});

test('a 1.2 charger tells the register and nothing else, of a connector and not of a transaction', async () => {
  await plug('1.2');
  await runSession();
  expect(Object.keys(said('MeterValues') ?? {})).toEqual(['connectorId', 'values']);
  expect(said('MeterValues')?.['values']).toMatchObject([{ value: expect.any(Number) }]);
  expect(Object.keys(said('StopTransaction') ?? {}).toSorted()).toEqual([
    'idTag',
    'meterStop',
    'timestamp',
    'transactionId',
  ]);
  expect(said('StatusNotification')).not.toHaveProperty('timestamp');
});
