import { expect, test } from 'vitest';
import { OcppError } from '../../../src/ocpp/errors.ts';
import { authorize, envelope, heartbeat } from './envelopes.ts';
import { defaultProfile, type Listener, startListener } from './listener.ts';
import { closed, exchangeBytes, openSocket, post, readAnswer } from './wire.ts';

async function send(listener: Listener, body: string, path = '/ocpp', headers: Readonly<Record<string, string>> = {}) {
  const answer = await exchangeBytes(await openSocket(listener.port), post(path, body, headers));
  return { status: answer?.status, text: answer?.body.toString() ?? '', headers: answer?.headers };
}

test('a request comes through the door as plain data with all that the sender claims', async () => {
  const listener = await startListener();
  const headers =
    '<a:From><a:Address>http://10.0.0.7:8081/cp</a:Address></a:From><a:ReplyTo><a:Address>http://10.0.0.8/</a:Address></a:ReplyTo>';
  const basic = `Basic ${Buffer.from('DEPOT-07:s\u00ff:x', 'latin1').toString('base64')}`;
  await send(listener, authorize('04E2', { headers }), '/ocpp/s/abc/DEPOT-07', { Authorization: basic });
  expect(listener.around.received).toEqual([
    {
      claim: {
        identity: 'DEPOT-07',
        pathIdentity: 'DEPOT-07',
        pathSecret: 'abc',
        basic: { user: 'DEPOT-07', password: Buffer.from('s\u00ff:x', 'latin1') },
        peerAddress: '127.0.0.1',
        wire: 'ocpp1.6-soap',
        callbacks: ['http://10.0.0.7:8081/cp', 'http://10.0.0.8/'],
      },
      call: { action: 'Authorize', payload: { idTag: '04E2' }, anomalies: [] },
    },
  ]);
  expect(listener.around.counted).toEqual(['message soap in Authorize answered'.slice('message '.length)]);
});

test.each([
  ['the header', '/ocpp', 'DEPOT-07', 'DEPOT-07', undefined],
  ['the path', '/ocpp/soap/DEPOT-08', undefined, 'DEPOT-08', 'DEPOT-08'],
  ['the query', '/ocpp?cb=DEPOT-09', undefined, 'DEPOT-09', 'DEPOT-09'],
  ['the header before the path, so that the door can compare', '/ocpp/OTHER', 'DEPOT-07', 'DEPOT-07', 'OTHER'],
])('the identity comes from %s', async (_, path, header, identity, pathIdentity) => {
  const listener = await startListener();
  await send(listener, heartbeat({ identity: header }), path);
  expect(listener.around.received[0]?.claim.identity).toBe(identity);
  expect(listener.around.received[0]?.claim.pathIdentity).toBe(pathIdentity);
});

test('the answer carries the identity as configured, RelatesTo and Action', async () => {
  const listener = await startListener();
  listener.around.reply = () => ({
    kind: 'answered',
    identity: 'Depot-07',
    payload: { currentTime: '2026-03-01T12:00:00Z' },
  });
  const { text } = await send(listener, heartbeat({ messageId: 'id <&> 1'.replace(/[<&>]/g, '_') }));
  expect(text).toMatch(/chargeBoxIdentity>Depot-07</);
  expect(text).toMatch(/RelatesTo>id ___ 1</);
  expect(text).toMatch(/Action>\/HeartbeatResponse</);
});

