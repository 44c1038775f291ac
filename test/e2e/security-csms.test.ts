import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createCa } from '../../src/demo/certificates.ts';
import { type Edge, type EdgeOptions, openListener, startTestEdge } from '../support/edge.ts';
import { RawCharger } from '../support/raw-charger.ts';
import { type CsmsScript, type ScriptedCsms, startScriptedCsms } from '../support/scripted-csms.ts';
import { confirmations } from '../unit/ocpp-s-http/listener.ts';

/*
 * How the gateway proves to a CSMS who it is, charger by charger (OCPP-J 1.6 §6, security whitepaper §3), and what
 * becomes of the others when one charger's link fails.
 */

const authority = createCa('CSMS CA');
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

async function csmsWith(script: CsmsScript = {}): Promise<ScriptedCsms> {
  const csms = await startScriptedCsms({
    answer: ([kind, id, action]) => (kind === 2 ? JSON.stringify([3, id, confirmations[String(action)]]) : undefined),
    ...script,
  });
  endings.push(() => csms.stop());
  return csms;
}

async function edgeWith(options: EdgeOptions): Promise<Edge> {
  const edge = await startTestEdge({ ...options, config: { offline: { waitMs: 500 }, ...options.config } });
  endings.push(() => edge.remove());
  return edge;
}

/** Every charger boots; its words are the CSMS's when its link works, ours when it does not. */
async function boot(edge: Edge, ...identities: readonly string[]): Promise<void> {
  for (const identity of identities) {
    const charger = await new RawCharger(identity, edge.soapUrl).start();
    endings.push(() => charger.stop());
    await charger.boot();
  }
}

const identityOf = ({ url = '' }: IncomingMessage) => decodeURIComponent(url.slice(url.lastIndexOf('/') + 1));

