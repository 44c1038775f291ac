import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operationsOver } from '../../src/cli/gateway-client.ts';
import { socketPathIn } from '../../src/operator/socket-file.ts';
import { type Edge, openListener, startTestEdge } from '../support/edge.ts';
import { RawCharger } from '../support/raw-charger.ts';
import { RpcCsms } from '../support/rpc-csms.ts';

/** What `chargers url` prints is typed into a charger as it stands, and what `chargers show` tells of it then. */

const csms = new RpcCsms();
let edge: Edge;

beforeAll(async () => {
  csms.answer = (action) =>
    action === 'BootNotification' ? { status: 'Accepted', currentTime: '2026-03-01T12:00:00Z', interval: 300 } : {};
  await csms.start();
  edge = await startTestEdge({
    csmsUrl: csms.url,
    config: {
      soap: openListener,
      unknownChargers: 'reject',
      chargers: { 'DE*A 1': { secretPathFrom: 'env:WORD', maxCurrentA: 16 } },
    },
    env: { WORD: 'open sesame/now' },
  });
});

afterAll(async () => {
  await edge.remove();
  await csms.stop();
});

test('a charger that must show a secret gets in by its URL, and by no other', async () => {
  const operations = operationsOver(socketPathIn(join(edge.folder, 'data')));
  const url = (await operations.setup('de*a 1'))?.urls[0]?.url ?? '';
  await expect(boot(edge.soapUrl)).rejects.toThrow('the secret in the URL');
  await boot(url);
  expect(await operations.charger('DE*A 1')).toMatchObject({
    charger: {
      standing: 'accepted',
      boot: 'Accepted',
      vendor: 'V',
      link: 'open',
      connectors: [{ connector: 1, status: 'Charging' }],
    },
    bootPayload: { chargePointVendor: 'V' },
    csmsStatus: 'Accepted',
    csmsIntervalS: 300,
    bootUnheard: false,
    transactions: [],
  });
  expect(await operations.setup('DE*A 1')).toMatchObject({ registered: true, settings: { maxCurrentA: 16 } });
  expect(await operations.charger('nobody')).toBeUndefined();
});

/** As it would be after a person typed in the URL. */
async function boot(endpoint: string): Promise<void> {
  const charger = await new RawCharger('DE*A 1', endpoint).start();
  try {
    await charger.boot();
    const status = '<c:connectorId>1</c:connectorId><c:status>Charging</c:status><c:errorCode>NoError</c:errorCode>';
    await charger.say('statusNotificationRequest', status);
  } finally {
    await charger.stop();
  }
}
