import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { answerTo } from '../support/raw-charger.ts';
import { openListener } from '../support/edge.ts';
import { QuirkStage } from '../support/quirk-stage.ts';
import { post, readAnswer } from '../unit/ocpp-s-http/wire.ts';

/*
 * Quirks of real chargers and of their SOAP stacks, 1 to 16: addresses, headers and identities. Each is served by the
 * gateway as a whole, or switched on for the charger that needs it.
 */

const stage = new QuirkStage({
  config: {
    soap: { ...openListener, callDeadlineS: 1 },
    chargers: {
      Q9: { responseTo: 'from' },
      Q13: { mustUnderstand: 'off' },
      'Q-Fifteen': {},
    },
  },
});

beforeAll(() => stage.set());
afterAll(() => stage.strike());
afterEach(() => {
  stage.oblige();
  expect(stage.csms.violations).toEqual([]);
});

const anonymous = 'http://www.w3.org/2005/08/addressing/anonymous';

test.each([
  ['no wsa:From', ''],
  ['an anonymous wsa:From', `<a:From><a:Address>${anonymous}</a:Address></a:From>`],
])('quirk 1: %s: served, and shown as without remote commands', async (title, headers) => {
  const charger = await stage.charger(`Q1${title.length}`);
  await charger.boot(headers);
  expect(await stage.edge.view(charger.identity)).toMatchObject({
    noCommandsReason: 'the charger sends no callback address (wsa:From)',
    link: 'open',
  });
  await expect(stage.csms.call(charger.identity, 'ClearCache', {})).rejects.toMatchObject({
    rpcErrorCode: 'GenericError',
    message: expect.stringMatching(/^charge point unreachable: the charger sends no callback address/),
  });
});

test('quirk 2: our calls always carry From and ReplyTo', async () => {
  const charger = await stage.booted('Q2');
  await stage.csms.call('Q2', 'ClearCache', {});
  expect(charger.asked[0]?.body).toContain(`<wsa:From><wsa:Address>${stage.edge.soapUrl}</wsa:Address></wsa:From>`);
  expect(charger.asked[0]?.body).toContain(`<wsa:ReplyTo><wsa:Address>${anonymous}</wsa:Address></wsa:ReplyTo>`);
});

test('quirk 3: one MessageID for everything: every message counts', async () => {
  const charger = await stage.booted('Q3');
  for (const value of ['1', '2', '3']) {
    // oxlint-disable-next-line no-await-in-loop -- a charger sends one request after the other
    await charger.say('meterValuesRequest', reading(value), { messageId: 'urn:uuid:same' });
  }
  const heard = await stage.heard('Q3', 'MeterValues', 3);
  expect(heard.map(valueOf)).toEqual(['1', '2', '3']);
});

test('quirk 3: no MessageID at all: answered, with one of ours and no RelatesTo', async () => {
  const charger = await stage.booted('Q3b');
  const bare = charger.envelope('heartbeatRequest').replace(/<a:MessageID>.*<\/a:MessageID>/, '');
  const answer = String((await charger.post({ body: bare }))?.body);
  expect(answer).toMatch(/<wsa:MessageID>urn:uuid:[-0-9a-f]{36}</);
  expect(answer).not.toContain('RelatesTo');
});

test('quirk 4: an answer without Header, RelatesTo and Action is matched by its HTTP exchange', async () => {
  const charger = await stage.booted('Q4');
  charger.answer = () => ({ body: answerTo('<resetResponse><status>Rejected</status></resetResponse>') });
  await expect(stage.csms.call('Q4', 'Reset', { type: 'Soft' })).resolves.toEqual({ status: 'Rejected' });
});

test('quirk 5: a fully qualified Action, both in requests and in answers', async () => {
  const charger = await stage.booted('Q5');
  const headers = '<a:Action>urn://Ocpp/Cs/2015/10/CentralSystemService/Heartbeat</a:Action>';
  expect(await charger.say('heartbeatRequest', '', { headers })).toContain('heartbeatResponse');
  const header =
    '<e:Header><Action xmlns="http://www.w3.org/2005/08/addressing">urn://Ocpp/Cp/2015/10/ChargePointService/ClearCacheResponse</Action></e:Header>';
  charger.answer = () => ({
    body: answerTo('<clearCacheResponse><status>Accepted</status></clearCacheResponse>', header),
  });
  await expect(stage.csms.call('Q5', 'ClearCache', {})).resolves.toEqual({ status: 'Accepted' });
});

