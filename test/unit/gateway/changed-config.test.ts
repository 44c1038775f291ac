import { afterEach, describe, expect, test } from 'vitest';
import {
  bootPayload,
  startHarness,
  stationDefaults,
  type Harness,
  type SettingsChange,
} from '../../support/gateway-harness.ts';
import { startPayload } from '../../support/transaction-payloads.ts';
import { atRest } from '../../support/virtual-clock.ts';

/** What was decided under one config, and what another makes of it. */
let h: Harness;
afterEach(() => h.end());

async function begin(change: SettingsChange = {}): Promise<void> {
  h = await startHarness(change);
}

describe.each(['restart', 'reload'] as const)('by a %s', (way) => {
  describe('a charger in quarantine', () => {
    test('is let out when the config names it', async () => {
      await begin({ unknownChargers: 'quarantine' });
      expect(await h.asks('BootNotification', bootPayload)).toMatchObject({ status: 'Pending' });
      await h[way]({ station: { registered: true } });
      expect(await h.asks('BootNotification', bootPayload)).toMatchObject({ status: 'Accepted' });
    });

    test('is let out when unknown chargers are accepted, and turned away when they are rejected', async () => {
      await begin({ unknownChargers: 'quarantine' });
      await h.asks('BootNotification', bootPayload);
      await h[way]({ unknownChargers: 'reject' });
      await expect(h.asks('BootNotification', bootPayload)).rejects.toMatchObject({ code: 'SecurityError' });
      await h[way]({ unknownChargers: 'accept' });
      expect(await h.asks('BootNotification', bootPayload)).toMatchObject({ status: 'Accepted' });
    });

    test('that was blocked stays blocked', async () => {
      await begin();
      await h.asks('BootNotification', bootPayload);
      await h.gateway().operator.block('CP1');
      await h[way]({ station: { registered: true } });
      await expect(h.asks('Heartbeat', {})).rejects.toMatchObject({ code: 'SecurityError' });
    });
  });

  test('csmsIdentity counts for chargers that were seen before', async () => {
    await begin();
    await h.asks('BootNotification', bootPayload);
    await h[way]({ station: { link: { ...stationDefaults('CP1').link, csmsIdentity: 'DE*ABC*E1' } } });
    await h.asks('Heartbeat', {});
    expect(h.csms.opened.get('CP1')).toMatchObject({ csmsIdentity: 'DE*ABC*E1' });
  });

  test.each([
    ['csmsIdentity', { csmsIdentity: 'DE*ABC*E1' }],
    ['url', { url: 'ws://127.0.0.1:2/ocpp' }],
  ])('another %s of the CSMS: it hears of the boot first, although the one before accepted it', async (_, link) => {
    await begin();
    await h.asks('BootNotification', bootPayload);
    await h[way]({ station: { link: { ...stationDefaults('CP1').link, ...link } } });
    await h.asks('StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError' });
    await atRest();
    expect(h.csms.actions().slice(1)).toEqual(['BootNotification', 'StatusNotification']);
  });

  describe('where a charger was called before', () => {
    const callback = stationDefaults('CP1').callback;
    const command = async () => {
      await h.asks('Heartbeat', {}, { callbacks: [] });
      const reply = h.csms.call('CP1', 'ClearCache', {});
      await atRest();
      await h.clock.advance(15_000);
      return reply;
    };

    test('is called again after a restart', async () => {
      await begin();
      await h.asks('BootNotification', bootPayload);
      await h[way]();
      await command();
      expect(h.chargers.asked.map(({ target }) => target.url)).toEqual(['http://10.0.0.7:8081/ocpp']);
    });

    test('is not called any more when remote commands are switched off', async () => {
      await begin();
      await h.asks('BootNotification', bootPayload);
      await h[way]({ station: { callback: { ...callback, remoteCommands: false } } });
      expect(await command()).toMatchObject({ error: { message: expect.stringMatching(/switched off/) } });
      expect(h.chargers.asked).toEqual([]);
    });

    test('is not called any more when its network is not allowed any more', async () => {
      await begin({ station: { callback: { ...callback, allowedNetworks: ['10.9.0.0/16'] } } });
      await h.asks('BootNotification', bootPayload, { callbacks: ['http://10.9.0.1:8080/'] });
      await h[way]({ station: {} });
      expect(await command()).toMatchObject({ kind: 'refused' });
      expect(h.chargers.asked).toEqual([]);
    });

    test('gives way to an endpoint that the config names, before the charger has spoken', async () => {
      await begin();
      await h.asks('BootNotification', bootPayload);
      h.csms.goDown();
      await h.asks('StartTransaction', startPayload());
      await h[way]({ station: { callback: { ...callback, endpoint: 'http://192.0.2.1/cp' } } });
      h.csms.comeBack();
      await atRest();
      await h.csms.call('CP1', 'ClearCache', {});
      expect(h.chargers.asked.map(({ target }) => target.url)).toEqual(['http://192.0.2.1/cp']);
    });
  });

  test('a charger that the config blocks gets no link, whatever waits for the CSMS', async () => {
    await begin();
    await h.asks('BootNotification', bootPayload);
    h.csms.goDown();
    await h.asks('StartTransaction', startPayload());
    h.csms.up = true;
    await h[way]({ station: { blocked: true } });
    await atRest();
    expect(h.csms.state('CP1').kind).toBe('closed');
  });

  test('a charger that is let in again has what waits of it delivered, though it stays silent', async () => {
    await begin();
    await h.asks('BootNotification', bootPayload);
    h.csms.goDown();
    await h.asks('StartTransaction', startPayload());
    await h.gateway().operator.block('CP1');
    h.csms.up = true;
    expect(h.csms.of('StartTransaction')).toEqual([]);
    await h.gateway().operator.adopt('CP1');
    await atRest();
    expect(h.csms.of('StartTransaction')).toHaveLength(1);
  });

  test('strangers without number never keep out a charger that the config names', async () => {
    await begin({ unknownChargers: 'quarantine' });
    const strangers = Array.from({ length: 1_001 }, (_, nth) =>
      h.says('BootNotification', bootPayload, { identity: `X${nth}` }),
    );
    const kinds = (await Promise.all(strangers)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'refused')).toHaveLength(1);
    await h[way]({ station: { registered: true } });
    const boot = await h.asks('BootNotification', bootPayload, { identity: 'DEPOT-07' });
    expect(boot).toMatchObject({ status: 'Accepted' });
  });
});
