import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Charger, type ChargerSettings, startCharger } from '../../src/demo/charger.ts';
import { noQuirks, type Quirks } from '../../src/demo/charger/quirks.ts';
import { ocpp16 } from '../../src/demo/charger/generations/ocpp-1.6.ts';
import { loadOcppServices, type OcppServices } from '../../src/demo/charger/services.ts';
import { soapSpeech } from '../../src/demo/charger/soap-line.ts';
import { naturalKey } from '../../src/demo/natural-key.ts';
import type { Payload } from '../../src/demo/payload.ts';
import { wsdlFolder } from '../support/wsdl-files.ts';
import { type Answer, SoapCentralSystem } from './soap-central-system.ts';

/** The demo's charger against a central system on the `soap` package's listener: nothing of the gateway takes part. */
let services: OcppServices;
let central: SoapCentralSystem;
let charger: Charger;

beforeAll(async () => {
  services = await loadOcppServices(`${wsdlFolder}/1.6`);
});

beforeEach(async () => {
  central = new SoapCentralSystem(accepting());
  await central.start();
});

afterEach(async () => {
  await charger.close();
  await central.kill();
});

/** A central system that says yes, with transaction ids from 41 up, except for what `others` says. */
function accepting(others: Readonly<Record<string, (payload: Payload) => Answer>> = {}) {
  let transactionId = 40;
  const idTagInfo = { status: 'Accepted' };
  const currentTime = '2026-03-01T10:00:00Z';
  const answers: typeof others = {
    BootNotification: () => ({ status: 'Accepted', currentTime, interval: 300 }),
    Heartbeat: () => ({ currentTime }),
    Authorize: () => ({ idTagInfo }),
    StartTransaction: () => {
      transactionId += 1;
      return { transactionId, idTagInfo };
    },
    ...others,
  };
  return (action: string, payload: Payload): Answer => answers[action]?.(payload) ?? {};
}

async function plug(quirks: Partial<Quirks> = {}, settings: Partial<ChargerSettings> = {}): Promise<void> {
  charger = await startCharger({
    identity: 'BOX <7>',
    speech: soapSpeech(ocpp16, { centralSystemUrl: central.url, services }),
    quirks: { ...noQuirks, ...quirks },
    model: 'Wallbox',
    connectors: 2,
    maxA: 16,
    retry: { pauseMs: () => 20, faultAttempts: 3 },
    sampleIntervalMs: 0,
    maxIntervalMs: 20,
    deadlineMs: 2000,
    energySpeed: 60,
    onPower: () => undefined,
    ...settings,
  });
}

async function runSession(): Promise<void> {
  await charger.booted();
  expect(await charger.plugIn(1, 'FLEET-1')).toBe(true);
  charger.sample(1);
  charger.unplug(1);
  await charger.drained();
}

const transactionActions = () =>
  central.heard.map(({ action }) => action).filter((action) => /Transaction|MeterValues/.test(action));

