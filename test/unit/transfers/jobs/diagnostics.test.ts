import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { StoreUnavailable } from '../../../../src/gateway/store-port.ts';
import type { DiagnosticsTransfer } from '../../../../src/transfers/jobs/ports.ts';
import { answered, refused, unreachable } from '../../../support/gateway-harness.ts';
import { type TransferStage, uploadAsCharger } from '../../../support/transfer-stage.ts';
import { isIn, useTransferStages } from '../../../support/transfer-stages.ts';

const { web, open } = useTransferStages({ conf: { fileName: 'log.zip' } });
const diagnostics = randomBytes(50_000);

type Inbox = { readonly url: string; readonly files: Map<string, Buffer>; status: number };

/** Where the CSMS wants its files. */
async function openInbox(): Promise<Inbox> {
  const files = new Map<string, Buffer>();
  const inbox = { url: '', files, status: 201 };
  const url = await web.serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (inbox.status === 201) files.set(request.url ?? '', Buffer.concat(chunks));
      response.writeHead(inbox.status).end();
    });
  });
  inbox.url = `${url}/inbox/`;
  return inbox;
}

const patience = { retries: 1, retryInterval: 1 };
const get = (stage: TransferStage, location: string) => stage.asks('GetDiagnostics', { ...patience, location });
const urlOf = (stage: TransferStage) => stage.asked('GetDiagnostics')[0]?.['location'];

