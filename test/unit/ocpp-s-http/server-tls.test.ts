import { Agent, request } from 'node:https';
import { type SecureContextOptions, TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import type { ListenerTls } from '../../../src/front-door/tls.ts';
import { createCa } from '../../../src/demo/certificates.ts';
import { heartbeat } from './envelopes.ts';
import { startListener } from './listener.ts';

const authority = createCa('Depot CA');
const stranger = createCa('Other CA');

const tls = (changes: Partial<ListenerTls> = {}): ListenerTls => ({
  ...authority.issue({ commonName: 'gateway', hosts: ['127.0.0.1'] }),
  clientCa: authority.cert,
  clientCertificates: 'optional',
  legacy: false,
  ...changes,
});

function send(url: string, options: SecureContextOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: 'POST', ca: authority.cert, agent: false, ...options });
    sending.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sending.on('error', reject);
    sending.end(heartbeat());
  });
}

test('a charger that proves a certificate is named by its CN', async () => {
  const { url, around } = await startListener({ tls: tls() });
  expect(await send(url, authority.issue({ commonName: 'DEPOT-07' }))).toBe(200);
  expect(around.received[0]?.claim.certificateName).toBe('DEPOT-07');
});

test('without a certificate there is no name', async () => {
  const { url, around } = await startListener({ tls: tls() });
  expect(await send(url)).toBe(200);
  expect(around.received[0]?.claim.certificateName).toBeUndefined();
});

test('a certificate of another authority counts as none where certificates are optional', async () => {
  const { url, around } = await startListener({ tls: tls() });
  expect(await send(url, stranger.issue({ commonName: 'DEPOT-07' }))).toBe(200);
  expect(around.received[0]?.claim.certificateName).toBeUndefined();
});

test('where certificates are required, none and foreign ones do not get in', async () => {
  const { url, around } = await startListener({ tls: tls({ clientCertificates: 'required' }) });
  await expect(send(url)).rejects.toThrow();
  await expect(send(url, stranger.issue({ commonName: 'DEPOT-07' }))).rejects.toThrow();
  expect(await send(url, authority.issue({ commonName: 'DEPOT-07' }))).toBe(200);
  expect(around.received).toHaveLength(1);
});

test('a resumed session keeps the name of its certificate', async () => {
  const { url, around } = await startListener({ tls: tls() });
  const agent = new Agent({ ca: authority.cert, ...authority.issue({ commonName: 'DEPOT-07' }) });
  const reused: boolean[] = [];
  for (let round = 0; round < 3; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- the first session must be there before it is resumed
    await new Promise<void>((resolve, reject) => {
      const sending = request(url, { method: 'POST', agent }, (response) => {
        reused.push(response.socket instanceof TLSSocket && response.socket.isSessionReused());
        response.resume().once('close', resolve);
      });
      sending.on('error', reject).end(heartbeat());
    });
  }
  expect(reused).toEqual([false, true, true]);
  expect(around.received.map(({ claim }) => claim.certificateName)).toEqual(['DEPOT-07', 'DEPOT-07', 'DEPOT-07']);
});

test('TLS 1.1 is refused, counted, and spoken by a legacy listener', async () => {
  const old: SecureContextOptions = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
  const modern = await startListener({ tls: tls() });
  await expect(send(modern.url, old)).rejects.toThrow();
  await expect.poll(() => modern.around.counted).toContain('reject tls');
  const legacy = await startListener({ tls: tls({ legacy: true }) });
  expect(await send(legacy.url, old)).toBe(200);
});

test('the WSDL of a TLS listener names https', async () => {
  const { url, port } = await startListener({ tls: tls() });
  const text = await new Promise<string>((resolve, reject) => {
    const sending = request(`${url}?wsdl`, { ca: authority.cert, agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => resolve(body));
    });
    sending.on('error', reject).end();
  });
  expect(text).toContain(`location="https://127.0.0.1:${port}/ocpp"`);
});
