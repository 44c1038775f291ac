import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Payload } from '../../src/gateway/ports.ts';
import { openListener } from '../support/edge.ts';
import { answerTo } from '../support/raw-charger.ts';
import { QuirkStage } from '../support/quirk-stage.ts';
import { callError } from '../support/rpc-csms.ts';

/*
 * Quirks of real chargers and of their SOAP stacks, 17 to 36: what they say, when, and how HTTP carries it. Each is
 * served by the gateway as a whole, or switched on for the charger that needs it.
 */

const stage = new QuirkStage({
  config: {
    soap: { ...openListener, callDeadlineS: 2 },
    outbox: { attempts: 1 },
    chargers: {
      Q20: { repair: ['vendorEnums'] },
      Q21: { repair: ['vendorEnums'] },
      Q24: { repair: ['transactionId'] },
      Q26: { timezone: 'Europe/Berlin' },
      Q36: { acceptBeforeBoot: true },
    },
  },
});

beforeAll(() => stage.set());
afterAll(() => stage.strike());
afterEach(() => {
  stage.oblige();
  expect(stage.csms.violations).toEqual([]);
});

test('quirk 17: a login page instead of SOAP is a ProtocolError; its head is in the log', async () => {
  const charger = await stage.booted('Q17');
  const page = '<html><head><title>Please log in</title></head><body/></html>';
  const answer = await charger.post({ body: page });
  expect([answer?.status, String(answer?.body)]).toEqual([400, expect.stringContaining(':ProtocolError<')]);
  const heads = stage.edge.logged.filter(({ event }) => event === 'soap request unreadable');
  expect(heads.at(-1)).toMatchObject({ level: 'debug', fields: { head: page } });
});

test('quirk 18: one item is a list where the contract says so, both ways', async () => {
  const charger = await stage.booted('Q18');
  await charger.say('meterValuesRequest', reading('1'));
  const [heard] = await stage.heard('Q18', 'MeterValues');
  expect(heard?.['meterValue']).toEqual([{ timestamp: '2026-03-01T12:00:00Z', sampledValue: [{ value: '1' }] }]);
  charger.answer = () => ({
    body: answerTo('<getConfigurationResponse><unknownKey>k</unknownKey></getConfigurationResponse>'),
  });
  await expect(stage.csms.call('Q18', 'GetConfiguration', { key: ['k'] })).resolves.toEqual({ unknownKey: ['k'] });
});

test('quirk 19: a 1.6 boot is answered with interval, which is not 0 while the CSMS is away', async () => {
  const charger = await stage.charger('Q19');
  stage.csms.answer = () => {
    throw callError('InternalError');
  };
  const offline = await charger.say('bootNotificationRequest', boot);
  expect(offline).toMatch(/<cs:status>Pending<.*<cs:interval>60</);
  expect(offline).not.toContain('heartbeatInterval');
});

test('quirk 20: another version of OCPP is never executed as if it were 1.6', async () => {
  const charger = await stage.booted('Q20b');
  const older = 'urn://Ocpp/Cs/2012/06/';
  const answer = await charger.say('heartbeatRequest', '', { namespace: older });
  expect(answer).toContain(`xmlns:cs="${older}"`);
  const unknown = charger.envelope('heartbeatRequest', '', { namespace: 'urn://Ocpp/Cs/2008/01/' });
  const refused = await charger.post({ body: unknown });
  expect([refused?.status, String(refused?.body)]).toEqual([400, expect.stringContaining(':ProtocolError<')]);
});

test('quirk 20: Pending of the CSMS never reaches a charger of 1.5, which does not know it', async () => {
  const charger = await stage.charger('Q20c');
  stage.csms.answer = () => ({ status: 'Pending', currentTime: '2026-03-01T12:00:00Z', interval: 60 });
  const answer = await charger.say('bootNotificationRequest', boot, { namespace: 'urn://Ocpp/Cs/2012/06/' });
  expect(answer).toMatch(/<cs:status>Rejected<.*<cs:heartbeatInterval>60</);
  expect(answer).not.toMatch(/Pending|<cs:interval>/);
  stage.oblige();
});

test('quirk 20: values of other versions never reach the CSMS as they are', async () => {
  const charger = await stage.booted('Q20');
  await charger.say('statusNotificationRequest', status('Occupied', 'Mode3Error'));
  await stage.heard('Q20', 'StatusNotification');
  expect(stage.csms.of('Q20', 'StatusNotification')).toEqual([
    { connectorId: 1, status: 'Faulted', errorCode: 'OtherError', vendorErrorCode: 'Mode3Error' },
  ]);
  const strict = await stage.booted('Q20c');
  const answer = await strict.post({ body: strict.envelope('statusNotificationRequest', status('Occupied')) });
  expect([answer?.status, String(answer?.body)]).toEqual([400, expect.stringContaining(':ProtocolError<')]);
});