test.each([
  ['no identity anywhere', heartbeat({ identity: undefined }), '/ocpp', 400, 'ProtocolError'],
  ['an identity that climbs a path', heartbeat({ identity: '../../x' }), '/ocpp', 400, 'ProtocolError'],
  ['an identity of 49 characters', heartbeat({ identity: 'x'.repeat(49) }), '/ocpp', 400, 'ProtocolError'],
  ['an operation that does not exist', envelope('makeCoffeeRequest'), '/ocpp', 500, 'NotSupported'],
  ['an operation of the charge point', envelope('resetRequest', '<c:type>Hard</c:type>'), '/ocpp', 500, 'NotSupported'],
  [
    'an operation of the charge point in its own namespace',
    envelope('clearCacheRequest', '', { namespace: 'urn://Ocpp/Cp/2015/10/' }),
    '/ocpp',
    500,
    'NotSupported',
  ],
  [
    'a response',
    envelope('heartbeatResponse', '<c:currentTime>2026-03-01T12:00:00Z</c:currentTime>'),
    '/ocpp',
    400,
    'ProtocolError',
  ],
  ['an empty body', '', '/ocpp', 400, 'ProtocolError'],
  ['a login page', '<!DOCTYPE html><html><body>Sign in</body></html>', '/ocpp', 400, 'ProtocolError'],
])('%s is answered with a fault and never reaches the door', async (_, body, path, status, subcode) => {
  const listener = await startListener();
  const answer = await send(listener, body, path);
  expect(answer.status).toBe(status);
  expect(answer.text).toMatch(new RegExp(`Value>[^<]*:?${subcode}<`));
  expect(listener.around.received).toEqual([]);
  expect(listener.around.counted.some((line) => line.startsWith('soap in '))).toBe(true);
  expect(listener.around.counted).not.toContain('soap in makeCoffee ProtocolError');
});

test('a fault that is posted is answered with a fault', async () => {
  const fault =
    '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><e:Fault><e:Code><e:Value>e:Sender</e:Value></e:Code>' +
    '<e:Reason><e:Text xml:lang="en">no</e:Text></e:Reason></e:Fault></e:Body></e:Envelope>';
  const { status, text } = await send(await startListener(), fault);
  expect([status, text.includes('ProtocolError')]).toEqual([400, true]);
});

test('a Cp namespace on an operation of the central system is served, and noted', async () => {
  const listener = await startListener();
  const { status } = await send(listener, heartbeat({ namespace: 'urn://Ocpp/Cp/2015/10/' }));
  expect(status).toBe(200);
  expect(listener.around.received[0]?.call.anomalies.map((anomaly) => anomaly.kind)).toEqual(['wrongServiceNamespace']);
});

test('wsa:Action of another operation is noted; the body decides', async () => {
  const listener = await startListener();
  const { status } = await send(listener, heartbeat({ headers: '<a:Action>/Authorize</a:Action>' }));
  expect(status).toBe(200);
  expect(listener.around.received[0]?.call).toMatchObject({
    action: 'Heartbeat',
    anomalies: [{ kind: 'actionMismatch' }],
  });
});

test('a fully qualified wsa:Action of the same operation is nothing odd', async () => {
  const listener = await startListener();
  await send(
    listener,
    heartbeat({ headers: '<a:Action>urn://Ocpp/Cs/2015/10/CentralSystemService/Heartbeat</a:Action>' }),
  );
  expect(listener.around.received[0]?.call.anomalies).toEqual([]);
});

test.each([
  ['SecurityError', 'soap12', 400],
  ['IdentityMismatch', 'soap12', 400],
  ['TypeConstraintViolation', 'soap12', 400],
  ['InternalError', 'soap12', 500],
  ['NotSupported', 'soap12', 500],
  ['SecurityError', 'always500', 500],
  ['SecurityError', 'always200', 200],
  ['InternalError', 'always200', 200],
] as const)('a refusal %s is a fault with the HTTP status of the profile %s', async (code, faultHttpStatus, status) => {
  const listener = await startListener();
  listener.around.profile = { ...defaultProfile, faultHttpStatus };
  listener.around.reply = () => ({ kind: 'refused', identity: 'DEPOT-07', error: new OcppError(code, 'why & how') });
  const answer = await send(listener, heartbeat());
  expect(answer.status).toBe(status);
  expect(answer.text).toContain('why &amp; how');
  expect(answer.text).toMatch(/RelatesTo>urn:uuid:5b0c1f0e/);
  expect(listener.around.counted).toContain(`soap in Heartbeat ${code}`);
});

