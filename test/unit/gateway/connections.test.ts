import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Claim } from '../../../src/gateway/ports.ts';
import {
  answered,
  bootPayload,
  startHarness,
  stationDefaults,
  unreachable,
  type Harness,
  type SettingsChange,
} from '../../support/gateway-harness.ts';
import { atRest } from '../../support/virtual-clock.ts';

let h: Harness;
const begin = async (change: SettingsChange = {}) => {
  h = await startHarness(change);
};
beforeEach(() => begin());
afterEach(() => h.end());

/** For the tests that begin with other settings. */
async function beginWith(change: SettingsChange): Promise<void> {
  await h.end();
  await begin(change);
}

const json: Claim = { identity: 'CP1', peerAddress: '10.0.0.7', wire: 'ocpp1.6-json', callbacks: [] };
const elsewhere: Claim = { ...json, peerAddress: '10.0.0.8' };
const { access } = stationDefaults('CP1');

async function connects(claim: Claim = json) {
  const admittance = await h.gateway().chargers.admit(claim);
  if (admittance.kind === 'admitted') h.gateway().chargers.opened(admittance.identity);
  return admittance;
}

const leaves = () => h.gateway().chargers.closed('CP1');
const link = () => h.csms.state('CP1').kind;

describe('a charger that holds a connection', () => {
  test('may be silent for as long as it likes (OCPP 1.6 §4.6)', async () => {
    await connects();
    await h.asks('BootNotification', bootPayload, json);
    await h.clock.advance(86_400_000);
    expect(link()).toBe('open');
  });

  test('loses its link to the CSMS a minute after its connection, and gets it back with the next one', async () => {
    await connects();
    await h.asks('BootNotification', bootPayload, json);
    leaves();
    await h.clock.advance(59_000);
    expect(link()).toBe('open');
    await h.clock.advance(3_000);
    expect(link()).toBe('closed');
    await connects();
    expect(link()).toBe('open');
    expect(h.csms.of('BootNotification')).toHaveLength(1);
  });

  test('is online again when the gateway has restarted, before it says anything', async () => {
    await connects();
    await h.asks('BootNotification', bootPayload, json);
    await h.restart();
    expect(link()).toBe('closed');
    await connects();
    expect(link()).toBe('open');
  });

  test('is called there, whatever address was known before', async () => {
    await h.asks('BootNotification', bootPayload);
    await connects();
    await h.csms.call('CP1', 'ClearCache', {});
    expect(h.chargers.asked.at(-1)?.target).toMatchObject({ identity: 'CP1', url: '', wire: 'ocpp1.6-json' });
  });

  test('is called again when it comes back in time; not when it may have heard the call', async () => {
    await connects();
    await h.asks('BootNotification', bootPayload, json);
    leaves();
    h.chargers.answer = () => unreachable(false);
    const waiting = h.csms.call('CP1', 'ClearCache', {});
    await atRest();
    h.chargers.answer = () => answered({ status: 'Accepted' });
    await connects();
    await expect(waiting).resolves.toEqual({ kind: 'answered', payload: { status: 'Accepted' } });
    h.chargers.answer = () => unreachable(true);
    await expect(h.csms.call('CP1', 'ClearCache', {})).resolves.toMatchObject({ kind: 'refused' });
    expect(h.chargers.asked).toHaveLength(3);
  });

  test('is not called when remote commands are switched off', async () => {
    const { callback } = stationDefaults('CP1');
    await beginWith({ station: { callback: { ...callback, remoteCommands: false } } });
    await connects();
    await h.asks('BootNotification', bootPayload, json);
    const reply = await h.csms.call('CP1', 'ClearCache', {});
    expect(reply).toMatchObject({ error: { message: expect.stringContaining('remote commands are switched off') } });
    expect(h.chargers.asked).toEqual([]);
  });
});

describe('another address', () => {
  test('is refused while the connection lives, and let in once it is gone', async () => {
    await connects();
    expect(await connects(elsewhere)).toMatchObject({ kind: 'refused', why: 'forbidden' });
    await expect(h.says('Heartbeat', {}, elsewhere)).resolves.toMatchObject({ kind: 'refused' });
    leaves();
    expect(await connects(elsewhere)).toEqual({ kind: 'admitted', identity: 'CP1' });
  });

  test('takes over at once with the password', async () => {
    await beginWith({ station: { access: { ...access, basicPassword: 'key' } } });
    const basic = { user: 'CP1', password: Buffer.from('key') };
    expect(await connects({ ...json, basic })).toMatchObject({ kind: 'admitted' });
    expect(await connects(elsewhere)).toMatchObject({ kind: 'refused', why: 'credentials' });
    expect(await connects({ ...elsewhere, basic })).toMatchObject({ kind: 'admitted' });
  });

  test('takes over at once with the certificate', async () => {
    await connects();
    expect(await connects({ ...elsewhere, certificateName: 'cp1' })).toMatchObject({ kind: 'admitted' });
    expect(await connects({ ...json, certificateName: 'CP2' })).toMatchObject({ kind: 'refused', why: 'forbidden' });
  });
});

describe('a stranger', () => {
  test('in quarantine may hold a connection, and costs no link', async () => {
    await beginWith({ unknownChargers: 'quarantine' });
    expect(await connects()).toMatchObject({ kind: 'admitted' });
    await expect(h.asks('BootNotification', bootPayload, json)).resolves.toMatchObject({ status: 'Pending' });
    expect(link()).toBe('closed');
  });

  test('that nobody wants is not known', async () => {
    await beginWith({ unknownChargers: 'reject' });
    expect(await connects()).toMatchObject({ kind: 'refused', why: 'unknown' });
  });

  test('that the operator has blocked is turned away', async () => {
    await connects();
    leaves();
    await h.gateway().operator.block('CP1');
    expect(await connects()).toMatchObject({ kind: 'refused', why: 'forbidden' });
  });
});
