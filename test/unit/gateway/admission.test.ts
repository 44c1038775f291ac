import { describe, expect, test } from 'vitest';
import { admit, type Known } from '../../../src/gateway/admission.ts';
import type { Claim } from '../../../src/gateway/ports.ts';
import type { AccessSettings } from '../../../src/gateway/settings.ts';
import { bootPayload, startHarness, stationDefaults } from '../../support/gateway-harness.ts';
import { startPayload } from '../../support/transaction-payloads.ts';

const claim: Claim = { identity: 'CP1', peerAddress: '10.0.0.7', wire: 'ocpp1.6-soap', callbacks: [] };

const known = (access: Partial<AccessSettings> = {}, rest: Partial<Known> = {}): Known => {
  const settings = stationDefaults('CP1');
  return {
    settings: { ...settings, access: { ...settings.access, ...access } },
    source: undefined,
    sourceAlive: false,
    ...rest,
  };
};

const verdict = (about: Partial<Claim>, what: Known) => {
  const admission = admit({ ...claim, ...about }, what);
  return admission.kind === 'admitted' ? 'admitted' : `${admission.rule} ${admission.error.code}`;
};

describe('identity', () => {
  test('header and path disagree: IdentityMismatch', () => {
    expect(verdict({ pathIdentity: 'CP2' }, known())).toBe('identity-mismatch IdentityMismatch');
    expect(verdict({ pathIdentity: 'cp1' }, known())).toBe('admitted');
  });

  test("header and the certificate's CN disagree: IdentityMismatch", () => {
    expect(verdict({ certificateName: 'CP2' }, known())).toBe('identity-mismatch IdentityMismatch');
    expect(verdict({ certificateName: 'CP1' }, known({ requireCertificate: true }))).toBe('admitted');
    expect(verdict({}, known({ requireCertificate: true }))).toBe('certificate-missing SecurityError');
  });
});

describe('secrets', () => {
  test('the secret path must be there, and be right', () => {
    const what = known({ pathSecret: 'open sesame' });
    expect(verdict({ pathSecret: 'open sesame' }, what)).toBe('admitted');
    expect(verdict({ pathSecret: 'open sesamf' }, what)).toBe('path-secret SecurityError');
    expect(verdict({}, what)).toBe('path-secret SecurityError');
    expect(verdict({ pathSecret: 'guess' }, known())).toBe('path-secret SecurityError');
  });

  test('HTTP Basic: the user is the identity', () => {
    const what = known({ basicPassword: 'secret' });
    expect(verdict({ basic: { user: 'CP1', password: Buffer.from('secret') } }, what)).toBe('admitted');
    expect(verdict({ basic: { user: 'CP2', password: Buffer.from('secret') } }, what)).toBe('basic SecurityError');
    expect(verdict({ basic: { user: 'CP1', password: Buffer.from('guess') } }, what)).toBe('basic SecurityError');
    expect(verdict({}, what)).toBe('basic SecurityError');
  });
});

describe('address', () => {
  const before = (source: string, access: Partial<AccessSettings> = {}, sourceAlive = false) =>
    known(access, { source, sourceAlive });

  test('the first address is trusted, the same one stays', () => {
    expect(verdict({}, known())).toBe('admitted');
    expect(verdict({ peerAddress: '::ffff:10.0.0.7' }, before('10.0.0.7'))).toBe('admitted');
  });

  test('a new lease in the same /24 is allowed, another network is not', () => {
    expect(verdict({}, before('10.0.0.9'))).toBe('admitted');
    expect(verdict({}, before('10.0.1.9'))).toBe('source-change SecurityError');
    expect(verdict({ peerAddress: 'fd00::7' }, before('fd00::9'))).toBe('admitted');
    expect(verdict({ peerAddress: 'fd00:0:0:1::7' }, before('fd00::9'))).toBe('source-change SecurityError');
  });

  test('sourceChange: block and allow', () => {
    expect(verdict({}, before('10.0.0.9', { sourceChange: 'block' }))).toBe('source-change SecurityError');
    expect(verdict({}, before('192.168.1.1', { sourceChange: 'allow' }))).toBe('admitted');
  });

  test('two live sources: the first stays', () => {
    expect(verdict({}, before('10.0.0.9', { sourceChange: 'allow' }, true))).toBe('conflict SecurityError');
  });

  test('allowFrom binds, and lets the charger move inside', () => {
    expect(verdict({}, before('10.9.9.9', { allowFrom: ['10.0.0.0/8'] }))).toBe('admitted');
    expect(verdict({}, known({ allowFrom: ['192.168.0.0/16', '10.0.0.8'] }))).toBe('address SecurityError');
  });
});

describe('strangers', () => {
  test('quarantine: Pending until adopted, nothing reaches the CSMS', async () => {
    const h = await startHarness({ unknownChargers: 'quarantine' });
    expect(await h.asks('BootNotification', bootPayload)).toMatchObject({ status: 'Pending', interval: 60 });
    expect(await h.says('StartTransaction', startPayload())).toMatchObject({ error: { code: 'SecurityError' } });
    expect(h.csms.opened.size).toBe(0);
    expect(await h.gateway().operator.adopt('cp1')).toBe(true);
    expect(await h.asks('BootNotification', bootPayload)).toMatchObject({ status: 'Accepted' });
    await h.end();
  });

  test('reject: SecurityError, nothing remembered', async () => {
    const h = await startHarness({ unknownChargers: 'reject' });
    expect(await h.says('BootNotification', bootPayload)).toMatchObject({ error: { code: 'SecurityError' } });
    expect(await h.gateway().operator.chargers()).toEqual([]);
    await h.end();
  });

  test('registered chargers need no adoption', async () => {
    const h = await startHarness({ unknownChargers: 'reject', station: { registered: true } });
    expect(await h.asks('BootNotification', bootPayload)).toMatchObject({ status: 'Accepted' });
    await h.end();
  });

  test('blocked by the operator: refused, its link closed, over a restart', async () => {
    const h = await startHarness();
    await h.asks('BootNotification', bootPayload);
    await h.gateway().operator.block('CP1');
    expect(h.csms.state('CP1').kind).toBe('closed');
    await h.restart();
    expect(await h.says('Heartbeat', {})).toMatchObject({ error: { code: 'SecurityError' } });
    await h.end();
  });
});

describe('one identity, two sources (F19)', () => {
  test('the first stays while it lives; a charger with a new lease is let in when the old one has been silent', async () => {
    const h = await startHarness();
    const other = { peerAddress: '10.0.0.8', callbacks: ['http://10.0.0.8:8081/'] };
    await h.asks('BootNotification', bootPayload);
    expect(await h.says('Heartbeat', {}, other)).toMatchObject({ error: { code: 'SecurityError' } });
    expect(await h.gateway().operator.chargers()).toMatchObject([{ conflict: true, source: '10.0.0.7' }]);
    await h.clock.advance(500_000);
    expect(await h.says('Heartbeat', {}, other)).toMatchObject({ kind: 'answered' });
    await h.csms.call('CP1', 'Reset', { type: 'Soft' });
    expect(h.chargers.asked.at(-1)?.target.url).toBe('http://10.0.0.8:8081/');
    expect(await h.gateway().operator.chargers()).toMatchObject([{ conflict: false, source: '10.0.0.8' }]);
    await h.end();
  });
});
