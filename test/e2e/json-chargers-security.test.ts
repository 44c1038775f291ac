import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { operationsOver } from '../../src/cli/gateway-client.ts';
import { socketPathIn } from '../../src/operator/socket-file.ts';
import { createCa } from '../../src/demo/certificates.ts';
import { openListener } from '../support/edge.ts';
import { JsonStage } from '../support/json-stage.ts';
import type { ChargerWishes } from '../support/rpc-charger.ts';

/* Who may connect: the same layers as for chargers with SOAP, and security profiles 1 to 3 of the whitepaper. */

const authority = createCa('Depot CA');
const stranger = createCa('Stranger CA');
const gatewayCertificate = authority.issue({ commonName: 'gateway', hosts: ['127.0.0.1'] });
const key = Buffer.from('00ff10e2809ca1b2c3d4e5f6708192a3', 'hex');

const tls = { port: 0, certFile: 'gateway.pem', keyFile: 'gateway.key', clientCaFile: 'depot.pem' };
const files = {
  'gateway.pem': gatewayCertificate.cert,
  'gateway.key': gatewayCertificate.key,
  'depot.pem': authority.cert,
};

const stage = new JsonStage({
  files,
  env: { SECRET: 'k3ys4fely1nThePathOfTheUrl', PASSWORD: 'basic:pässword', EIGHT: 'o8', KEY: key.toString('hex') },
  config: {
    json: { ...openListener, tls },
    unknownChargers: 'quarantine',
    chargers: {
      KNOWN: {},
      'depot 7': {},
      SECRET: { secretPathFrom: 'env:SECRET' },
      BASIC: { basicPasswordFrom: 'env:PASSWORD' },
      ROAMING: { basicPasswordFrom: 'env:EIGHT', allowFrom: ['127.0.0.0/8'] },
      KEYED: { basicPasswordFrom: 'env:KEY' },
      CERTIFIED: { requireCertificate: true },
      BOUND: { allowFrom: ['10.0.0.0/8'] },
      BLOCKED: { blocked: true },
    },
  },
});

beforeAll(() => stage.set());
afterAll(() => stage.strike());

afterEach(async () => {
  expect(stage.csms.violations).toEqual([]);
  expect(stage.edge.logged.filter(({ level }) => level === 'error')).toEqual([]);
  await stage.leave();
});

/** The status of its boot, or the HTTP status of the handshake that was refused. */
async function boots(identity: string, wishes: ChargerWishes = {}, url = stage.jsonUrl): Promise<unknown> {
  try {
    const charger = await stage.connected(identity, wishes, url);
    const conf = await charger.boot();
    await charger.close();
    return conf['status'];
  } catch (error) {
    if (error instanceof Error && 'code' in error) return error.code;
    throw error;
  }
}

describe('strangers', () => {
  test('wait in quarantine on their connection until they are adopted', async () => {
    const charger = await stage.connected('STRANGER');
    await expect(charger.boot()).resolves.toMatchObject({ status: 'Pending' });
    await expect(charger.say('Authorize', { idTag: 'A' })).rejects.toMatchObject({ rpcErrorCode: 'SecurityError' });
    expect(stage.csms.heard.filter(({ station }) => station === 'STRANGER')).toEqual([]);
    const operations = operationsOver(socketPathIn(`${stage.edge.folder}/data`));
    await operations.adopt('STRANGER');
    await expect(charger.boot()).resolves.toMatchObject({ status: 'Accepted' });
  });

  test('do not exist with unknownChargers: reject (OCPP-J 1.6 §3: 404)', async () => {
    const closed = new JsonStage({ config: { unknownChargers: 'reject', chargers: { KNOWN: {} } } });
    await closed.set();
    onTestFinished(() => closed.strike());
    expect(await boots('STRANGER', {}, closed.jsonUrl)).toBe(404);
    expect(await closed.edge.view('STRANGER')).toBeUndefined();
    expect(await boots('known', {}, closed.jsonUrl)).toBe('Accepted');
  });
});