test.each([
  ['Amp', 'A'],
  ['Volt', 'V'],
  ['C', 'Celsius'],
  ['celcius', 'Celsius'],
  ['furlong', undefined],
])('quirk 21: repair: vendorEnums: the unit %s is %s', async (unit, expected) => {
  const charger = await stage.booted('Q21');
  const before = stage.csms.of('Q21', 'MeterValues').length;
  await charger.say('meterValuesRequest', reading(unit, `<c:unit>${unit}</c:unit>`));
  const heard = await stage.heard('Q21', 'MeterValues', before + 1);
  expect(/"unit":"([^"]*)"/.exec(JSON.stringify(heard.at(-1)))?.[1]).toBe(expected);
});

test('quirk 22: messages sent in parallel reach the CSMS one after the other, in the order of their arrival', async () => {
  const charger = await stage.booted('Q22');
  let open = 0;
  let most = 0;
  stage.csms.answer = async (action) => {
    most = Math.max(most, ++open);
    await turn();
    open -= 1;
    return stage.confirm(action);
  };
  const sent = Array.from({ length: 20 }, (_, nth) => charger.say('meterValuesRequest', reading(String(nth))));
  await Promise.all([...sent, charger.say('stopTransactionRequest', stop(77))]);
  const values = (await stage.heard('Q22', 'MeterValues', 20)).map(valueOf);
  await stage.heard('Q22', 'StopTransaction');
  expect(new Set(values)).toEqual(new Set(Array.from({ length: 20 }, (_, nth) => String(nth))));
  expect(most).toBe(1);
});

test('quirk 23: no endless resending: what the CSMS refuses is answered all the same, again and again, and is kept', async () => {
  const charger = await stage.booted('Q23');
  stage.csms.answer = (action) => {
    if (action === 'StopTransaction') throw callError('GenericError');
    return stage.confirm(action);
  };
  for (let round = 0; round < 5; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- a charger sends one request after the other
    expect(await charger.say('stopTransactionRequest', stop(4711))).toContain('stopTransactionResponse');
  }
  const alarms = () => stage.edge.logged.filter(({ event }) => event === 'message became a dead letter');
  await vi.waitFor(() => expect(alarms()).toHaveLength(1), { interval: 1 });
  expect(stage.csms.of('Q23', 'StopTransaction')).toHaveLength(1);
});

test.each([-1, 0])('quirk 24: meter values of transaction %i belong to the one that is open', async (wrong) => {
  const charger = await stage.booted('Q24');
  const transactionId = await begin(charger, `2026-03-01T0${wrong + 1}:00:00Z`);
  await charger.say('meterValuesRequest', `${connector}<c:transactionId>${wrong}</c:transactionId>${value('5')}`);
  const heard = await stage.heard('Q24', 'MeterValues', wrong + 2);
  expect(heard.at(-1)).toMatchObject({ transactionId });
  await charger.say('stopTransactionRequest', stop(transactionId));
  await stage.heard('Q24', 'StopTransaction', wrong + 2);
});

test('quirk 24: a transaction that nobody knows is forwarded as it is', async () => {
  const charger = await stage.booted('Q24b');
  await charger.say('stopTransactionRequest', stop(-1));
  expect(await stage.heard('Q24b', 'StopTransaction')).toMatchObject([{ transactionId: -1 }]);
});

test('quirk 25: Start and Stop said twice: one transaction, the same answer', async () => {
  const charger = await stage.booted('Q25');
  const first = await begin(charger);
  expect(await begin(charger)).toBe(first);
  await charger.say('stopTransactionRequest', stop(first));
  await charger.say('stopTransactionRequest', stop(first));
  await charger.say('heartbeatRequest');
  expect(await stage.heard('Q25', 'StopTransaction')).toHaveLength(1);
  expect(stage.csms.of('Q25', 'StartTransaction')).toHaveLength(1);
});

