import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { answered, bootPayload, refused, unreachable } from '../../../support/gateway-harness.ts';
import { fetchAsCharger, type TransferStage } from '../../../support/transfer-stage.ts';
import { isIn, useTransferStages } from '../../../support/transfer-stages.ts';
import type { Handler } from '../../../support/web-server.ts';

const { web, open } = useTransferStages();
const image = randomBytes(100_000);
const serveImage: Handler = (_request, response) =>
  void response.writeHead(200, { 'Content-Length': image.length }).end(image);

const request = { retrieveDate: '2026-03-01T12:00:00Z', retries: 1, retryInterval: 5 };

/** The CSMS asks for an update with an image that `handler` serves; resolves when its conf is there. */
async function update(stage: TransferStage, handler: Handler = serveImage): Promise<string> {
  const location = `${await web.serve(handler)}/images/wall-2.0.bin`;
  expect(await stage.asks('UpdateFirmware', { ...request, location })).toEqual({});
  return location;
}

const offered = (stage: TransferStage) => () => stage.asked('UpdateFirmware').length > 0;

describe('UpdateFirmware', () => {
  test('is answered when the job is on disk; the charger hears of a URL of the gateway once the image is verified', async () => {
    const stage = await open();
    const location = await update(stage);
    await stage.until(isIn(stage, 'offered'));
    const [call] = stage.asked('UpdateFirmware');
    expect(call).toEqual({
      ...request,
      location: expect.stringMatching(/^ftp:\/\/u\w+:p\w+@127\.0\.0\.1:\d+\/\w+\/wall-2\.0\.bin$/),
    });
    expect(call?.['location']).not.toBe(location);
    expect(await fetchAsCharger(call?.['location'])).toEqual(image);
    expect(stage.heard('firmware')).toEqual([]);
  });

  test('the statuses of the charger reach the CSMS word for word, repetitions left out, and Installed ends the job', async () => {
    const stage = await open();
    await update(stage);
    await stage.until(isIn(stage, 'offered'));
    const url = stage.asked('UpdateFirmware')[0]?.['location'];
    for (const status of ['Downloading', 'Downloading', 'Downloading']) await stage.says('firmware', status);
    await fetchAsCharger(url);
    for (const status of ['Downloaded', 'Installing', 'Installed', 'Installed']) await stage.says('firmware', status);
    const heard = ['Downloading', 'Downloaded', 'Installing', 'Installed'];
    await stage.until(() => stage.heard('firmware').length === heard.length);
    expect(stage.heard('firmware')).toEqual(heard);
    expect(stage.counted).toEqual([
      'repeated firmware',
      'repeated firmware',
      'ended firmware installed',
      'repeated firmware',
    ]);
    const crossed = [
      ['firmware csms', image.length],
      ['firmware charger', image.length],
    ] as const;
    expect(stage.moved).toEqual(new Map(crossed));
    expect(await stage.job()).toMatchObject({ state: 'installed', open: false, sentBytes: image.length });
    await expect(fetchAsCharger(url)).rejects.toThrow();
  });

  test('a charger that knows HTTP only is handed HTTP', async () => {
    const stage = await open({ station: { protocol: 'auto' } });
    stage.harness.chargers.answer = (action) =>
      answered(
        action === 'GetConfiguration'
          ? { configurationKey: [{ key: 'SupportedFileTransferProtocols', readonly: true, value: 'HTTP,HTTPS' }] }
          : {},
      );
    await update(stage);
    await stage.until(isIn(stage, 'offered'));
    const url = stage.asked('UpdateFirmware')[0]?.['location'];
    expect(url).toMatch(/^http:/);
    expect(await fetchAsCharger(url)).toEqual(image);
  });

  test('a direct charger gets the CSMS’s own location, and its statuses pass as they are', async () => {
    const stage = await open({ station: { route: 'direct' } });
    const location = await update(stage);
    expect(stage.asked('UpdateFirmware')).toEqual([{ ...request, location }]);
    await stage.says('firmware', 'Downloading');
    await stage.says('firmware', 'Downloading');
    await stage.until(() => stage.heard('firmware').length === 2);
  });

  test('a charger that cannot be called: the CSMS hears so, and nothing is fetched', async () => {
    const stage = await open();
    await stage.harness.asks('BootNotification', bootPayload, { identity: 'CP2', callbacks: [] });
    const reply = await stage.harness.csms.call('CP2', 'UpdateFirmware', { ...request, location: 'http://127.0.0.1/' });
    expect(reply.kind).toBe('refused');
    expect(await stage.desk().transfers({})).toEqual([]);
  });

  test('a charger that is not reached is told at its next message', async () => {
    const stage = await open();
    stage.harness.chargers.answer = () => unreachable(false);
    await update(stage);
    await stage.until(offered(stage));
    await stage.until(isIn(stage, 'verified'));
    stage.harness.chargers.answer = () => answered({});
    await stage.harness.clock.advance(6_000);
    await stage.says('firmware', 'Idle').catch(() => undefined);
    await stage.until(isIn(stage, 'offered'));
  });

  test('an offer that may have arrived is made again with the same URL, and not when the charger has come for it', async () => {
    const stage = await open();
    stage.harness.chargers.answer = () => unreachable(true);
    await update(stage);
    await stage.until(offered(stage));
    await stage.until(() => stage.asked('UpdateFirmware').length === 2, 20_000);
    const [first, second] = stage.asked('UpdateFirmware');
    expect(second).toEqual(first);
    await fetchAsCharger(first?.['location']);
    await stage.until(isIn(stage, 'offered'));
    await stage.harness.clock.advance(300_000);
    expect(stage.asked('UpdateFirmware')).toHaveLength(2);
  });

  test('a charger without the operation: DownloadFailed', async () => {
    const stage = await open();
    stage.harness.chargers.answer = () => refused('NotSupported');
    await update(stage);
    await stage.until(() => stage.heard('firmware').length > 0);
    expect(stage.heard('firmware')).toEqual(['DownloadFailed']);
    expect(await stage.job()).toMatchObject({ state: 'offerFailed', open: false });
  });

  test('a new one supersedes: the old URL is dead, and what the charger says of the old image is not told', async () => {
    const stage = await open();
    await update(stage);
    await stage.until(isIn(stage, 'offered'));
    const old = stage.asked('UpdateFirmware')[0]?.['location'];
    await stage.says('firmware', 'Downloading');
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await update(stage, (...input) => void held.then(() => serveImage(...input)));
    await expect(fetchAsCharger(old)).rejects.toThrow();
    await stage.says('firmware', 'DownloadFailed');
    release();
    await stage.until(() => stage.asked('UpdateFirmware').length === 2);
    await stage.until(isIn(stage, 'offered'));
    expect(stage.heard('firmware')).toEqual(['Downloading']);
    expect((await stage.desk().transfers({})).map(({ state }) => state)).toEqual(['offered', 'superseded']);
  });

  test('TriggerMessage is answered from the job: Idle only when none is open', async () => {
    const stage = await open();
    const trigger = async () => {
      const conf = await stage.asks('TriggerMessage', { requestedMessage: 'FirmwareStatusNotification' });
      expect(conf).toEqual({ status: 'Accepted' });
      await stage.harness.clock.advance(10);
    };
    await trigger();
    await update(stage);
    await stage.until(isIn(stage, 'offered'));
    await trigger();
    await stage.says('firmware', 'Downloading');
    await stage.says('firmware', 'Downloaded');
    await trigger();
    await stage.until(() => stage.heard('firmware').length === 5);
    expect(stage.heard('firmware')).toEqual(['Idle', 'Downloading', 'Downloading', 'Downloaded', 'Downloaded']);
    expect(stage.asked('TriggerMessage')).toEqual([]);
  });
});

