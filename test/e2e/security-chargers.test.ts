import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { root } from '../support/build.ts';
import { createCa } from '../../src/demo/certificates.ts';
import { openListener } from '../support/edge.ts';
import { QuirkStage } from '../support/quirk-stage.ts';
import { bootFields, RawCharger, type Sending } from '../support/raw-charger.ts';

/*
 * Who may speak, and where we may be made to call. OCPP over SOAP proves nothing of a charger: each of these layers may
 * be put on it, and each is tried from outside on the running gateway.
 */

const authority = createCa('Depot CA');
const gatewayCertificate = authority.issue({ commonName: 'gateway', hosts: ['127.0.0.1'] });

const stage = new QuirkStage({
  files: { 'gateway.pem': gatewayCertificate.cert, 'gateway.key': gatewayCertificate.key, 'depot.pem': authority.cert },
  env: { SECRET: 'k3ys4fely1nThePathOfTheUrl', PASSWORD: 'basic:pässword' },
  config: {
    soap: {
      ...openListener,
      callDeadlineS: 1,
      tls: { port: 0, certFile: 'gateway.pem', keyFile: 'gateway.key', clientCaFile: 'depot.pem' },
    },
    unknownChargers: 'quarantine',
    chargers: {
      KNOWN: {},
      SECRET: { secretPathFrom: 'env:SECRET' },
      BASIC: { basicPasswordFrom: 'env:PASSWORD' },
      CERTIFIED: { requireCertificate: true },
      BOUND: { allowFrom: ['127.0.0.1/32'] },
      ROAMING: { allowFrom: ['127.0.0.0/24'] },
      TWINS: {},
      TRAPPED: {},
      REDIRECTED: {},
      FRIEND: { callbackNetworks: ['127.0.0.2/32'] },
    },
  },
});

/** Nothing that a charger says may make us come here. */
let trap: Server;
let trapped = 0;

beforeAll(async () => {
  trap = createServer((_request, response) => response.end()).on('connection', () => {
    trapped += 1;
  });
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.2', resolve));
  await stage.set();
});

afterAll(async () => {
  await stage.strike();
  trap.close();
});

afterEach(() => {
  stage.oblige();
  expect(stage.csms.violations).toEqual([]);
  expect(stage.edge.logged.filter(({ level }) => level === 'error')).toEqual([]);
});

const trapUrl = () => `http://127.0.0.2:${(trap.address() as AddressInfo).port}/`;

const accepted = [200, expect.stringContaining('<cs:status>Accepted<')];
const pending = [200, expect.stringContaining('<cs:status>Pending<')];
const refusedBy = (subcode: string) => [400, expect.stringContaining(`<env:Value>cs:${subcode}</env:Value>`)];

/** Status and body of the answer to a boot. */
async function boots(charger: RawCharger, how: Partial<Sending> & { readonly addressing?: string } = {}) {
  const { addressing = '', ...sending } = how;
  const body = charger.envelope('bootNotificationRequest', bootFields, { headers: addressing });
  const answer = await charger.post({ body, ...sending });
  return [answer?.status, answer?.body.toString()];
}

async function cli(...args: readonly string[]): Promise<string> {
  const folder = join(stage.edge.folder, 'data');
  const command = [join(root, 'dist/src/cli.js'), ...args, '--data', folder];
  return (await promisify(execFile)(process.execPath, command)).stdout;
}