describe('GetDiagnostics', () => {
  test('is forwarded with a folder of the gateway; Uploaded is held back until the file is where the CSMS wants it', async () => {
    const stage = await open();
    const inbox = await openInbox();
    const range = { startTime: '2026-02-01T00:00:00Z', stopTime: '2026-03-01T00:00:00Z' };
    const conf = await stage.asks('GetDiagnostics', { ...patience, ...range, location: inbox.url });
    expect(conf).toEqual({ fileName: 'log.zip' });
    expect(stage.asked('GetDiagnostics')).toEqual([
      { ...patience, ...range, location: expect.stringMatching(/^ftp:\/\/\w+:\w+@127\.0\.0\.1:\d+\/\w+\/$/) },
    ]);
    await stage.says('diagnostics', 'Uploading');
    await stage.says('diagnostics', 'Uploading');
    await uploadAsCharger(urlOf(stage), 'other-name.zip', diagnostics);
    expect(inbox.files.size).toBe(0);
    await stage.says('diagnostics', 'Uploaded');
    await stage.until(() => stage.heard('diagnostics').length === 2);
    expect(stage.heard('diagnostics')).toEqual(['Uploading', 'Uploaded']);
    expect(inbox.files).toEqual(new Map([['/inbox/log.zip', diagnostics]]));
    const crossed = [
      ['diagnostics charger', diagnostics.length],
      ['diagnostics csms', diagnostics.length],
    ] as const;
    expect(stage.moved).toEqual(new Map(crossed));
    const { id } = await stage.job();
    expect(readFileSync((await stage.desk().fileOf(id)) ?? '')).toEqual(diagnostics);
  });

  test('a silent charger: a whole file goes on after a minute without a sign', async () => {
    const stage = await open();
    const inbox = await openInbox();
    await get(stage, inbox.url);
    await uploadAsCharger(urlOf(stage), 'log.zip', diagnostics);
    await stage.until(isIn(stage, 'received'));
    await stage.harness.clock.advance(61_000);
    await stage.until(isIn(stage, 'uploaded'));
    expect(stage.heard('diagnostics')).toEqual(['Uploaded']);
  });

  test('Uploaded, and nothing has come: UploadFailed', async () => {
    const stage = await open();
    await get(stage, (await openInbox()).url);
    await stage.says('diagnostics', 'Uploading');
    await stage.says('diagnostics', 'Uploaded');
    await stage.harness.clock.advance(31_000);
    await stage.until(isIn(stage, 'uploadFailed'));
    expect(stage.heard('diagnostics')).toEqual(['Uploading', 'UploadFailed']);
    expect(stage.counted).toContain('contradiction uploaded');
  });

  test('UploadFailed of a charger whose file is here whole: the file decides', async () => {
    const stage = await open();
    const inbox = await openInbox();
    await get(stage, inbox.url);
    await uploadAsCharger(urlOf(stage), 'log.zip', diagnostics);
    await stage.says('diagnostics', 'UploadFailed');
    await stage.harness.clock.advance(61_000);
    await stage.until(isIn(stage, 'uploaded'));
    expect(stage.heard('diagnostics')).toEqual(['Uploaded']);
  });

  test('UploadFailed of a charger that brought nothing is passed on', async () => {
    const stage = await open();
    await get(stage, (await openInbox()).url);
    await stage.says('diagnostics', 'UploadFailed');
    await stage.until(() => stage.heard('diagnostics').length === 1);
    expect(stage.heard('diagnostics')).toEqual(['UploadFailed']);
    expect(await stage.job()).toMatchObject({ state: 'uploadFailed', reason: 'the charger says so' });
  });

  test('the CSMS’s location does not take it: UploadFailed, and the file stays for the operator', async () => {
    const stage = await open();
    const inbox = await openInbox();
    inbox.status = 403;
    await get(stage, inbox.url);
    await uploadAsCharger(urlOf(stage), 'log.zip', diagnostics);
    await stage.says('diagnostics', 'Uploaded');
    await stage.until(isIn(stage, 'uploadFailed'));
    expect(stage.heard('diagnostics')).toEqual(['UploadFailed']);
    const { id } = await stage.job();
    expect(readFileSync((await stage.desk().fileOf(id)) ?? '')).toEqual(diagnostics);
  });

  test('no fileName: the charger has none, and nothing is open', async () => {
    const stage = await open();
    stage.harness.chargers.answer = () => answered({});
    expect(await get(stage, (await openInbox()).url)).toEqual({});
    expect(await stage.job()).toMatchObject({ state: 'nothing', open: false });
    await expect(uploadAsCharger(urlOf(stage), 'log.zip', diagnostics)).rejects.toThrow();
  });

  test.each([
    ['refuses', () => refused('NotSupported')],
    ['is not reached', () => unreachable(true)],
  ])('a charger that %s: the CSMS hears so, and the door is shut', async (_case, answer) => {
    const stage = await open();
    stage.harness.chargers.answer = answer;
    await expect(get(stage, (await openInbox()).url)).rejects.toThrow();
    expect(await stage.job()).toMatchObject({ state: 'refused', open: false });
    expect(stage.heard('diagnostics')).toEqual([]);
  });

  test('nobody comes in time: UploadFailed', async () => {
    const stage = await open({ settings: { ticketMs: 3_600_000 } });
    await get(stage, (await openInbox()).url);
    await stage.harness.clock.skip(3_601_000);
    await stage.until(isIn(stage, 'uploadFailed'));
    await stage.until(() => stage.heard('diagnostics').length > 0);
    expect(stage.heard('diagnostics')).toEqual(['UploadFailed']);
  });

  test('TriggerMessage is answered from the job: Idle only when none is open', async () => {
    const stage = await open();
    const trigger = async () => {
      const conf = await stage.asks('TriggerMessage', { requestedMessage: 'DiagnosticsStatusNotification' });
      expect(conf).toEqual({ status: 'Accepted' });
      await stage.harness.clock.advance(10);
    };
    await trigger();
    await get(stage, (await openInbox()).url);
    await trigger();
    expect(stage.heard('diagnostics')).toEqual(['Idle', 'Uploading']);
  });
});