describe('the charger of the demo', () => {
  test('sends WS-Addressing with its own URL in From, in SOAP 1.2 (OCPP-S 1.6 §3)', async () => {
    await plug();
    await charger.booted();
    const [boot] = central.of('BootNotification');
    expect(boot?.header('chargeBoxIdentity')).toBe('BOX <7>');
    expect(boot?.header('Action')).toBe('/BootNotification');
    expect(boot?.header('MessageID')).toMatch(/^urn:uuid:/);
    expect(boot?.header('To')).toBe(central.url);
    expect(boot?.from).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
    expect(boot?.http['content-type']).toContain('application/soap+xml');
    expect(boot?.http['content-length']).toBeDefined();
  });

  test('boots until it is accepted, and says nothing else before (OCPP 1.6 §4.2)', async () => {
    const statuses = ['Pending', 'Rejected', 'Accepted'];
    const currentTime = '2026-03-01T10:00:00Z';
    central.answer = accepting({
      BootNotification: () => ({ status: statuses.shift() ?? 'Accepted', currentTime, interval: 0 }),
    });
    await plug();
    await charger.booted();
    expect(central.heard.map(({ action }) => action)).toEqual(Array.from({ length: 3 }, () => 'BootNotification'));
  });

  test('tells the status of each connector, and beats', async () => {
    await plug();
    await central.changes.until(() => central.of('Heartbeat').length > 1, 5000);
    await central.changes.until(() => central.of('StatusNotification').length >= 3, 5000);
    const told = central.of('StatusNotification').map(({ payload }) => [payload['connectorId'], payload['status']]);
    expect(told).toEqual([
      [0, 'Available'],
      [1, 'Available'],
      [2, 'Available'],
    ]);
    expect(central.of('Heartbeat').length).toBeGreaterThan(1);
  });

  test('runs a session: Authorize, StartTransaction, MeterValues of 2 KB, StopTransaction with transactionData', async () => {
    await plug();
    await runSession();
    expect(transactionActions()).toEqual(['StartTransaction', 'MeterValues', 'StopTransaction']);
    const [meter] = central.of('MeterValues');
    expect(meter?.payload['transactionId']).toBe(41);
    expect(meter?.xml.length).toBeGreaterThan(1800);
    const [stop] = central.of('StopTransaction');
    expect(stop?.payload).toMatchObject({ transactionId: 41, idTag: 'FLEET-1', reason: 'Local' });
    expect(stop?.payload['transactionData']).toHaveLength(2);
    expect(charger.acknowledged.map(({ key }) => key.split('|')[0])).toEqual([
      'StartTransaction',
      'MeterValues',
      'StopTransaction',
    ]);
  });

  test('does not charge when the card is refused', async () => {
    central.answer = accepting({ Authorize: () => ({ idTagInfo: { status: 'Invalid' } }) });
    await plug();
    await charger.booted();
    expect(await charger.plugIn(1, 'THIEF')).toBe(false);
    expect(charger.display().connectors[0]?.status).toBe('Available');
  });

  test('ends a transaction that StartTransaction.conf refuses (StopTransactionOnInvalidId)', async () => {
    const idTagInfo = { status: 'Blocked' };
    central.answer = accepting({ StartTransaction: () => ({ transactionId: 9, idTagInfo }) });
    await plug();
    await charger.booted();
    await charger.plugIn(1, 'THIEF');
    await charger.drained();
    expect(central.of('StopTransaction')[0]?.payload).toMatchObject({ transactionId: 9, reason: 'DeAuthorized' });
  });

  test('sends a message again with a new MessageID when the connection dies before the answer', async () => {
    let cuts = 2;
    central.answer = accepting({
      StopTransaction: () => {
        cuts -= 1;
        return cuts < 0 ? {} : 'cut';
      },
    });
    await plug();
    await runSession();
    const stops = central.of('StopTransaction');
    expect(stops).toHaveLength(3);
    expect(new Set(stops.map(({ payload }) => naturalKey('StopTransaction', payload))).size).toBe(1);
    expect(new Set(stops.map(({ header }) => header('MessageID'))).size).toBe(3);
    expect(charger.acknowledged).toHaveLength(3);
    expect(charger.retries).toBe(2);
  });

  test('keeps what it must tell while the central system is gone, and tells it in order when it is back', async () => {
    await plug();
    await charger.booted();
    await charger.plugIn(1, 'FLEET-1');
    await charger.drained();
    await central.kill();
    charger.sample(1);
    charger.unplug(1);
    charger.begin(2, 'FLEET-1');
    await vi.waitFor(() => expect(charger.retries).toBeGreaterThan(1), { timeout: 10_000 });
    expect(charger.display().waiting).toBe(3);
    await central.start();
    await charger.drained();
    expect(transactionActions()).toEqual(['StartTransaction', 'MeterValues', 'StopTransaction', 'StartTransaction']);
    expect(charger.acknowledged).toHaveLength(4);
  });

  test('gives a message up after three faults, and tells that', async () => {
    central.answer = accepting({ MeterValues: () => 'fault' });
    await plug();
    await runSession();
    expect(central.of('MeterValues')).toHaveLength(3);
    expect([charger.givenUp, charger.acknowledged.length]).toEqual([1, 2]);
  });

  test('boots again after a reset, with its transactions ended', async () => {
    await plug();
    await charger.booted();
    await charger.plugIn(1, 'FLEET-1');
    await charger.drained();
    charger.restart('HardReset');
    expect(await central.changes.until(() => central.of('BootNotification').length === 2, 5000)).toBe(true);
    await charger.drained();
    expect(central.of('StopTransaction')[0]?.payload['reason']).toBe('HardReset');
  });
});

describe('the quirks of the demo chargers', () => {
  test('a constant MessageID', async () => {
    await plug({ constantMessageId: true });
    await runSession();
    expect(new Set(central.heard.map(({ header }) => header('MessageID'))).size).toBe(1);
  });

  test('the envelope prefix of gSOAP', async () => {
    await plug({ envelopePrefix: 'SOAP-ENV' });
    await runSession();
    expect(central.of('StopTransaction')[0]?.xml).toContain('<SOAP-ENV:Envelope');
  });

  test('no From', async () => {
    await plug({ addressing: 'noFrom' });
    await runSession();
    expect([central.heard[0]?.from, central.heard[0]?.header('Action')]).toEqual([undefined, '/BootNotification']);
  });

  test('no WS-Addressing at all', async () => {
    await plug({ addressing: 'none' });
    await runSession();
    expect(central.heard[0]?.header('Action')).toBeUndefined();
    expect(central.heard[0]?.header('chargeBoxIdentity')).toBe('BOX <7>');
  });

  test('times with the offset of a local clock', async () => {
    await plug({ times: 'offset' });
    await runSession();
    expect(central.of('StopTransaction')[0]?.xml).toMatch(/timestamp>[^<]+\+02:00</);
    const [start] = central.of('StartTransaction');
    expect(charger.acknowledged[0]?.key).toBe(naturalKey('StartTransaction', start?.payload ?? {}));
  });

  test('no transactionData', async () => {
    await plug({ transactionData: false });
    await runSession();
    expect(central.of('StopTransaction')[0]?.payload).not.toHaveProperty('transactionData');
  });
});
