import { gunzipSync, gzipSync, inflateRawSync, inflateSync, deflateRawSync, deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { authorize, heartbeat } from './envelopes.ts';
import { startListener, type Listener } from './listener.ts';
import { exchangeBytes, openSocket, post, type WireAnswer } from './wire.ts';

async function send(listener: Listener, bytes: string | Buffer): Promise<WireAnswer | undefined> {
  return exchangeBytes(await openSocket(listener.port), bytes);
}

const served = (answer: WireAnswer | undefined) => {
  expect(answer?.body.toString()).toContain('heartbeatResponse');
  expect(answer?.status).toBe(200);
};

test('an answer has a Content-Length, no chunks, and a Content-Type without action=', async () => {
  const answer = await send(await startListener(), post('/ocpp', heartbeat()));
  served(answer);
  expect(answer?.headers.get('content-type')).toBe('application/soap+xml; charset=utf-8');
  expect(answer?.headers.get('content-length')).toBe(String(answer?.body.length));
  expect(answer?.headers.has('transfer-encoding')).toBe(false);
});

test.each([
  ['application/soap+xml; charset=utf-8; action="/Heartbeat"'],
  ['application/soap+xml;action="/HeartbeatResponse"'],
  ['text/xml'],
  ['application/xml; charset="UTF-8"'],
  ['TEXT/PLAIN'],
  [''],
])('Content-Type "%s" is served: the body tells what it is', async (contentType) => {
  served(await send(await startListener(), post('/ocpp', heartbeat(), { 'Content-Type': contentType })));
});

test('no Content-Type, an odd SOAPAction and no Accept are served', async () => {
  const body = heartbeat();
  const request = `POST /ocpp HTTP/1.1\r\nHost: x\r\nSOAPAction: "urn://Ocpp/Cs/2015/10/Authorize"\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  served(await send(await startListener(), request));
});

test('a SOAP 1.1 request is answered in SOAP 1.1 as text/xml', async () => {
  const answer = await send(
    await startListener(),
    post('/ocpp', heartbeat({ soap: '1.1' }), { 'Content-Type': 'text/xml' }),
  );
  served(answer);
  expect(answer?.headers.get('content-type')).toBe('text/xml; charset=utf-8');
  expect(answer?.body.toString()).toContain('http://schemas.xmlsoap.org/soap/envelope/');
});

test.each([
  ['gzip', gzipSync, gunzipSync],
  ['deflate', deflateSync, inflateSync],
  ['deflate', deflateRawSync, inflateRawSync],
] as const)('a request in %s gets its answer in the same coding (OCPP-S 1.6 §6.1)', async (coding, pack, unpack) => {
  const listener = await startListener();
  const answer = await send(listener, post('/ocpp', pack(heartbeat()), { 'Content-Encoding': coding }));
  expect(answer?.headers.get('content-encoding')).toBe(coding);
  expect(unpack(answer?.body ?? Buffer.alloc(0)).toString()).toContain('heartbeatResponse');
});

test.each(['identity', 'deflate', 'gzip;q=0', 'br, deflate'])(
  'Accept-Encoding: %s after a gzip request gets no gzip',
  async (accepted) => {
    const headers = { 'Content-Encoding': 'gzip', 'Accept-Encoding': accepted };
    const answer = await send(await startListener(), post('/ocpp', gzipSync(heartbeat()), headers));
    served(answer);
    expect(answer?.headers.has('content-encoding')).toBe(false);
  },
);

test('a plain request gets a plain answer even when the charger would take gzip', async () => {
  served(await send(await startListener(), post('/ocpp', heartbeat(), { 'Accept-Encoding': 'gzip, deflate' })));
});

test('HTTP/1.0, with and without keep-alive, is served', async () => {
  const listener = await startListener();
  const body = heartbeat();
  served(await send(listener, `POST /ocpp HTTP/1.0\r\nContent-Length: ${body.length}\r\n\r\n${body}`));
  served(
    await send(
      listener,
      `POST /ocpp HTTP/1.0\r\nConnection: Keep-Alive\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    ),
  );
});

