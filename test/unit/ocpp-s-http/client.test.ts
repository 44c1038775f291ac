import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { createCa } from '../../../src/demo/certificates.ts';
import { fault, response, sendXml, startCaller, startCharger, target } from './fake-charger.ts';
import { defaultProfile } from './listener.ts';

const accepted = response('resetResponse', '<status>Accepted</status>');
const reset = { type: 'Hard' };

test('a call is one POST to the URL as given, with Content-Length, and without chunks and Expect', async () => {
  const charger = await startCharger((answer) => sendXml(answer, accepted));
  const { caller, around } = startCaller();
  const delivery = await caller.call(target(charger.url), 'Reset', reset, 5_000);
  expect(delivery).toEqual({ kind: 'answered', payload: { status: 'Accepted' } });
  const [heard] = charger.heard;
  expect([heard?.method, heard?.url]).toEqual(['POST', '/cp/ChargePointService?x=1']);
  expect(heard?.headers).toMatchObject({
    'content-type': 'application/soap+xml; charset=utf-8; action="/Reset"',
    'content-length': String(Buffer.byteLength(heard?.body ?? '')),
  });
  for (const absent of ['transfer-encoding', 'expect', 'soapaction', 'authorization']) {
    expect(heard?.headers).not.toHaveProperty(absent);
  }
  expect(around.counted).toEqual(['took soap Reset', 'soap out Reset answered']);
});

test('the envelope names us in From, the charger in To and its identity', async () => {
  const charger = await startCharger((answer) => sendXml(answer, accepted));
  await startCaller().caller.call(target(charger.url), 'Reset', reset, 5_000);
  const body = charger.heard[0]?.body ?? '';
  expect(body).toMatch(/chargeBoxIdentity[^>]*>DEPOT-07</);
  expect(body).toMatch(/From[^>]*><[^>]*Address>http:\/\/gw\.depot\.example:8180\/ocpp</);
  expect(body).toMatch(/ReplyTo[^>]*><[^>]*Address>http:\/\/www\.w3\.org\/2005\/08\/addressing\/anonymous</);
  expect(body).toContain(`>${charger.url.replace('&', '&amp;')}<`);
});

test('SOAPAction and Basic are sent to chargers that are configured so', async () => {
  const charger = await startCharger((answer) => sendXml(answer, accepted));
  const profile = { ...defaultProfile, soapAction: true };
  const basic = { user: 'gw', password: 'pä:ss' };
  await startCaller().caller.call(target(charger.url, { profile, basic }), 'Reset', reset, 5_000);
  expect(charger.heard[0]?.headers).toMatchObject({
    soapaction: '"/Reset"',
    authorization: `Basic ${Buffer.from('gw:pä:ss').toString('base64')}`,
  });
});

test.each([200, 400, 500])('a fault with HTTP status %i is a refusal with what the charger said', async (status) => {
  const charger = await startCharger((answer) => sendXml(answer, fault('Receiver', 'NotSupported'), status));
  const { caller, around } = startCaller();
  expect(await caller.call(target(charger.url), 'Reset', reset, 5_000)).toEqual({
    kind: 'refused',
    code: 'NotSupported',
    description: 'not today',
    details: { soapCode: 'Receiver', soapSubcode: 'NotSupported', httpStatus: status },
  });
  expect(around.counted).toContain('soap out Reset NotSupported');
});

test.each([
  ['Sender', 'IdentityMismatch', 'IdentityMismatch'],
  ['Sender', 'SecurityError', 'SecurityError'],
  ['Sender', 'ProtocolError', 'ProtocolError'],
  ['Receiver', 'InternalError', 'InternalError'],
  ['Sender', undefined, 'GenericError'],
  ['Receiver', undefined, 'InternalError'],
  ['MustUnderstand', undefined, 'ProtocolError'],
])('the fault %s/%s means %s', async (code, subcode, meaning) => {
  const charger = await startCharger((answer) => sendXml(answer, fault(code, subcode), 500));
  expect(await startCaller().caller.call(target(charger.url), 'Reset', reset, 5_000)).toMatchObject({
    kind: 'refused',
    code: meaning,
    details: { soapSubcode: subcode ?? null },
  });
});

