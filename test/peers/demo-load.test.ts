import { expect, test } from 'vitest';
import { loadOcppServices } from '../../src/demo/charger/services.ts';
import { startFleet, stopFleet } from '../../src/demo/fleet.ts';
import { compareHalves } from '../../src/demo/ledger.ts';
import { driveLoad } from '../../src/demo/load.ts';
import { isTransactionAction, naturalKey } from '../../src/demo/natural-key.ts';
import type { Payload } from '../../src/demo/payload.ts';
import { wsdlFolder } from '../support/wsdl-files.ts';
import { SoapCentralSystem } from './soap-central-system.ts';

test('chargers under load survive a central system that is killed and restarted, and lose nothing', async () => {
  const ids = new Map<string, number>();
  const central = new SoapCentralSystem((action, payload) => answer(ids, action, payload));
  await central.start();
  const chargers = await startFleet({
    centralSystemUrl: central.url,
    services: await loadOcppServices(`${wsdlFolder}/1.6`),
    count: 6,
    name: 'LOAD',
    charger: { sampleIntervalMs: 0, retry: { pauseMs: () => 20, faultAttempts: 3 } },
  });
  const end = new AbortController();
  const driven = chargers.map((charger) => driveLoad(charger, { readings: 2, idTag: 'LOAD', signal: end.signal }));
  for (let kill = 1; kill <= 5; kill += 1) {
    const enough = central.heard.length + 60;
    expect(await central.changes.until(() => central.heard.length >= enough, 10_000)).toBe(true);
    await central.kill();
    await central.start();
  }
  end.abort();
  const sessions = await Promise.all(driven);
  await stopFleet(chargers);
  await central.kill();
  const halves = chargers.map(({ identity, acknowledged }) => ({
    acknowledged,
    arrived: arrivals(central, ids, identity),
  }));
  const ledger = compareHalves(halves, 5);
  expect(ledger).toMatchObject({ lost: 0, reordered: 0 });
  expect(ledger.sent).toBe(sessions.reduce((total, count) => total + count, 0) * 2 + readingsOf(halves));
  expect(chargers.reduce((total, charger) => total + charger.givenUp, 0)).toBe(0);
});

type Halves = readonly { readonly acknowledged: readonly { readonly key: string }[] }[];

function readingsOf(halves: Halves): number {
  return halves.flatMap(({ acknowledged }) => acknowledged).filter(({ key }) => key.startsWith('MeterValues')).length;
}

/** The same transaction for the same StartTransaction, as a central system must. */
function answer(ids: Map<string, number>, action: string, payload: Payload): Payload {
  const idTagInfo = { status: 'Accepted' };
  if (action === 'BootNotification') {
    return { status: 'Accepted', currentTime: '2026-03-01T10:00:00Z', interval: 300 };
  }
  if (action !== 'StartTransaction') return {};
  const key = naturalKey(action, payload);
  const transactionId = ids.get(key) ?? ids.size + 1;
  ids.set(key, transactionId);
  return { transactionId, idTagInfo };
}

function arrivals(central: SoapCentralSystem, ids: ReadonlyMap<string, number>, identity: string) {
  const starts = new Map([...ids].map(([key, id]) => [id, key]));
  return central.heard.flatMap(({ action, payload, header }) => {
    if (header('chargeBoxIdentity') !== identity || !isTransactionAction(action)) return [];
    const key = naturalKey(action, payload);
    return [{ key, start: action === 'StartTransaction' ? key : starts.get(Number(payload['transactionId'])) }];
  });
}
