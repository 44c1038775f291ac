import { expect, onTestFinished, test } from 'vitest';
import { runCampaign } from '../../../src/cli/campaign.ts';
import type { Store } from '../../../src/gateway/store-port.ts';
import type { Campaign, CampaignStore, Phase } from '../../../src/transfers/campaigns/ports.ts';
import { openStore } from '../../../src/store/open.ts';
import { listeningLog } from '../operator/gateway-double.ts';
import { aCampaign, member } from '../transfers/campaigns/campaign-facts.ts';
import { listen, makeFolder, nowMs, prepare, serve } from './data-folder.ts';

/* `campaign` where there is little to do: without a gateway, and with one that has no campaigns. */

async function folderWith(...campaigns: readonly Campaign[]): Promise<string> {
  const { folder, remove } = await makeFolder();
  onTestFinished(remove);
  const store: Store & CampaignStore = await openStore({ folder, log: listeningLog().log, ballastBytes: 4096 });
  for (const campaign of campaigns) await store.saveCampaign(campaign, campaign.members);
  await store.close();
  return folder;
}

async function campaign(folder: string, args: readonly string[], columns?: number) {
  const { io, said } = listen();
  const terminal = columns === undefined ? undefined : { columns, rows: 20 };
  return { exit: await runCampaign([...args, '--data', folder], { ...io, terminal }), ...said };
}

const over: Phase = { kind: 'over', outcome: 'failed', atMs: nowMs - 60_000, reason: 'the charger says \u001b[2J' };
const kept = aCampaign([member('CP-1', 0, over), member('CP-2', 1)], { soakMs: 120_000, abortAfterFailures: 2 });

const picture = `campaign wall to 2.0 is running
all      [##########..........] 1 of 2  1 failed, 2 end it
wave 1   [####################] 1 of 1
wave 2   [....................] 0 of 1  from 2026-03-01T12:01:00.000Z

CHARGER  WAVE  STATE    SINCE      BYTES  REASON
CP-1     1     failed   1 min ago  -      the charger says ?[2J
CP-2     2     waiting  -          -
`;

test('without a gateway there is what was, and nothing to do', async () => {
  const folder = await folderWith(kept);
  expect(await campaign(folder, ['status', 'wall'])).toEqual({ exit: 0, out: picture, err: '' });
  expect((await campaign(folder, ['status'])).out).toMatch(/^wall +running .* 1 of 2 +1 +2\.0$/m);
  expect(await campaign(folder, ['status', 'post'])).toMatchObject({
    exit: 1,
    err: 'campaign post was never started\n',
  });
  for (const verb of ['plan', 'start', 'pause', 'resume', 'abort']) {
    const asleep = { exit: 1, out: '', err: 'no gateway runs on this data folder\n' };
    expect(await campaign(folder, [verb, 'wall'])).toEqual(asleep);
  }
  const { out } = await campaign(folder, ['status', '--json']);
  expect(JSON.parse(out)).toMatchObject({
    campaigns: [{ name: 'wall', failures: 1, waves: [{ over: 1 }, { over: 0 }] }],
  });
});

test('on a terminal the picture is drawn; without a gateway there is nothing to wait for', async () => {
  const folder = await folderWith(kept);
  expect(await campaign(folder, ['status', 'wall', '--follow'], 100)).toEqual({ exit: 1, out: picture, err: '' });
  const line = 'campaign wall to 2.0 is running: 1 of 2\n';
  expect(await campaign(folder, ['status', 'wall', '--follow'])).toEqual({ exit: 1, out: line, err: '' });
});

test('a gateway without campaigns says what is missing', async () => {
  const { folder, remove } = await makeFolder();
  onTestFinished(remove);
  await prepare(folder, async () => undefined);
  const stop = await serve(folder);
  onTestFinished(stop);
  const none = 'this gateway has no campaigns: transfers.campaignsFolder is not set, or transfers.enabled is false\n';
  for (const args of [
    ['plan', 'wall'],
    ['start', 'wall'],
  ]) {
    expect(await campaign(folder, args)).toEqual({ exit: 1, out: '', err: none });
  }
  expect(await campaign(folder, ['status'])).toEqual({ exit: 0, out: 'no campaign was ever started\n', err: '' });
});

test.each([
  [[]],
  [['plan']],
  [['begin', 'wall']],
  [['start', 'wall', 'now']],
  [['start', 'wall', '--follow']],
  [['status', '--follow']],
])('%s is not understood', async (args) => {
  expect(await campaign('/nowhere', args)).toMatchObject({
    exit: 2,
    err: expect.stringContaining('usage: ocpp-edge campaign'),
  });
});