test('HTTP/1.1 without Host is served', async () => {
  const body = heartbeat();
  served(await send(await startListener(), `POST /ocpp HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`));
});

test('an absolute request target, doubled slashes and any case are served', async () => {
  const listener = await startListener();
  for (const target of [
    'http://gw.depot.example:8180/ocpp',
    '//OCPP//Soap/',
    '/Ocpp/services/CentralSystemService?TenantID=1',
  ]) {
    served(await send(listener, post(target, heartbeat())));
  }
});

test('a chunked request in many pieces is served', async () => {
  const body = heartbeat();
  const chunks = [body.slice(0, 7), body.slice(7, 100), body.slice(100)].map(
    (part) => `${part.length.toString(16)}\r\n${part}\r\n`,
  );
  const head = 'POST /ocpp HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
  served(await send(await startListener(), `${head}${chunks.join('')}0\r\n\r\n`));
});

test('Expect: 100-continue is answered before the body is sent', async () => {
  const body = heartbeat();
  const socket = await openSocket((await startListener()).port);
  const continued = new Promise<string>((resolve) => socket.once('data', (bytes: Buffer) => resolve(bytes.toString())));
  socket.write(`POST /ocpp HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`);
  expect(await continued).toMatch(/^HTTP\/1.1 100 /);
  served(await exchangeBytes(socket, body));
});

test('a body that would be too large is not asked for', async () => {
  const head = 'POST /ocpp HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 262145\r\n\r\n';
  const socket = await openSocket((await startListener()).port);
  const first = new Promise<string>((resolve) => socket.once('data', (bytes: Buffer) => resolve(bytes.toString())));
  socket.write(head);
  expect(await first).toMatch(/^HTTP\/1.1 413 /);
});

test('many requests go over one connection, one after the other', async () => {
  const { port, around } = await startListener();
  const socket = await openSocket(port);
  for (let index = 0; index < 20; index += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one at a time is what is tested
    served(await exchangeBytes(socket, post('/ocpp', heartbeat())));
  }
  expect(around.received).toHaveLength(20);
});

test('pipelined requests are answered in order', async () => {
  const { port, around } = await startListener();
  const socket = await openSocket(port);
  const all = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      if (text.includes('heartbeatResponse') && text.includes('authorizeResponse')) resolve(text);
    });
  });
  socket.write(Buffer.concat([post('/ocpp', authorize('04E2')), post('/ocpp', heartbeat())]));
  const text = await all;
  expect(text.indexOf('authorizeResponse')).toBeLessThan(text.indexOf('heartbeatResponse'));
  expect(around.received).toHaveLength(2);
});

test('bare LF line ends are refused, and served by a lenient listener', async () => {
  const body = heartbeat();
  const request = `POST /ocpp HTTP/1.1\nHost: x\nContent-Length: ${body.length}\n\n${body}`;
  const strict = await startListener();
  expect((await send(strict, request))?.status).toBe(400);
  expect(strict.around.counted).toContain('reject http');
  served(await send(await startListener({ lenient: true }), request));
});

test('ISO-8859-1 of the XML declaration is read exactly', async () => {
  const listener = await startListener();
  const body = authorize('caf\u00e9').replace('UTF-8', 'ISO-8859-1');
  const bytes = Buffer.from(body, 'latin1');
  await send(listener, post('/ocpp', bytes, { 'Content-Type': 'application/soap+xml' }));
  expect(listener.around.received[0]?.call.payload).toEqual({ idTag: 'caf\u00e9' });
});

test('a byte order mark and blank lines before the declaration are skipped', async () => {
  served(await send(await startListener(), post('/ocpp', `\ufeff\r\n\r\n${heartbeat()}`)));
});