test.each([
  ['a login page with HTTP 200', 200, 'text/html', '<!DOCTYPE html><html>Sign in</html>'],
  ['404', 404, 'text/html', '<html><body>Not Found</body></html>'],
  ['405 without a body', 405, 'text/plain', ''],
  ['204', 204, 'text/plain', ''],
  ['a redirect, which is not followed', 302, 'text/html', ''],
  ['401', 401, 'text/plain', 'who are you'],
  ['the answer to another action', 200, 'text/xml', response('clearCacheResponse', '<status>Accepted</status>')],
  ['a request', 200, 'text/xml', response('resetRequest', '<type>Hard</type>')],
  ['a status that does not exist', 200, 'text/xml', response('resetResponse', '<status>Perhaps</status>')],
])('%s is refused GenericError with the HTTP status', async (_, status, type, body) => {
  const charger = await startCharger((answer) =>
    answer.writeHead(status, { 'Content-Type': type, Location: '/else' }).end(body),
  );
  const delivery = await startCaller().caller.call(target(charger.url), 'Reset', reset, 5_000);
  expect(delivery).toMatchObject({ kind: 'refused', code: 'GenericError', details: { httpStatus: status } });
  expect(charger.heard).toHaveLength(1);
});

test('an answer is read whatever its Content-Type, coding and charset', async () => {
  const bytes = gzipSync(
    Buffer.from(
      `<?xml version="1.0" encoding="ISO-8859-1"?>${response('getDiagnosticsResponse', '<fileName>Stra\u00dfe.zip</fileName>')}`,
      'latin1',
    ),
  );
  const charger = await startCharger((answer) =>
    answer.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Encoding': 'gzip' }).end(bytes),
  );
  const delivery = await startCaller().caller.call(
    target(charger.url),
    'GetDiagnostics',
    { location: 'ftp://x/' },
    5_000,
  );
  expect(delivery).toEqual({ kind: 'answered', payload: { fileName: 'Straße.zip' } });
});

test.each([
  ['a bomb', (size: number) => gzipSync(Buffer.alloc(size * 200)), { 'Content-Encoding': 'gzip' }],
  ['an answer without end', (size: number) => Buffer.alloc(size * 20, 0x20), {}],
] as const)('%s stops at the limit', async (_, make, headers) => {
  const charger = await startCharger((answer) => answer.writeHead(200, headers).end(make(262_144)));
  const delivery = await startCaller().caller.call(target(charger.url), 'Reset', reset, 5_000);
  expect(delivery).toMatchObject({ kind: 'refused', code: 'GenericError' });
});

test('a refused connection is unreachable, and surely nothing was sent', async () => {
  const { caller, around } = startCaller();
  const gone = await startCharger(() => {});
  const delivery = await caller.call(target(gone.url.replace(`:${gone.port}`, ':1')), 'Reset', reset, 5_000);
  expect(delivery).toEqual({ kind: 'unreachable', reason: 'connection refused', sent: false });
  expect(around.counted).toContain('soap out Reset unreachable');
});

test.each(['not a url', 'ftp://127.0.0.1/', 'file:///etc/passwd', 'http://', ''])(
  'the address "%s" is unreachable',
  async (url) => {
    const delivery = await startCaller().caller.call(target(url), 'Reset', reset, 5_000);
    expect(delivery).toMatchObject({ kind: 'unreachable', sent: false });
  },
);

test('a charger that does not answer in time is unreachable, and may have got the call', async () => {
  const charger = await startCharger(() => {});
  const delivery = await startCaller().caller.call(target(charger.url), 'Reset', reset, 200);
  expect(delivery).toEqual({ kind: 'unreachable', reason: 'no answer within 0.2 s', sent: true });
});

test('an answer that stops in the middle is unreachable at the deadline', async () => {
  const charger = await startCharger((answer) => answer.writeHead(200, { 'Content-Length': 500 }).write('<e:Env'));
  const delivery = await startCaller().caller.call(target(charger.url), 'Reset', reset, 200);
  expect(delivery).toEqual({ kind: 'unreachable', reason: 'no answer within 0.2 s', sent: true });
});

test('a connection that breaks in the middle of the answer is unreachable', async () => {
  const charger = await startCharger((answer) => {
    answer.writeHead(200, { 'Content-Length': 500 }).write('<e:Env', () => answer.destroy());
  });
  const delivery = await startCaller().caller.call(target(charger.url), 'Reset', reset, 5_000);
  expect(delivery).toMatchObject({ kind: 'unreachable', sent: true });
});

test('a connection that breaks before the answer is not tried again', async () => {
  const charger = await startCharger((answer) => answer.destroy());
  const delivery = await startCaller().caller.call(target(charger.url), 'Reset', reset, 5_000);
  expect(delivery).toEqual({ kind: 'unreachable', reason: 'the connection was reset', sent: true });
  expect(charger.heard).toHaveLength(1);
});

const configuration = response('getConfigurationResponse', '');