describe('SupportedFileTransferProtocols (OCPP 1.6 §9.2.6)', () => {
  const key = 'SupportedFileTransferProtocols';
  const charger = {
    configurationKey: [
      { key, readonly: true, value: 'FTP' },
      { key: 'X', readonly: false, value: '1' },
    ],
  };

  test('is what the gateway can fetch; the charger is not asked for it', async () => {
    const stage = await open();
    stage.harness.chargers.answer = () => answered(charger);
    const ours = { key, readonly: true, value: 'FTP,FTPS,HTTP,HTTPS' };
    expect(await stage.asks('GetConfiguration', { key: [key] })).toEqual({ configurationKey: [ours] });
    expect(stage.asked('GetConfiguration')).toEqual([]);
    const all = (await stage.asks('GetConfiguration', {}))['configurationKey'];
    expect(all).toEqual(expect.arrayContaining([ours, { key: 'X', readonly: false, value: '1' }]));
    expect(all).not.toContainEqual(expect.objectContaining({ value: 'FTP' }));
  });

  test('is the charger’s own when it is direct', async () => {
    const stage = await open({ station: { route: 'direct' } });
    stage.harness.chargers.answer = () => answered(charger);
    const conf = await stage.asks('GetConfiguration', { key: [key] });
    expect(conf['configurationKey']).toContainEqual({ key, readonly: true, value: 'FTP' });
  });
});

describe('after a restart a firmware job goes on where it was', () => {
  test('fetching: it is fetched again', async () => {
    const stage = await open();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await update(stage, (request, response, turn) => {
      const ready = turn === 1 ? held : Promise.resolve();
      void ready.then(() => response.destroyed || serveImage(request, response, turn));
    });
    await stage.restart();
    release();
    await stage.until(isIn(stage, 'offered'));
    expect(stage.heard('firmware')).toEqual([]);
  });

  test('offered: the charger’s URL still leads to the image, and it is not told again', async () => {
    const stage = await open();
    await update(stage);
    await stage.until(isIn(stage, 'offered'));
    const url = new URL(String(stage.asked('UpdateFirmware')[0]?.['location']));
    await stage.restart();
    url.port = String(stage.door().ftpPort);
    expect(await fetchAsCharger(url)).toEqual(image);
    await stage.says('firmware', 'Downloaded');
    await stage.says('firmware', 'Installed');
    await stage.until(() => stage.heard('firmware').length === 2);
    expect(stage.heard('firmware')).toEqual(['Downloaded', 'Installed']);
    expect(stage.asked('UpdateFirmware')).toHaveLength(1);
  });

  test('offering: it is told again within half a minute, of the same token', async () => {
    const stage = await open();
    stage.harness.chargers.answer = () => unreachable(true);
    await update(stage);
    await stage.until(offered(stage));
    await stage.until(isIn(stage, 'offering'));
    stage.harness.chargers.answer = () => answered({});
    await stage.restart();
    await stage.harness.clock.advance(30_000);
    await stage.until(isIn(stage, 'offered'));
    const tokens = stage.asked('UpdateFirmware').map(({ location }) => new URL(String(location)).pathname);
    expect(tokens).toEqual([tokens[0], tokens[0]]);
  });
});