test('quirk 6: no action= in the Content-Type of our answers, whatever the request had', async () => {
  const charger = await stage.booted('Q6');
  const answer = await charger.post({
    body: charger.envelope('heartbeatRequest'),
    headers: { 'Content-Type': 'application/soap+xml; charset=utf-8; action="/Heartbeat"' },
  });
  expect(answer?.headers.get('content-type')).toBe('application/soap+xml; charset=utf-8');
});

test('quirk 7: SOAP 1.1, text/xml, no WS-Addressing at all: answered in kind', async () => {
  const charger = await stage.booted('Q7');
  const body = charger.envelope('heartbeatRequest', '', { soap: '1.1' }).replace(/<a:MessageID>.*<\/a:MessageID>/, '');
  const answer = await charger.post({ body, headers: { 'Content-Type': 'text/xml', SOAPAction: '"/Heartbeat"' } });
  expect(answer?.status).toBe(200);
  expect(answer?.headers.get('content-type')).toBe('text/xml; charset=utf-8');
  expect(String(answer?.body)).toContain('http://schemas.xmlsoap.org/soap/envelope/');
});

test('quirk 8: the WS-Addressing of 2004/08, and From with mere text: called there', async () => {
  const charger = await stage.charger('Q8');
  const from = `<w:From xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing">${charger.url}</w:From>`;
  await charger.boot(from);
  await expect(stage.csms.call('Q8', 'ClearCache', {})).resolves.toEqual({ status: 'Accepted' });
});

test('quirk 9: responseTo: from: To is their own URL, identity echoed, RelatesTo set, Action ends in Response', async () => {
  const charger = await stage.booted('Q9');
  const answer = await charger.say('heartbeatRequest', '', { headers: charger.from(), messageId: 'urn:uuid:9' });
  expect(answer).toContain(`<wsa:To>${charger.url}</wsa:To>`);
  expect(answer).toContain('<cs:chargeBoxIdentity>Q9</cs:chargeBoxIdentity>');
  expect(answer).toContain('<wsa:RelatesTo>urn:uuid:9</wsa:RelatesTo>');
  expect(answer).toContain('<wsa:Action>/HeartbeatResponse</wsa:Action>');
});

test('quirk 10: nothing stands between the elements that we write', async () => {
  const charger = await stage.booted('Q10');
  await stage.csms.call('Q10', 'ClearCache', {});
  const answer = await charger.say('heartbeatRequest');
  for (const xml of [charger.asked[0]?.body ?? '', answer]) expect(xml).not.toMatch(/>\s+</);
});

test.each([
  ['urn://Ocpp/Cp/2015/10/', 'the namespace of the other service'],
  ['urn://Ocpp/Cs/2015/10', 'no slash at the end'],
])('quirk 11: %s: read, and answered in the same namespace', async (namespace, title) => {
  const charger = await stage.booted(`Q11${title.length}`);
  expect(await charger.say('heartbeatRequest', '', { namespace })).toContain(`"${namespace}"`);
});

test('quirk 11: elements in any order', async () => {
  const charger = await stage.booted('Q11');
  await charger.say(
    'statusNotificationRequest',
    '<c:errorCode>NoError</c:errorCode><c:status>Available</c:status><c:connectorId>1</c:connectorId>',
  );
  const [status] = await stage.heard('Q11', 'StatusNotification');
  expect(status).toEqual({ connectorId: 1, errorCode: 'NoError', status: 'Available' });
});