test('a SOAP 1.1 fault always has HTTP status 500 (SOAP 1.1 §6.2)', async () => {
  const listener = await startListener();
  listener.around.reply = () => ({
    kind: 'refused',
    identity: 'DEPOT-07',
    error: new OcppError('SecurityError', 'no'),
  });
  const answer = await send(listener, heartbeat({ soap: '1.1' }));
  expect([answer.status, answer.text.includes('faultcode')]).toEqual([500, true]);
});

test('silence closes the connection without a byte', async () => {
  const listener = await startListener();
  listener.around.reply = () => ({ kind: 'silence', identity: 'DEPOT-07', reason: 'the disk is full' });
  const socket = await openSocket(listener.port);
  expect(await exchangeBytes(socket, post('/ocpp', heartbeat()))).toBeUndefined();
  expect(socket.bytesRead).toBe(0);
  expect(listener.around.counted).toEqual(['soap in Heartbeat silence']);
});

test('our own bug is logged with its cause and answered InternalError, telling nothing', async () => {
  const listener = await startListener();
  listener.around.reply = () => Promise.reject(new Error('secret /home/path'));
  const { status, text } = await send(listener, authorize('04E2'));
  expect(status).toBe(500);
  expect(text).toContain('InternalError');
  expect(text).not.toMatch(/secret|\/home|at /);
  const errors = listener.around.logged.filter((entry) => entry.level === 'error');
  expect(errors).toMatchObject([{ event: 'soap request failed', cause: new Error('secret /home/path') }]);
});

test('an answer that the schema does not allow is our bug, not an answer', async () => {
  const listener = await startListener();
  listener.around.reply = () => ({ kind: 'answered', identity: 'DEPOT-07', payload: { currentTime: 12 } });
  const { status, text } = await send(listener, heartbeat());
  expect([status, text.includes('InternalError')]).toEqual([500, true]);
  expect(listener.around.logged.some((entry) => entry.level === 'error')).toBe(true);
});

test('nothing above debug logs an idTag or a secret of the path', async () => {
  const listener = await startListener();
  await send(listener, authorize('CANARYCANARYCANARYCANARY'));
  await send(listener, authorize('CANARY'), '/nowhere/s/CANARY/x');
  await send(listener, `<CANARY>`);
  const shown = listener.around.logged.filter((entry) => entry.level !== 'debug');
  expect(shown.length).toBeGreaterThan(1);
  expect(JSON.stringify(shown)).not.toContain('CANARY');
});

test('close lets a request under way finish, and takes no new ones', async () => {
  const listener = await startListener();
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const arrived = new Promise<void>((resolve) => {
    listener.around.reply = async (claim) => {
      resolve();
      await held;
      return { kind: 'answered', identity: claim.identity, payload: { currentTime: '2026-03-01T12:00:00Z' } };
    };
  });
  const socket = await openSocket(listener.port);
  const answer = readAnswer(socket);
  socket.write(post('/ocpp', heartbeat()));
  await arrived;
  const ended = listener.server.close(10_000);
  await expect(openSocket(listener.port)).rejects.toThrow('ECONNREFUSED');
  release();
  expect((await answer)?.headers.get('connection')).toBe('close');
  await ended;
});

test('close cuts what takes longer than the grace', async () => {
  const listener = await startListener();
  const arrived = new Promise<void>((resolve) => {
    listener.around.reply = () => {
      resolve();
      return new Promise(() => {});
    };
  });
  const socket = await openSocket(listener.port);
  socket.write(post('/ocpp', heartbeat()));
  await arrived;
  await Promise.all([listener.server.close(10), closed(socket)]);
});

test('an address that is taken makes listen() fail', async () => {
  const { port } = await startListener();
  await expect(startListener({ port })).rejects.toThrow('EADDRINUSE');
});