test.each([
  ['2026-07-01T12:00:00', '2026-07-01T10:00:00Z', 'no zone: the charger’s, in summer'],
  ['2026-01-01 12:00:00.5', '2026-01-01T11:00:00Z', 'no zone, a blank, a fraction: the charger’s, in winter'],
  ['2026-01-01T24:00:00', '2026-01-01T23:00:00Z', 'no zone, midnight as the end of a day'],
  ['2026-01-01T12:00:00+0200', '2026-01-01T10:00:00Z', 'an offset without colon'],
  ['2026-01-01T12:00:00+02:00', '2026-01-01T10:00:00Z', 'an offset'],
])('quirk 26: the time %s is %s (%s)', async (written, expected) => {
  const charger = await stage.booted('Q26');
  const before = stage.csms.of('Q26', 'MeterValues').length;
  await charger.say('meterValuesRequest', reading(written, '', written));
  const heard = await stage.heard('Q26', 'MeterValues', before + 1);
  expect(timeOf(heard.at(-1))).toBe(expected);
});

test.each(['2022-02-29T12:00:00Z', '1772366400', 'yesterday'])(
  'quirk 26: the impossible time %s becomes the time of receipt',
  async (written) => {
    const charger = await stage.booted('Q26b');
    const before = stage.csms.of('Q26b', 'MeterValues').length;
    await charger.say('meterValuesRequest', reading('1', '', written));
    const heard = await stage.heard('Q26b', 'MeterValues', before + 1);
    expect(Math.abs(Date.parse(timeOf(heard.at(-1)) ?? '') - Date.now())).toBeLessThan(10_000);
  },
);

test('quirk 27: booleans as 0 and 1', async () => {
  const charger = await stage.booted('Q27');
  const entry = (key: string, readonly: string) =>
    `<configurationKey><key>${key}</key><readonly>${readonly}</readonly></configurationKey>`;
  charger.answer = () => ({
    body: answerTo(`<getConfigurationResponse>${entry('a', '0')}${entry('b', '1')}</getConfigurationResponse>`),
  });
  await expect(stage.csms.call('Q27', 'GetConfiguration', { key: ['a', 'b'] })).resolves.toEqual({
    configurationKey: [
      { key: 'a', readonly: false },
      { key: 'b', readonly: true },
    ],
  });
});

test('quirk 28: Sample.Clock as the only context passes as it is', async () => {
  const charger = await stage.booted('Q28');
  await charger.say('meterValuesRequest', reading('1', '<c:context>Sample.Clock</c:context>'));
  expect(JSON.stringify(await stage.heard('Q28', 'MeterValues'))).toContain('"context":"Sample.Clock"');
});

test('quirk 36: nothing but transaction messages before a boot was accepted, unless the charger is trusted to be booted', async () => {
  const charger = await stage.charger('Q36b');
  const refused = await charger.post({ body: charger.envelope('authorizeRequest', '<c:idTag>A</c:idTag>') });
  expect([refused?.status, String(refused?.body)]).toEqual([400, expect.stringContaining(':SecurityError<')]);
  await charger.say('meterValuesRequest', reading('1'));
  await stage.heard('Q36b', 'MeterValues');
  const trusted = await stage.charger('Q36');
  expect(await trusted.say('authorizeRequest', '<c:idTag>A</c:idTag>')).toContain('<cs:status>Accepted<');
});

type Charger = Awaited<ReturnType<typeof stage.charger>>;

async function begin(charger: Charger, time = '2026-03-01T12:00:00Z'): Promise<number> {
  const answer = await charger.say(
    'startTransactionRequest',
    `${connector}<c:idTag>A</c:idTag><c:timestamp>${time}</c:timestamp><c:meterStart>0</c:meterStart>`,
  );
  return Number(/transactionId>(-?\d+)</.exec(answer)?.[1]);
}

const boot = '<c:chargePointVendor>V</c:chargePointVendor><c:chargePointModel>M</c:chargePointModel>';
const connector = '<c:connectorId>1</c:connectorId>';

const value = (text: string, more = '', time = '2026-03-01T12:00:00Z') =>
  `<c:meterValue><c:timestamp>${time}</c:timestamp><c:sampledValue><c:value>${text}</c:value>${more}</c:sampledValue></c:meterValue>`;

const reading = (text: string, more?: string, time?: string) => `${connector}${value(text, more, time)}`;

const stop = (transactionId: number) =>
  `<c:transactionId>${transactionId}</c:transactionId><c:timestamp>2026-03-01T13:00:00Z</c:timestamp><c:meterStop>9</c:meterStop>`;

const status = (text: string, errorCode = 'NoError') =>
  `${connector}<c:status>${text}</c:status><c:errorCode>${errorCode}</c:errorCode>`;

const valueOf = (payload: Payload) => /"value":"([^"]*)"/.exec(JSON.stringify(payload))?.[1];
const timeOf = (payload: Payload | undefined) => /"timestamp":"([^"]*)"/.exec(JSON.stringify(payload))?.[1];