describe('strangers', () => {
  test('wait in quarantine, seen by the operator, unheard by the CSMS, until they are adopted', async () => {
    const stranger = await stage.charger('STRANGER');
    expect(await boots(stranger)).toEqual(pending);
    const authorize = await stranger.post({ body: stranger.envelope('authorizeRequest', '<c:idTag>A</c:idTag>') });
    expect([authorize?.status, String(authorize?.body)]).toEqual(refusedBy('SecurityError'));
    expect(await cli('chargers', 'ls')).toMatch(/STRANGER +quarantined/);
    expect(stage.csms.heard.filter(({ station }) => station === 'STRANGER')).toEqual([]);
    expect(await cli('chargers', 'adopt', 'STRANGER')).toBe('STRANGER is accepted\n');
    expect(await boots(stranger)).toEqual(accepted);
    await stage.heard('STRANGER', 'BootNotification');
  });

  test('are blocked by the operator, and let in again', async () => {
    const stranger = await stage.charger('BAD');
    await boots(stranger);
    await cli('chargers', 'block', 'BAD');
    expect(await boots(stranger)).toEqual(refusedBy('SecurityError'));
    await cli('chargers', 'adopt', 'BAD');
    expect(await boots(stranger)).toEqual(accepted);
  });

  test('are turned away and not remembered with unknownChargers: reject', async () => {
    const closed = new QuirkStage({ config: { unknownChargers: 'reject', chargers: { KNOWN: {} } } });
    await closed.set();
    onTestFinished(() => closed.strike());
    expect(await boots(await closed.charger('STRANGER'))).toEqual(refusedBy('SecurityError'));
    expect(await closed.edge.view('STRANGER')).toBeUndefined();
    expect(await boots(await closed.charger('known'))).toEqual(accepted);
  });
});

describe('secrets', () => {
  test.each([
    ['/ocpp/s/k3ys4fely1nThePathOfTheUrl', accepted],
    ['/ocpp/s/k3ys4fely1nThePathOfTheUrl/SECRET', accepted],
    ['/ocpp', refusedBy('SecurityError')],
    ['/ocpp/SECRET', refusedBy('SecurityError')],
    ['/ocpp/s/k3ys4fely1nThePathOfTheUr', refusedBy('SecurityError')],
    ['/ocpp/s/K3YS4FELY1NTHEPATHOFTHEURL', refusedBy('SecurityError')],
  ])('the path %s', async (path, expected) => {
    expect(await boots(await stage.charger('SECRET'), { path })).toEqual(expected);
  });

  test.each([
    ['BASIC', 'basic:pässword', accepted],
    ['basic', 'basic:pässword', accepted],
    ['BASIC', 'basic:passwort', refusedBy('SecurityError')],
    ['OTHER', 'basic:pässword', refusedBy('SecurityError')],
  ])('HTTP Basic of %s with %s', async (user, password, expected) => {
    const Authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    expect(await boots(await stage.charger('BASIC'), { headers: { Authorization } })).toEqual(expected);
  });

  test('HTTP Basic that is missing', async () => {
    expect(await boots(await stage.charger('BASIC'))).toEqual(refusedBy('SecurityError'));
  });

  test('stand in no line of the log', () => {
    const log = JSON.stringify(stage.edge.logged);
    expect(log).not.toMatch(/k3ys4fely|pässword|passwort/i);
  });
});

describe('client certificates', () => {
  const over = async (identity: string) => {
    const charger = await new RawCharger(identity, stage.edge.soapTlsUrl ?? '').start();
    onTestFinished(() => charger.stop());
    return charger;
  };
  const shows = (commonName: string, ca = authority) => ({
    tls: { ca: authority.cert, ...ca.issue({ commonName }) },
  });

  test('the CN is the identity', async () => {
    expect(await boots(await over('CERTIFIED'), shows('CERTIFIED'))).toEqual(accepted);
    expect(await boots(await over('certified'), shows('Certified'))).toEqual(accepted);
  });

  test('the certificate of another charger is an IdentityMismatch, whether one is asked for or not', async () => {
    expect(await boots(await over('CERTIFIED'), shows('KNOWN'))).toEqual(refusedBy('IdentityMismatch'));
    expect(await boots(await over('KNOWN'), shows('CERTIFIED'))).toEqual(refusedBy('IdentityMismatch'));
  });

  test('none, one of another authority, or none since the port is the plain one: SecurityError', async () => {
    const plain = await stage.charger('CERTIFIED');
    expect(await boots(await over('CERTIFIED'), { tls: { ca: authority.cert } })).toEqual(refusedBy('SecurityError'));
    expect(await boots(await over('CERTIFIED'), shows('CERTIFIED', createCa('Other CA')))).toEqual(
      refusedBy('SecurityError'),
    );
    expect(await boots(plain)).toEqual(refusedBy('SecurityError'));
  });

  test('others are served over TLS without one', async () => {
    expect(await boots(await over('KNOWN'), { tls: { ca: authority.cert } })).toEqual(accepted);
  });
});

