import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createCa } from '../../src/demo/certificates.ts';
import { openListener } from '../support/edge.ts';
import { answerTo, bootFields, RawCharger } from '../support/raw-charger.ts';
import { QuirkStage } from '../support/quirk-stage.ts';
import { envelope, heartbeat } from '../unit/ocpp-s-http/envelopes.ts';
import { fault } from '../unit/ocpp-s-http/fake-charger.ts';
import { post, readAnswer, type WireAnswer } from '../unit/ocpp-s-http/wire.ts';

/*
 * Quirks of real chargers and of their SOAP stacks, 29 to 35: operations that they lack, addresses behind NAT, and how
 * HTTP and TLS are spoken. Each is served by the gateway as a whole, or switched on for the charger that needs it.
 */

const authority = createCa('Depot CA');
const identity = authority.issue({ commonName: 'gateway', hosts: ['127.0.0.1'] });
const hidden = await new RawCharger('Q30', 'http://127.0.0.1/').start();

const stage = new QuirkStage({
  files: { 'gateway.pem': identity.cert, 'gateway.key': identity.key },
  config: {
    soap: {
      ...openListener,
      callDeadlineS: 2,
      tls: { port: 0, certFile: 'gateway.pem', keyFile: 'gateway.key', legacyProtocols: true },
    },
    chargers: { Q30: { endpoint: hidden.url } },
  },
});

beforeAll(() => stage.set());
afterAll(async () => {
  await hidden.stop();
  await stage.strike();
});
afterEach(() => {
  stage.oblige();
  expect(stage.csms.violations).toEqual([]);
});

test('quirk 29: an operation that the charger lacks is refused with its conf, and not asked for again until new firmware', async () => {
  const charger = await stage.booted('Q29');
  charger.answer = () => ({ body: fault('Receiver', 'NotSupported'), status: 500 });
  const trigger = () => stage.csms.call('Q29', 'TriggerMessage', { requestedMessage: 'Heartbeat' });
  await expect(trigger()).resolves.toEqual({ status: 'NotImplemented' });
  await expect(trigger()).resolves.toEqual({ status: 'NotImplemented' });
  expect(charger.asked).toHaveLength(1);
  await charger.say('bootNotificationRequest', `${bootFields}<c:firmwareVersion>2</c:firmwareVersion>`);
  charger.answer = () => ({
    body: answerTo('<triggerMessageResponse><status>Accepted</status></triggerMessageResponse>'),
  });
  await expect(trigger()).resolves.toEqual({ status: 'Accepted' });
});

test('quirk 30: endpoint: a charger behind NAT is called where the config says, whatever it says', async () => {
  const charger = await stage.charger('Q30');
  await charger.boot(charger.from('http://192.168.178.20:8080/cp'));
  await expect(stage.csms.call('Q30', 'ClearCache', {})).resolves.toEqual({ status: 'Accepted' });
  expect(hidden.asked).toHaveLength(1);
});

test('quirk 31: Content-Length and no chunks, in our answers and in our calls', async () => {
  const charger = await stage.booted('Q31');
  await stage.csms.call('Q31', 'ClearCache', {});
  const [call] = charger.asked;
  expect(call?.headers).toMatchObject({ 'content-length': String(Buffer.byteLength(call?.body ?? '')) });
  expect(call?.headers).not.toHaveProperty('transfer-encoding');
  const answer = await charger.post({ body: charger.envelope('heartbeatRequest') });
  expect(answer?.headers.get('content-length')).toBe(String(answer?.body.length));
  expect(answer?.headers.has('transfer-encoding')).toBe(false);
});

test('quirk 32: Expect: 100-continue, and a request in chunks', async () => {
  const body = heartbeat({ identity: 'Q32' });
  await (await stage.charger('Q32')).boot();
  const waiting = await open();
  const answer = readAnswer(waiting);
  waiting.write(
    `POST /ocpp HTTP/1.1\r\nHost: gw\r\nExpect: 100-continue\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`,
  );
  const [permission] = (await once(waiting, 'data')) as [Buffer];
  expect(permission.toString()).toMatch(/^HTTP\/1\.1 100 /);
  waiting.write(body);
  expect((await answer)?.status).toBe(200);
  const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
  const chunked = `POST /ocpp HTTP/1.1\r\nHost: gw\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(body.slice(0, 50))}${chunk(body.slice(50))}0\r\n\r\n`;
  expect((await exchange(await open(), chunked))?.status).toBe(200);
});

test('quirk 33: a connection is kept for 75 s after an answer, and used again', async () => {
  const charger = await stage.booted('Q33');
  const socket = await open();
  for (let round = 0; round < 3; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one request after the other on one connection
    const answer = await exchange(socket, post('/ocpp', charger.envelope('heartbeatRequest')));
    expect(answer?.status).toBe(200);
    expect(answer?.headers.get('connection')).toBe('keep-alive');
    expect(answer?.headers.get('keep-alive')).toBe('timeout=75');
  }
});

test('quirk 34: legacyProtocols: a charger that speaks TLS 1.0 only is served', async () => {
  const socket = await openTls({ minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' });
  const body = envelope('bootNotificationRequest', bootFields, { identity: 'Q34' });
  expect((await exchange(socket, post('/ocpp', body)))?.status).toBe(200);
});

test('quirk 34: a charger with a certificate of its own making is called', async () => {
  const selfSigned = createCa('unknown').issue({ commonName: 'charger' });
  const charger = await new RawCharger('Q34b', stage.edge.soapUrl, selfSigned).start();
  onTestFinished(() => charger.stop());
  await charger.boot();
  await expect(stage.csms.call('Q34b', 'ClearCache', {})).resolves.toEqual({ status: 'Accepted' });
});

test.each([
  ['a fault with HTTP 200', 200, fault('Receiver', 'InternalError'), 'InternalError'],
  ['a fault without subcode', 500, fault('Sender'), 'GenericError'],
  [
    'a fault of SOAP 1.1',
    500,
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Server</faultcode>' +
      '<faultstring>not today</faultstring></s:Fault></s:Body></s:Envelope>',
    'InternalError',
  ],
] as const)('quirk 35: %s is understood', async (title, status, body, rpcErrorCode) => {
  const charger = await stage.booted(`Q35${title.length}`);
  charger.answer = () => ({ body, status });
  await expect(stage.csms.call(charger.identity, 'Reset', { type: 'Soft' })).rejects.toMatchObject({
    rpcErrorCode,
    message: 'not today',
    details: { httpStatus: status },
  });
});

async function open(): Promise<Socket> {
  const socket = connect(Number(new URL(stage.edge.soapUrl).port), '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return socket;
}

async function openTls(options: ConnectionOptions): Promise<Socket> {
  const port = Number(new URL(stage.edge.soapTlsUrl ?? '').port);
  const socket = connectTls({ port, host: '127.0.0.1', ca: authority.cert, ...options });
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'secureConnect');
  return socket;
}

function exchange(socket: Socket, bytes: string | Buffer): Promise<WireAnswer | undefined> {
  const answer = readAnswer(socket);
  socket.write(bytes);
  return answer;
}
