import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { systemClock } from '../../../src/gateway/clock.ts';
import type { Store } from '../../../src/gateway/store-port.ts';
import { createMeters } from '../../../src/operator/meters.ts';
import type { ChargerSetup } from '../../../src/operator/operations.ts';
import { createMetrics } from '../../../src/operator/metrics.ts';
import { createOperatorServer } from '../../../src/operator/server.ts';
import { socketPathIn } from '../../../src/operator/socket-file.ts';
import { storeOperatorDoor } from '../../../src/operator/store-door.ts';
import { openStore } from '../../../src/store/open.ts';
import { listeningLog, noBackups } from '../operator/gateway-double.ts';
import { noSites } from '../../../src/charging/site/no-sites.ts';

export const nowMs = Date.parse('2026-03-01T12:00:00Z');
export const canary = 'CANARY5EE';

export async function makeFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-data-'));
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

/** A store on the folder; with a small ballast, since the tests fill no disk. */
export function open(folder: string): Promise<Store> {
  return openStore({ folder, log: listeningLog().log, ballastBytes: 4096 });
}

/** Lets `work` happen on the folder's store, then lets go of the folder. */
export async function prepare(folder: string, work: (store: Store) => Promise<void>): Promise<void> {
  const store = await open(folder);
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

/** What the config of that gateway would say of any charger. */
export const setupDouble: ChargerSetup = {
  registered: true,
  blocked: false,
  model: undefined,
  settings: { repair: ['vendorEnums'] },
  proofs: ['the secret in the path of its URL'],
  urls: [{ protocol: 'OCPP-S', url: 'http://10.0.0.1:8180/ocpp/s/word/CP-1' }],
};

/** The store of the folder with the operator's server before it, as a running gateway has them. */
export async function serve(folder: string) {
  const store = await open(folder);
  const { log } = listeningLog();
  const clock = { ...systemClock, now: () => nowMs };
  const shared = { door: storeOperatorDoor(store), sites: noSites, store, folder, log, clock, version: '0.1.0' };
  const setupOf = () => setupDouble;
  const metrics = createMetrics({ ...shared, registry: createMeters().registry, chargerLabels: true });
  const server = createOperatorServer({
    ...shared,
    backups: noBackups,
    tokens: () => [],
    setupOf,
    metrics,
    host: '127.0.0.1',
    port: 0,
    socketPath: socketPathIn(folder),
  });
  await server.listen();
  return async () => {
    await server.close();
    metrics.close();
    await store.close();
  };
}

/** A command's surroundings that keep what it said. */
export function listen(env: Readonly<Record<string, string>> = {}) {
  const said = { out: '', err: '' };
  const io = {
    stdin: Readable.from([]),
    out: (text: string) => {
      said.out += text;
    },
    err: (text: string) => {
      said.err += text;
    },
    env,
    now: () => nowMs,
  };
  return { io, said };
}

/** A charger, and what it told while the CSMS was away: a transaction that the CSMS then refused, and a status. */
export async function fill(store: Store): Promise<void> {
  await store.saveStation({
    identity: 'CP-1',
    standing: 'quarantined',
    csmsIdentity: 'CP-1',
    csmsProtocol: 'ocpp1.6',
    wire: 'ocpp1.6-soap',
    source: '10.0.0.5',
    callback: 'http://10.0.0.5:8080/',
    firstSeenMs: nowMs - 86_400_000,
    lastSeenMs: nowMs - 180_000,
    boot: undefined,
    connectors: 2,
  });
  const atMs = nowMs - 7_200_000;
  const common = { station: 'CP-1', atMs, offline: true } as const;
  const start = await store.appendInbound({
    ...common,
    action: 'StartTransaction',
    lane: 'transaction',
    payload: { connectorId: 1, idTag: canary, meterStart: 0, timestamp: '2026-03-01T10:00:00Z' },
    transaction: { kind: 'start', connector: 1, idTag: canary, startedAt: '2026-03-01T10:00:00Z', meterStart: 0 },
  });
  const { transactionId } = await store.settleStart(start.seq, { status: 'Accepted' }, atMs);
  await store.appendInbound({
    ...common,
    action: 'MeterValues',
    lane: 'transaction',
    payload: { connectorId: 1, transactionId, meterValue: [] },
    transaction: { kind: 'update', chargerTxId: transactionId, connector: 1 },
  });
  await store.appendInbound({
    ...common,
    action: 'StatusNotification',
    lane: 'notice',
    payload: { connectorId: 1, status: 'Charging', errorCode: 'NoError' },
  });
  await store.deadLetter(start.seq, await store.claim('test'), 'PropertyConstraintViolation', nowMs);
}