describe('the URL', () => {
  test.each([
    ['depot 7', '', 'Accepted'],
    ['KNOWN', '/central/system', 'Accepted'],
    ['KNOWN', '/..', 404],
    ['a\u0000b', '', 400],
    ['x'.repeat(49), '', 400],
  ])('identity %j below %j: %s', async (identity, below, expected) => {
    expect(await boots(identity, {}, `${stage.jsonUrl}${below}`)).toBe(expected);
  });

  test('names nobody, or is no handshake', async () => {
    const bare = new WebSocket(stage.jsonUrl, ['ocpp1.6']);
    const [, response] = (await once(bare, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(404);
    const plain = await fetch(stage.jsonUrl.replace('ws:', 'http:'));
    expect([plain.status, plain.headers.get('upgrade')]).toEqual([426, 'websocket']);
  });

  test.each([
    ['/s/k3ys4fely1nThePathOfTheUrl', 'Accepted'],
    ['', 401],
    ['/s/k3ys4fely1nThePathOfTheUr', 401],
  ])('carries the secret of a charger that has one: %s', async (below, expected) => {
    expect(await boots('SECRET', {}, `${stage.jsonUrl}${below}`)).toBe(expected);
  });
});

describe('security profile 1: HTTP Basic', () => {
  test.each([
    ['BASIC', 'basic:pässword', 'Accepted'],
    ['basic', 'basic:pässword', 'Accepted'],
    ['BASIC', 'basic:passwort', 401],
    ['BASIC', undefined, 401],
  ])('of %s with %s: %s', async (identity, password, expected) => {
    expect(await boots(identity, password === undefined ? {} : { password })).toBe(expected);
  });

  test('under another name', async () => {
    const Authorization = `Basic ${Buffer.from('OTHER:basic:pässword').toString('base64')}`;
    const socket = new WebSocket(`${stage.jsonUrl}/BASIC`, ['ocpp1.6'], { headers: { Authorization } });
    const [, response] = (await once(socket, 'unexpected-response')) as [
      unknown,
      { statusCode: number; headers: object },
    ];
    expect(response).toMatchObject({ statusCode: 401, headers: { 'www-authenticate': 'Basic realm="ocpp"' } });
  });

  test.each([
    ['bytes', key, 'Accepted'],
    ['hexadecimal text', key.toString('hex'), 'Accepted'],
    ['bytes read as text', key.toString(), 401],
  ])('an AuthorizationKey as %s (OCPP-J 1.6 §6.2.2)', async (_title, password, expected) => {
    expect(await boots('KEYED', { password })).toBe(expected);
  });

  test('proves who it is: a charger with a new address takes the place of its own old connection', async () => {
    const first = await stage.connected('ROAMING', { password: 'o8' });
    await first.boot();
    expect(await boots('ROAMING', { password: 'o9', socket: { localAddress: '127.0.0.8' } })).toBe(401);
    expect(await boots('ROAMING', { password: 'o8', socket: { localAddress: '127.0.0.8' } })).toBe('Accepted');
    await vi.waitUntil(() => first.closed.length === 1, { interval: 1, timeout: 30_000 });
  });

  test('stands in no line of the log', () => {
    expect(JSON.stringify(stage.edge.logged)).not.toMatch(/k3ys4fely|pässword|passwort/i);
  });
});

describe('addresses and the operator', () => {
  test('a charger that may not speak from there, one that is blocked', async () => {
    expect(await boots('BOUND')).toBe(403);
    expect(await boots('BLOCKED')).toBe(403);
  });
});

describe('security profiles 2 and 3: TLS', () => {
  const trusting = { ca: authority.cert };

  test('the gateway shows its certificate', async () => {
    expect(await boots('KNOWN', { socket: trusting }, stage.edge.jsonTlsUrl)).toBe('Accepted');
    await expect(stage.connected('KNOWN', { socket: { ca: stranger.cert } }, stage.edge.jsonTlsUrl)).rejects.toThrow(
      /certificate/,
    );
  });

  test.each([
    ['its own certificate', authority.issue({ commonName: 'CERTIFIED' }), 'Accepted'],
    ['the certificate of another charger', authority.issue({ commonName: 'KNOWN' }), 403],
    ['a certificate of an authority that nobody knows', stranger.issue({ commonName: 'CERTIFIED' }), 401],
    ['no certificate', {}, 401],
  ])('a charger that must show one, with %s', async (_title, certificate, expected) => {
    expect(await boots('CERTIFIED', { socket: { ...trusting, ...certificate } }, stage.edge.jsonTlsUrl)).toBe(expected);
  });

  test('with plain: false nothing listens without TLS', async () => {
    const secure = new JsonStage({ files, config: { json: { ...openListener, plain: false, tls } } });
    await secure.set();
    onTestFinished(() => secure.strike());
    expect(secure.edge.jsonUrl).toBeUndefined();
    expect(await boots('ANY', { socket: trusting }, secure.edge.jsonTlsUrl)).toBe('Accepted');
  });

  test('who speaks no TLS is turned away', async () => {
    const url = new URL((stage.edge.jsonTlsUrl ?? '').replace('wss:', 'http:'));
    const [error] = (await once(request(url).end(), 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toMatch(/ECONNRESET|EPIPE|HPE_INVALID_CONSTANT/);
    await stage.logged('tls handshake failed');
  });
});

describe('the subprotocol', () => {
  test.each([[[]], [['ocpp2.0.1']], [['ocpp1.5', 'ocpp2.0.1']]])(
    '%j is opened without, and closed (OCPP-J 1.6 §3.2)',
    async (offered) => {
      const url = new URL(`${stage.jsonUrl}/KNOWN`);
      const headers = {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...(offered.length === 0 ? {} : { 'Sec-WebSocket-Protocol': offered.join(', ') }),
      };
      const asked = request({ host: url.hostname, port: url.port, path: url.pathname, headers });
      asked.end();
      const [response, socket, head] = (await once(asked, 'upgrade')) as [IncomingMessage, Socket, Buffer];
      const frame = head.length > 0 ? head : ((await once(socket, 'data')) as [Buffer])[0];
      expect(response.headers).not.toHaveProperty('sec-websocket-protocol');
      expect([frame[0], frame.readUInt16BE(2)]).toEqual([0x88, 1002]);
      socket.destroy();
    },
  );

  test('is found among others', async () => {
    const socket = new WebSocket(`${stage.jsonUrl}/KNOWN`, ['ocpp2.0.1', 'ocpp1.6']);
    await once(socket, 'open');
    expect(socket.protocol).toBe('ocpp1.6');
    socket.terminate();
  });
});
