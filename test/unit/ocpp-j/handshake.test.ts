import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import type { CsmsLinks, LinkSettings } from '../../../src/gateway/ports.ts';
import { createCa } from '../../../src/demo/certificates.ts';
import { answerEmpty, type CsmsScript, startScriptedCsms } from '../../support/scripted-csms.ts';
import { csmsWith, errorOf, linksWith, openState, recorder, statusNotification, stopAfterwards } from './real-links.ts';
import { settingsFor } from './surroundings.ts';

describe('handshake (OCPP-J 1.6 §3)', () => {
  test.each([
    ['CP1', 'CP1'],
    ['RDAM|123', 'RDAM%7C123'],
    ['a b/c:d', 'a%20b%2Fc%3Ad'],
    ['50%', '50%25'],
    ['Säule ☂', 'S%C3%A4ule%20%E2%98%82'],
    ['..%2f', '..%252f'],
  ])('the identity %s stands percent-encoded at the end of the path', async (identity, encoded) => {
    const csms = await csmsWith();
    const links = linksWith();
    links.open('CP1', settingsFor(`${csms.url}/?site=7`, identity));
    await openState(links);
    expect(csms.handshakes[0]?.url).toBe(`/ocpp/${encoded}?site=7`);
    expect(csms.handshakes[0]?.headers['sec-websocket-protocol']).toBe('ocpp1.6');
  });

  test('Basic credentials are the identity and the raw bytes of the key', async () => {
    const csms = await csmsWith();
    const links = linksWith();
    const password = Buffer.from([0, 255, 58, 10, 13, 200, 128, 7]);
    links.open('CP1', settingsFor(csms.url, 'AL:1000', { password }));
    await openState(links);
    const sent = csms.handshakes[0]?.headers.authorization ?? '';
    expect(Buffer.from(sent.replace('Basic ', ''), 'base64')).toEqual(
      Buffer.concat([Buffer.from('AL:1000:'), password]),
    );
    links.open('CP2', settingsFor(csms.url, 'CP2'));
    await openState(links, 'CP2');
    expect(csms.handshakes[1]?.headers.authorization).toBeUndefined();
  });

  test.each([
    [401, /^HTTP 401: the CSMS refused the credentials/],
    [403, /^HTTP 403: the CSMS forbids this identity/],
    [404, /^HTTP 404: the CSMS does not know this identity/],
    [409, /^HTTP 409: the CSMS holds another connection/],
    [503, /^HTTP 503: the CSMS is not available now/],
    [500, /^HTTP 500: the CSMS has an internal problem/],
    [302, /^HTTP 302: the CSMS redirects/],
    [200, /^HTTP 200: the CSMS answers like a web page/],
  ])('HTTP %i is told in words and tried again', async (status, words) => {
    const csms = await csmsWith({ refuse: (_request, nth) => (nth <= 3 ? status : undefined) });
    const links = linksWith();
    links.open('CP1', settingsFor(csms.url, 'CP1'));
    await errorOf(links, words);
    await openState(links);
    expect(csms.handshakes).toHaveLength(4);
    expect(recorder.logged.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test.each([
    [false, /no subprotocol instead of ocpp1\.6/],
    ['ocpp2.0.1', /the subprotocol ocpp2\.0\.1 instead of ocpp1\.6/],
  ] as const)('the subprotocol %s is closed with 1002 and tried again', async (subprotocol, words) => {
    const csms = await csmsWith({ subprotocol });
    const links = linksWith();
    links.open('CP1', settingsFor(csms.url, 'CP1'));
    await errorOf(links, words);
    await vi.waitFor(() => expect(csms.closeCodes.length).toBeGreaterThan(1), { timeout: 10_000 });
    expect(new Set(csms.closeCodes)).toEqual(new Set([1002]));
    expect(recorder.opened).toEqual([]);
  });

  test('one identity refused does not touch the others', async () => {
    const csms = await csmsWith({ refuse: ({ url }) => (url?.endsWith('odd') ? 404 : undefined) });
    const links = linksWith();
    const stations = Array.from({ length: 20 }, (_, nth) => `CP${nth}-${nth % 2 === 0 ? 'even' : 'odd'}`);
    for (const station of stations) links.open(station, settingsFor(csms.url, station));
    for (const station of stations) {
      if (station.endsWith('odd')) await errorOf(links, /404/, station);
      else await openState(links, station);
    }
  });

  test('nothing listening, no such host, no WebSocket, silence: each has its words', async () => {
    const closed = await startScriptedCsms();
    await closed.stop();
    const silent = await tcpServer(() => undefined);
    const rubbish = await tcpServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
    const links = linksWith({ handshakeDeadlineMs: 200 });
    links.open('refused', settingsFor(closed.url, 'CP1'));
    links.open('dns', settingsFor('ws://no-such-host.invalid/ocpp', 'CP1'));
    links.open('silent', settingsFor(silent, 'CP1'));
    links.open('rubbish', settingsFor(rubbish, 'CP1'));
    await errorOf(links, /^connection refused/, 'refused');
    await errorOf(links, /^DNS: /, 'dns');
    await errorOf(links, /did not finish the handshake within 0\.2 s/, 'silent');
    await errorOf(links, /Parse Error|HPE_/, 'rubbish');
  });
});

async function tcpServer(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stopAfterwards(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('TLS', () => {
  const ca = createCa('Test CA');
  const server = ca.issue({ commonName: 'csms', hosts: ['127.0.0.1'] });

  async function stateWith(script: CsmsScript['tls'], tls: LinkSettings['tls']): Promise<CsmsLinks> {
    const csms = await csmsWith({ tls: script });
    const links = linksWith();
    links.open('CP1', settingsFor(csms.url, 'CP1', { tls }));
    return links;
  }

  test('a CSMS with its own CA is trusted when that CA is configured, and only then', async () => {
    await openState(await stateWith(server, { ca: ca.cert }));
    await errorOf(await stateWith(server, {}), /^TLS: the CA of the CSMS is not trusted/);
    await errorOf(await stateWith(server, { ca: createCa('Other CA').cert }), /^TLS: /);
  });

  test('a client certificate is shown when the CSMS asks for one', async () => {
    const demanding = { ...server, ca: ca.cert, requestCert: true, rejectUnauthorized: true };
    const station = ca.issue({ commonName: 'CP1' });
    await openState(await stateWith(demanding, { ca: ca.cert, ...station }));
    await errorOf(await stateWith(demanding, { ca: ca.cert }), /^TLS: the CSMS wants a client certificate/);
  });

  test('an expired certificate and one for another host are refused, with words', async () => {
    const expired = ca.issue({ commonName: 'csms', hosts: ['127.0.0.1'], notAfter: new Date(Date.now() - 1_000) });
    await errorOf(await stateWith(expired, { ca: ca.cert }), /^TLS: the certificate of the CSMS has expired/);
    const other = ca.issue({ commonName: 'csms', hosts: ['csms.example'] });
    await errorOf(
      await stateWith(other, { ca: ca.cert }),
      /^TLS: the certificate of the CSMS is for another host name/,
    );
  });

  test('a CSMS without TLS at that port is named', async () => {
    const csms = await csmsWith();
    const links = linksWith();
    links.open('CP1', settingsFor(csms.url.replace('ws:', 'wss:'), 'CP1'));
    await errorOf(links, /^TLS: the CSMS does not speak TLS/);
  });

  test('a client key that cannot be read is told, and the others go on', async () => {
    const csms = await csmsWith();
    const links = linksWith();
    links.open(
      'CP1',
      settingsFor(csms.url.replace('ws:', 'wss:'), 'CP1', { tls: { cert: 'rubbish', key: 'rubbish' } }),
    );
    links.open('CP2', settingsFor(csms.url, 'CP2'));
    await openState(links, 'CP2');
    await errorOf(links, /^TLS: /);
  });
});

describe('compression (RFC 7692)', () => {
  test('is not offered unless configured', async () => {
    const csms = await csmsWith({ compression: true });
    const links = linksWith();
    links.open('CP1', settingsFor(csms.url, 'CP1'));
    await openState(links);
    expect(csms.handshakes[0]?.headers['sec-websocket-extensions']).toBeUndefined();
  });

  test('is negotiated, and used for large messages in both directions', async () => {
    const data = 'x'.repeat(10_000);
    const csms = await csmsWith({
      compression: true,
      answer: (frame) => JSON.stringify([3, frame[1], { status: 'Accepted', data }]),
    });
    const links = linksWith({ compressFromBytes: 512 });
    links.open('CP1', settingsFor(csms.url, 'CP1'));
    await openState(links);
    expect(csms.connections.get('CP1')?.extensions).toBe('permessage-deflate');
    const delivery = await links.deliver('CP1', 'DataTransfer', { vendorId: 'v', data }, 5_000);
    expect(delivery).toEqual({ kind: 'answered', payload: { status: 'Accepted', data } });
  });

  test('a CSMS that does not compress is served without', async () => {
    const csms = await csmsWith({ answer: answerEmpty });
    const links = linksWith({ compressFromBytes: 0 });
    links.open('CP1', settingsFor(csms.url, 'CP1'));
    await openState(links);
    await expect(links.deliver('CP1', 'StatusNotification', statusNotification, 5_000)).resolves.toMatchObject({
      kind: 'answered',
    });
  });
});