test('calls that may be repeated share one kept connection', async () => {
  const charger = await startCharger((answer) => sendXml(answer, configuration));
  const { caller } = startCaller();
  const warnings: Error[] = [];
  const warn = (warning: Error) => warnings.push(warning);
  process.on('warning', warn);
  onTestFinished(() => {
    process.off('warning', warn);
  });
  for (let index = 0; index < 20; index += 1) {
    // oxlint-disable-next-line no-await-in-loop -- calls to one charger go one after the other
    expect((await caller.call(target(charger.url), 'GetConfiguration', {}, 5_000)).kind).toBe('answered');
  }
  expect(new Set(charger.heard.map((heard) => heard.connection)).size).toBe(1);
  // Listeners that stay on a kept socket would be warned about.
  expect(warnings).toEqual([]);
});

test('a kept connection that the charger closes under a repeatable call is replaced', async () => {
  const charger = await startCharger((answer) => {
    if (charger.heard.length === 2) answer.destroy();
    else sendXml(answer, configuration);
  });
  const { caller } = startCaller();
  await caller.call(target(charger.url), 'GetConfiguration', {}, 5_000);
  expect((await caller.call(target(charger.url), 'GetConfiguration', {}, 5_000)).kind).toBe('answered');
  expect(charger.heard).toHaveLength(3);
});

test('a repeatable call is sent twice at most', async () => {
  const charger = await startCharger((answer) => {
    if (charger.heard.length >= 2) answer.destroy();
    else sendXml(answer, configuration);
  });
  const { caller } = startCaller();
  await caller.call(target(charger.url), 'GetConfiguration', {}, 5_000);
  expect(await caller.call(target(charger.url), 'GetConfiguration', {}, 5_000)).toMatchObject({
    kind: 'unreachable',
    sent: true,
  });
  expect(charger.heard).toHaveLength(3);
});

test.each([
  ['RemoteStartTransaction', { idTag: '04E2' }],
  ['Reset', reset],
  ['DataTransfer', { vendorId: 'x' }],
  ['UnlockConnector', { connectorId: 1 }],
])(
  '%s goes out on a connection of its own and only once, since its repetition does something',
  async (action, payload) => {
    const charger = await startCharger((answer, heard) => {
      if (heard.body.includes('getConfigurationRequest')) sendXml(answer, configuration);
      else answer.destroy();
    });
    const { caller } = startCaller();
    await caller.call(target(charger.url), 'GetConfiguration', {}, 5_000);
    expect(await caller.call(target(charger.url), action, payload, 5_000)).toMatchObject({
      kind: 'unreachable',
      sent: true,
    });
    const [first, second, third] = charger.heard;
    expect(second?.connection).not.toBe(first?.connection);
    expect(second?.headers.connection).toBe('close');
    expect(third).toBeUndefined();
  },
);

test('a payload that the schema does not allow is refused before anything is sent', async () => {
  const charger = await startCharger((answer) => sendXml(answer, accepted));
  const delivery = await startCaller().caller.call(target(charger.url), 'Reset', { type: 7 }, 5_000);
  expect(delivery).toMatchObject({ kind: 'refused' });
  expect(charger.heard).toEqual([]);
});

test('a charger that speaks JSON is not called over SOAP', async () => {
  const delivery = await startCaller().caller.call(
    target('http://127.0.0.1:1/', { wire: 'ocpp1.6-json' }),
    'Reset',
    reset,
    5_000,
  );
  expect(delivery).toMatchObject({ kind: 'refused', code: 'NotSupported' });
});

const authority = createCa('Charger CA');
const server = authority.issue({ commonName: 'charger', hosts: ['127.0.0.1'] });

test('https chargers are verified against the CA and see our certificate', async () => {
  const tls = { ...server, ca: authority.cert, requestCert: true, rejectUnauthorized: true };
  const charger = await startCharger((answer) => sendXml(answer, accepted), tls);
  const ours = authority.issue({ commonName: 'gateway' });
  const { caller } = startCaller({ tls: { ca: authority.cert, ...ours, verify: true, legacy: false } });
  expect((await caller.call(target(charger.url), 'Reset', reset, 5_000)).kind).toBe('answered');
});

test('a self-signed charger is unreachable, unless verification is switched off', async () => {
  const charger = await startCharger((answer) => sendXml(answer, accepted), server);
  const strict = await startCaller().caller.call(target(charger.url), 'Reset', reset, 5_000);
  expect(strict).toMatchObject({ kind: 'unreachable', sent: false });
  const { caller } = startCaller({ tls: { verify: false, legacy: false } });
  expect((await caller.call(target(charger.url), 'Reset', reset, 5_000)).kind).toBe('answered');
});