describe('what the operator asks for stays here', () => {
  test('the file is kept, and the CSMS hears of nothing', async () => {
    const stage = await open();
    expect(await stage.desk().askDiagnostics('CP1')).toMatchObject({ kind: 'done' });
    await stage.until(isIn(stage, 'asked'));
    await stage.says('diagnostics', 'Uploading');
    await uploadAsCharger(urlOf(stage), 'log.zip', diagnostics);
    await stage.says('diagnostics', 'Uploaded');
    await stage.until(isIn(stage, 'kept'));
    expect(stage.heard('diagnostics')).toEqual([]);
    const { id } = await stage.job();
    expect(readFileSync((await stage.desk().fileOf(id)) ?? '')).toEqual(diagnostics);
    await stage.restart();
    expect(readFileSync((await stage.desk().fileOf(id)) ?? '')).toEqual(diagnostics);
  });

  test('it does not push aside what the CSMS asked for', async () => {
    const stage = await open();
    await get(stage, (await openInbox()).url);
    expect(await stage.desk().askDiagnostics('CP1')).toMatchObject({ kind: 'refused' });
    expect(await stage.job()).toMatchObject({ state: 'asked', open: true });
  });
});

describe('after a restart a diagnostics job goes on where it was', () => {
  const restarted = async (stage: TransferStage) => {
    const url = new URL(String(urlOf(stage)));
    await stage.restart();
    url.port = String(stage.door().ftpPort);
    return url;
  };

  test('asked: the charger’s URL still takes the file', async () => {
    const stage = await open();
    const inbox = await openInbox();
    await get(stage, inbox.url);
    await uploadAsCharger(await restarted(stage), 'log.zip', diagnostics);
    await stage.says('diagnostics', 'Uploaded');
    await stage.until(isIn(stage, 'uploaded'));
    expect(stage.heard('diagnostics')).toEqual(['Uploaded']);
    expect(stage.asked('GetDiagnostics')).toHaveLength(1);
  });

  test('received: the file is still whole', async () => {
    const stage = await open();
    const inbox = await openInbox();
    await get(stage, inbox.url);
    await uploadAsCharger(urlOf(stage), 'log.zip', diagnostics);
    await stage.until(isIn(stage, 'received'));
    await restarted(stage);
    await stage.says('diagnostics', 'Uploaded');
    await stage.until(isIn(stage, 'uploaded'));
    expect(inbox.files).toEqual(new Map([['/inbox/log.zip', diagnostics]]));
  });

  test.each([
    ['before', ({ file }: DiagnosticsTransfer) => file !== undefined],
    ['when', ({ state }: DiagnosticsTransfer) => state === 'bringing'],
  ])('received, and the store was gone %s the file moved: it is brought', async (_case, isLost) => {
    const stage = await open();
    const inbox = await openInbox();
    await get(stage, inbox.url);
    await uploadAsCharger(urlOf(stage), 'log.zip', diagnostics);
    await stage.until(isIn(stage, 'received'));
    const store = stage.harness.store();
    const save = store.saveTransfer.bind(store);
    let lost = 0;
    store.saveTransfer = (job, lines) => {
      if (job.kind === 'firmware' || !isLost(job)) return save(job, lines);
      lost += 1;
      return Promise.reject(new StoreUnavailable('gone'));
    };
    await stage.says('diagnostics', 'Uploaded');
    await stage.until(() => lost > 0);
    await stage.restart();
    await stage.until(isIn(stage, 'uploaded'));
    expect(inbox.files).toEqual(new Map([['/inbox/log.zip', diagnostics]]));
    expect(stage.heard('diagnostics')).toEqual(['Uploaded']);
  });

  test('bringing: it is brought again', async () => {
    const stage = await open();
    const arrived: string[] = [];
    const url = await web.serve((request, response, turn) => {
      request.resume();
      request.on('end', () => {
        if (turn === 1) return;
        arrived.push(request.url ?? '');
        response.writeHead(201).end();
      });
    });
    await get(stage, `${url}/in/`);
    await uploadAsCharger(urlOf(stage), 'log.zip', diagnostics);
    await stage.says('diagnostics', 'Uploaded');
    await stage.until(isIn(stage, 'bringing'));
    await stage.restart();
    await stage.until(isIn(stage, 'uploaded'));
    expect(arrived).toEqual(['/in/log.zip']);
    expect(stage.heard('diagnostics')).toEqual(['Uploaded']);
  });
});