test('quirk 12: MessageID, To, Action and From in the namespace of OCPP', async () => {
  const charger = await stage.charger('Q12');
  const headers =
    `<c:From><c:Address>${charger.url}</c:Address></c:From><c:To>http://gw/</c:To>` +
    '<c:Action>/BootNotification</c:Action>';
  await charger.boot(headers);
  const body = charger
    .envelope('heartbeatRequest')
    .replace(/<a:MessageID>.*<\/a:MessageID>/, '<c:MessageID>urn:uuid:12</c:MessageID>');
  expect(String((await charger.post({ body }))?.body)).toContain('<wsa:RelatesTo>urn:uuid:12</wsa:RelatesTo>');
  await expect(stage.csms.call('Q12', 'ClearCache', {})).resolves.toEqual({ status: 'Accepted' });
});

test('quirk 13: mustUnderstand on our calls, switched off for a charger that chokes on it', async () => {
  const usual = await stage.booted('Q13b');
  const choking = await stage.booted('Q13');
  await stage.csms.call('Q13b', 'ClearCache', {});
  await stage.csms.call('Q13', 'ClearCache', {});
  expect(usual.asked[0]?.body).toContain('mustUnderstand="true"');
  expect(choking.asked[0]?.body).not.toContain('mustUnderstand');
});

test.each([
  '/OCPP/SOAP/?TENANT=1%26CB=Q14',
  '/ocpp/Q14',
  '/Ocpp//services/centralsystemservice/?CHARGEBOXIDENTITY=Q14',
])('quirk 14: the identity in the URL, with its case changed and & as %26: %s', async (path) => {
  const charger = await stage.charger('Q14');
  const body = charger.envelope('bootNotificationRequest', boot, { identity: undefined });
  const answer = await charger.post({ body, path });
  expect(answer?.status).toBe(200);
  expect(String(answer?.body)).toContain('<cs:chargeBoxIdentity>Q14</cs:chargeBoxIdentity>');
});

test('quirk 15: an identity in another case is the configured charger', async () => {
  const charger = await stage.booted('q-FIFTEEN');
  expect(await charger.say('heartbeatRequest')).toContain('<cs:chargeBoxIdentity>Q-Fifteen</cs:chargeBoxIdentity>');
  await stage.heard('Q-Fifteen', 'BootNotification');
});

test.each(['CP Â #:1', 'a+b=c?d&amp;e', '充电桩', '100%'])(
  'quirk 15: the odd identity %s reaches the CSMS as it is',
  async (written) => {
    const charger = await stage.booted(written);
    await charger.say('statusNotificationRequest', available);
    await stage.heard(written.replace('&amp;', '&'), 'StatusNotification');
  },
);

test('quirk 16: a JSON charger at the SOAP port is told so, an empty POST too; the log names its address', async () => {
  const upgrade = await bytes(
    'GET /ocpp/CP1 HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n',
  );
  expect(upgrade?.status).toBe(426);
  expect(String(upgrade?.body)).toMatch(/OCPP over SOAP/);
  const empty = await bytes(post('/ocpp', ''));
  expect(empty?.status).toBe(400);
  const refusals = stage.edge.logged.filter(({ event }) => event.endsWith(' request refused'));
  expect(refusals.map(({ fields }) => fields['peer'])).toEqual(['127.0.0.1', '127.0.0.1']);
});

async function bytes(request: string | Buffer) {
  const socket = connect(Number(new URL(stage.edge.soapUrl).port), '127.0.0.1');
  const answer = readAnswer(socket);
  socket.write(request);
  try {
    return await answer;
  } finally {
    socket.destroy();
  }
}

const boot = '<c:chargePointVendor>V</c:chargePointVendor><c:chargePointModel>M</c:chargePointModel>';
const available = '<c:connectorId>1</c:connectorId><c:status>Available</c:status><c:errorCode>NoError</c:errorCode>';

const reading = (value: string) =>
  '<c:connectorId>1</c:connectorId><c:meterValue><c:timestamp>2026-03-01T12:00:00Z</c:timestamp>' +
  `<c:sampledValue><c:value>${value}</c:value></c:sampledValue></c:meterValue>`;

function valueOf(payload: unknown): string | undefined {
  return /"value":"([^"]*)"/.exec(JSON.stringify(payload))?.[1];
}