describe('addresses', () => {
  test('allowFrom: outside of it nobody speaks under this name', async () => {
    const charger = await stage.charger('BOUND');
    expect(await boots(charger, { localAddress: '127.0.0.2' })).toEqual(refusedBy('SecurityError'));
    expect(await boots(charger)).toEqual(accepted);
  });

  test('two live sources of one identity: the first stays, the operator is told', async () => {
    const charger = await stage.charger('TWINS');
    expect(await boots(charger)).toEqual(accepted);
    expect(await boots(charger, { localAddress: '127.0.0.2' })).toEqual(refusedBy('SecurityError'));
    expect(await boots(charger)).toEqual(accepted);
    expect(await stage.edge.view('TWINS')).toMatchObject({ conflict: true, source: '127.0.0.1' });
    expect(await cli('chargers', 'ls')).toMatch(/TWINS.*a second source claims this identity/);
  });

  test('two live sources, although both may speak: the first stays', async () => {
    const charger = await stage.charger('ROAMING');
    expect(await boots(charger, { localAddress: '127.0.0.2' })).toEqual(accepted);
    expect(await boots(charger)).toEqual(refusedBy('SecurityError'));
  });

  test('header and path name different chargers: IdentityMismatch', async () => {
    expect(await boots(await stage.charger('KNOWN'), { path: '/ocpp/BOUND' })).toEqual(refusedBy('IdentityMismatch'));
  });
});

describe('a callback address is ours to choose', () => {
  const clearCache = (identity: string) => stage.csms.call(identity, 'ClearCache', {});
  const at = (header: string, url: string) => `<a:${header}><a:Address>${url}</a:Address></a:${header}>`;

  test.each([
    ['a service of the cloud', () => 'http://169.254.169.254/latest/meta-data/'],
    ['a port of ours that is no charger’s', () => 'http://127.0.0.1:22/'],
    ['our own name', () => 'http://localhost:8080/'],
    ['another charger', trapUrl],
    ['another charger, its address written as one number', () => trapUrl().replace('127.0.0.2', String(0x7f000002))],
    ['another charger, its address in IPv6', () => trapUrl().replace('127.0.0.2', '[::ffff:127.0.0.2]')],
    ['a file', () => 'file:///etc/passwd'],
    ['credentials for somebody else', () => trapUrl().replace('//', '//user:secret@')],
  ])('From, ReplyTo and FaultTo that name %s are ignored: nothing leaves', async (_, url) => {
    const charger = await stage.charger('TRAPPED');
    const addressing = ['From', 'ReplyTo', 'FaultTo'].map((header) => at(header, url())).join('');
    expect(await boots(charger, { addressing })).toEqual(accepted);
    const view = await stage.edge.view('TRAPPED');
    expect(view?.callback).toBeUndefined();
    expect(view?.noCommandsReason).toMatch(/^its callback address /);
    await expect(clearCache('TRAPPED')).rejects.toMatchObject({ rpcErrorCode: 'GenericError' });
    expect(trapped).toBe(0);
  });

  test('a charger that redirects our call does not get us anywhere', async () => {
    const charger = await stage.booted('REDIRECTED');
    charger.answer = () => ({ body: '', status: 307, headers: { Location: trapUrl() } });
    await expect(clearCache('REDIRECTED')).rejects.toMatchObject({
      rpcErrorCode: 'GenericError',
      details: { httpStatus: 307 },
    });
    expect(trapped).toBe(0);
  });

  test('callbackNetworks: a charger may listen where the operator allows it', async () => {
    const charger = await stage.charger('FRIEND');
    await boots(charger, { addressing: at('From', trapUrl()) });
    await expect(clearCache('FRIEND')).rejects.toMatchObject({ rpcErrorCode: 'GenericError' });
    expect(trapped).toBe(1);
  });
});