const basicOf = ({ headers }: IncomingMessage) =>
  Buffer.from((headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString();

/** What each station showed at its first handshake. */
function shown<T>(csms: ScriptedCsms, what: (request: IncomingMessage) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(csms.handshakes.toReversed().map((request) => [identityOf(request), what(request)]));
}

async function linkOf(edge: Edge, identity: string) {
  const { link, linkError } = (await edge.view(identity)) ?? {};
  return { link, linkError };
}

describe('credentials', () => {
  test('HTTP Basic per charger, per group and for the rest; the user is the identity towards the CSMS', async () => {
    const csms = await csmsWith();
    const edge = await edgeWith({
      csmsUrl: csms.url,
      env: { REST: 'for all', DEPOT: 'for the depot', OWN: 'my own' },
      config: {
        csms: { url: csms.url, passwordFrom: 'env:REST' },
        groups: { depot: { csms: { passwordFrom: 'env:DEPOT' } } },
        chargers: {
          ONE: { csms: { passwordFrom: 'env:OWN' }, csmsIdentity: 'DE*ABC*E 1' },
          TWO: { group: 'depot' },
          THREE: { group: 'depot', csms: { passwordFrom: 'env:OWN' } },
        },
      },
    });
    await boot(edge, 'ONE', 'TWO', 'THREE', 'FOUR');
    expect(shown(csms, basicOf)).toEqual({
      'DE*ABC*E 1': 'DE*ABC*E 1:my own',
      TWO: 'TWO:for the depot',
      THREE: 'THREE:my own',
      FOUR: 'FOUR:for all',
    });
  });

  test('the password of one CSMS is never shown to another', async () => {
    const [csms, foreign] = [await csmsWith(), await csmsWith()];
    const edge = await edgeWith({
      csmsUrl: csms.url,
      env: { REST: 'for all' },
      config: {
        csms: { url: csms.url, passwordFrom: 'env:REST' },
        groups: { away: { csms: { url: foreign.url } } },
        chargers: { ONE: { group: 'away' }, TWO: {} },
      },
    });
    await boot(edge, 'ONE', 'TWO');
    expect(shown(foreign, ({ headers }) => headers.authorization)).toEqual({ ONE: undefined });
    expect(shown(csms, basicOf)).toEqual({ TWO: 'TWO:for all' });
  });

  test('a new AuthorizationKey: Accepted on the old link, shown on the next one', async () => {
    const csms = await csmsWith();
    const edge = await edgeWith({ csmsUrl: csms.url });
    await boot(edge, 'ONE');
    const key = '00ff'.repeat(8);
    csms.connections
      .get('ONE')
      ?.send(JSON.stringify([2, 'k', 'ChangeConfiguration', { key: 'AuthorizationKey', value: key }]));
    await vi.waitFor(() => expect(csms.opened()).toBe(2), { interval: 1, timeout: 5_000 });
    expect(csms.frames).toContain('[3,"k",{"status":"Accepted"}]');
    expect(csms.closeCodes).toEqual([1000]);
    expect(csms.mostAtOnce()).toBe(1);
    expect(csms.handshakes.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      `Basic ${Buffer.concat([Buffer.from('ONE:'), Buffer.from(key, 'hex')]).toString('base64')}`,
    ]);
  });

  test('wss with an authority of its own and a client certificate', async () => {
    const tls = {
      ...authority.issue({ commonName: 'csms', hosts: ['127.0.0.1'] }),
      ca: authority.cert,
      requestCert: true,
    };
    const csms = await csmsWith({ tls });
    const client = authority.issue({ commonName: 'DEPOT' });
    const edge = await edgeWith({
      csmsUrl: csms.url,
      files: { 'ca.pem': authority.cert, 'client.pem': client.cert, 'client.key': client.key },
      config: { csms: { url: csms.url, caFile: 'ca.pem', certFile: 'client.pem', keyFile: 'client.key' } },
    });
    await boot(edge, 'ONE');
    expect(await linkOf(edge, 'ONE')).toMatchObject({ link: 'open' });
    expect(shown(csms, commonName)).toEqual({ ONE: 'DEPOT' });
  });

  test('wss of an authority that is not trusted: no link, and the reason in words', async () => {
    const csms = await csmsWith({ tls: authority.issue({ commonName: 'csms', hosts: ['127.0.0.1'] }) });
    const edge = await edgeWith({ csmsUrl: csms.url });
    await boot(edge, 'ONE');
    expect(await linkOf(edge, 'ONE')).toMatchObject({
      link: 'connecting',
      linkError: expect.stringMatching(/^TLS: the CA of the CSMS is not trusted/),
    });
    expect(csms.handshakes).toEqual([]);
  });

  const commonName = ({ socket }: IncomingMessage) =>
    socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate().subject.CN : undefined;
});

describe('a link that fails (F17)', () => {
  test('401, then success: tried again by itself, and the boot is told', async () => {
    const csms = await csmsWith({ refuse: (_, nth) => (nth === 1 ? 401 : undefined) });
    const edge = await edgeWith({ csmsUrl: csms.url });
    await boot(edge, 'ONE');
    expect(await linkOf(edge, 'ONE')).toMatchObject({
      link: 'connecting',
      linkError: expect.stringMatching(/^HTTP 401/),
    });
    await vi.waitFor(() => expect(csms.frames.join()).toContain('BootNotification'), { timeout: 10_000 });
    expect(await linkOf(edge, 'ONE')).toMatchObject({ link: 'open' });
  });

  test('each charger has its own fate, told in words; the others work', async () => {
    const known = await csmsWith({ refuse: (request) => (identityOf(request) === 'UNKNOWN' ? 404 : undefined) });
    const mute = await csmsWith({ subprotocol: false });
    const expired = authority.issue({
      commonName: 'csms',
      hosts: ['127.0.0.1'],
      notAfter: new Date(Date.now() - 1000),
    });
    const stale = await csmsWith({ tls: expired });
    const edge = await edgeWith({
      csmsUrl: known.url,
      files: { 'ca.pem': authority.cert },
      config: {
        soap: openListener,
        chargers: {
          MUTE: { csms: { url: mute.url } },
          STALE: { csms: { url: stale.url, caFile: 'ca.pem' } },
          GONE: { csms: { url: 'ws://127.0.0.1:1/ocpp' } },
        },
      },
    });
    await boot(edge, 'UNKNOWN', 'MUTE', 'STALE', 'GONE', 'ONE', 'TWO');
    const words = await Promise.all(['UNKNOWN', 'MUTE', 'STALE', 'GONE'].map((identity) => linkOf(edge, identity)));
    expect(words.map(({ link, linkError }) => (link === 'connecting' ? linkError : link))).toEqual([
      'HTTP 404: the CSMS does not know this identity',
      expect.stringMatching(/subprotocol/i),
      expect.stringMatching(/^TLS: the certificate of the CSMS has expired/),
      expect.stringMatching(/^connection refused/),
    ]);
    expect([await linkOf(edge, 'ONE'), await linkOf(edge, 'TWO')]).toMatchObject([{ link: 'open' }, { link: 'open' }]);
    expect(known.frames.filter((frame) => frame.includes('BootNotification'))).toHaveLength(2);
  });
});
