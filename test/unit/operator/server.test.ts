import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/gateway/clock.ts';
import type { OperatorDoor } from '../../../src/gateway/operator-port.ts';
import { StoreUnavailable } from '../../../src/gateway/store-port.ts';
import { createMeters } from '../../../src/operator/meters.ts';
import { createMetrics } from '../../../src/operator/metrics.ts';
import { createOperatorServer } from '../../../src/operator/server.ts';
import { socketAddress } from '../../../src/operator/socket-file.ts';
import { charger, gatewayDouble, listeningLog, noBackups, nowMs, row, transaction } from './gateway-double.ts';
import { noSites } from '../../../src/charging/site/no-sites.ts';

let folder: string;
let opened: { close(): Promise<void> | void }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'operator-'));
  opened = [];
});
afterEach(async () => {
  for (const part of opened) await part.close();
  await rm(folder, { recursive: true });
});

async function start(door: OperatorDoor = gatewayDouble(), host = '127.0.0.1') {
  const { log, lines } = listeningLog();
  const clock = { ...systemClock, now: () => nowMs };
  const store = { health: async () => ({ writable: true, walBytes: 0 }) };
  const shared = { door, sites: noSites, store, folder, log, clock, version: '0.1.0' };
  const metrics = createMetrics({ ...shared, registry: createMeters().registry, chargerLabels: true });
  const socketPath = join(folder, 'gateway.sock');
  const server = createOperatorServer({
    ...shared,
    backups: noBackups,
    tokens: () => [],
    setupOf: () => undefined,
    metrics,
    host,
    port: 0,
    socketPath,
  });
  opened.push(server, metrics);
  const port = await server.listen();
  return { server, lines, socketPath, tcp: { host: '127.0.0.1', port }, socket: { socketPath } };
}

type Reply = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string };
type Where = { readonly host: string; readonly port: number } | { readonly socketPath: string };

function ask(
  where: Where,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const call = request({ ...where, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    call.on('error', reject);
    call.end();
  });
}

describe('over TCP', () => {
  test('/healthz: the process is alive', async () => {
    const { tcp } = await start();
    const reply = await ask(tcp, 'GET', '/healthz');
    expect(reply).toMatchObject({ status: 200, text: '{"alive":true}\n' });
    expect(reply.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });

  test('/readyz: 200 when ready, else 503 with the reasons', async () => {
    let reasons: readonly string[] = [];
    const ready = async () => ({ ready: reasons.length === 0, reasons });
    const { tcp } = await start({ ...gatewayDouble(), ready });
    expect(await ask(tcp, 'GET', '/readyz')).toMatchObject({ status: 200 });
    reasons = ['the disk is full'];
    const reply = await ask(tcp, 'GET', '/readyz');
    expect(reply.status).toBe(503);
    expect(JSON.parse(reply.text)).toEqual({ ready: false, reasons: ['the disk is full'] });
  });

  test('/metrics: in the text format of Prometheus', async () => {
    const { tcp } = await start();
    const reply = await ask(tcp, 'GET', '/metrics');
    expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(reply.text).toContain('ocppgw_ready 1');
  });

  test('/statusz: the state in one look', async () => {
    const chargers = [
      charger('CP-1'),
      charger('CP-2', { standing: 'quarantined', link: { kind: 'closed' }, noCommandsReason: 'no callback address' }),
    ];
    const { tcp } = await start(gatewayDouble({ chargers, rows: [row(1), row(2, { deadReason: 'refused' })] }));
    const status = JSON.parse((await ask(tcp, 'GET', '/statusz')).text);
    expect(status).toMatchObject({
      version: '0.1.0',
      ready: { ready: true },
      outbox: { waiting: 1, dead: 1, oldestS: 180 },
      chargers: { accepted: 1, quarantined: 1, blocked: 0, alive: 2, csmsConnected: 1, withoutCommands: 1 },
      unread: [],
    });
    expect(status.store.diskFreeBytes).toBeGreaterThan(0);
  });

  test('/statusz names what could not be read', async () => {
    const counts = async () => {
      throw new StoreUnavailable('disk I/O error');
    };
    const { tcp } = await start({ ...gatewayDouble(), counts });
    const reply = await ask(tcp, 'GET', '/statusz');
    expect(JSON.parse(reply.text)).toMatchObject({ unread: ['counts'] });
  });

  test('HEAD is GET without the body', async () => {
    const { tcp } = await start();
    const reply = await ask(tcp, 'HEAD', '/healthz');
    expect(reply).toMatchObject({ status: 200, text: '' });
    expect(reply.headers['content-length']).toBe('15');
  });

  test('unknown paths are 404, other methods 405 with Allow, both as JSON', async () => {
    const { tcp } = await start();
    const unknown = await ask(tcp, 'GET', '/metrics/x');
    expect(unknown.status).toBe(404);
    expect(JSON.parse(unknown.text)).toHaveProperty('error');
    const posted = await ask(tcp, 'POST', '/healthz');
    expect(posted).toMatchObject({ status: 405, headers: { allow: 'GET' } });
    expect(JSON.parse(posted.text)).toHaveProperty('error');
    expect((await ask(tcp, 'GET', '/%ff')).status).toBe(400);
  });

  test('without tokens, whoever is on this machine also acts', async () => {
    const { tcp, lines } = await start(gatewayDouble({ chargers: [charger('CP-1')] }));
    expect((await ask(tcp, 'POST', '/api/chargers/CP-1/block')).status).toBe(200);
    const audit = { method: 'POST', path: '/api/chargers/CP-1/block', status: 200, caller: 'local', from: '127.0.0.1' };
    expect(lines).toMatchObject([{ level: 'info', event: 'operator request answered', fields: audit }]);
  });

  test.each(['localhost', '127.0.0.1:8190', '[::1]:8190', 'LOCALHOST:1'])(
    'the host name %s is served',
    async (host) => {
      const { tcp } = await start();
      expect((await ask(tcp, 'GET', '/statusz', { host })).status).toBe(200);
    },
  );

  test.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:8190', '[::1].evil'])(
    'a name that was made to resolve to loopback is refused: %j',
    async (host) => {
      const { tcp } = await start();
      expect((await ask(tcp, 'GET', '/statusz', { host })).status).toBe(421);
    },
  );

  test('on another interface any name is served, and only what is open without a token', async () => {
    const { tcp } = await start(gatewayDouble(), '0.0.0.0');
    expect((await ask(tcp, 'GET', '/healthz', { host: 'gateway.lan:8190' })).status).toBe(200);
    expect((await ask(tcp, 'GET', '/metrics', { host: 'gateway.lan:8190' })).status).toBe(401);
  });
});

describe('over the socket in the data folder, its owner acts', () => {
  test('the socket belongs to the user of the gateway alone', async () => {
    const { socketPath } = await start();
    expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
  });

  test('it also looks', async () => {
    const { socket } = await start();
    expect((await ask(socket, 'GET', '/healthz')).status).toBe(200);
  });

  test('a charger is adopted and blocked by its percent-encoded identity', async () => {
    const door = gatewayDouble({ chargers: [charger('CP/1 ä', { standing: 'quarantined' })] });
    const { socket, lines } = await start(door);
    const path = `/api/chargers/${encodeURIComponent('CP/1 ä')}`;
    expect(await ask(socket, 'POST', `${path}/adopt`)).toMatchObject({ status: 200 });
    expect(await door.chargers()).toMatchObject([{ standing: 'accepted' }]);
    expect(await ask(socket, 'POST', `${path}/block`)).toMatchObject({ status: 200 });
    expect(await door.chargers()).toMatchObject([{ standing: 'blocked' }]);
    expect(lines.map(({ event }) => event)).toEqual(['operator request answered', 'operator request answered']);
    expect(lines).toMatchObject([{ fields: { caller: 'owner', from: 'socket' } }, {}]);
    expect((await ask(socket, 'POST', '/api/chargers/CP-9/adopt')).status).toBe(404);
  });

  test('the outbox is listed without payloads and idTags', async () => {
    const rows = [row(1, { transaction: transaction() }), row(2, { station: 'CP-2', deadReason: 'refused' })];
    const { socket } = await start(gatewayDouble({ rows }));
    const all = await ask(socket, 'GET', '/api/outbox');
    expect(JSON.parse(all.text).outbox).toMatchObject([
      { seq: 1, transaction: { chargerTxId: 1_900_000_001 } },
      { seq: 2 },
    ]);
    expect(all.text).not.toContain('CANARY5EE');
    const seqs = async (query: string) => {
      const items: { seq: number }[] = JSON.parse((await ask(socket, 'GET', `/api/outbox?${query}`)).text).outbox;
      return items.map(({ seq }) => seq);
    };
    expect(await seqs('station=CP-1')).toEqual([1]);
    expect(await seqs('dead=true')).toEqual([2]);
    expect(await seqs('dead=false')).toEqual([1]);
    expect((await ask(socket, 'GET', '/api/outbox?dead=perhaps')).status).toBe(400);
  });

  test('a dead letter goes back, or goes for good, with its group', async () => {
    const dead = { deadReason: 'refused' };
    const rows = [1, 2].map((seq) => row(seq, { ...dead, transaction: transaction() })).concat(row(3, dead));
    const { socket } = await start(gatewayDouble({ rows }));
    const retried = await ask(socket, 'POST', '/api/outbox/2/retry');
    expect(JSON.parse(retried.text).outbox).toMatchObject([{ seq: 1 }, { seq: 2 }]);
    const dropped = await ask(socket, 'POST', '/api/outbox/3/drop');
    expect(JSON.parse(dropped.text).outbox).toMatchObject([{ seq: 3 }]);
    expect((await ask(socket, 'POST', '/api/outbox/3/drop')).status).toBe(404);
    expect((await ask(socket, 'POST', '/api/outbox/1e3/drop')).status).toBe(400);
    expect((await ask(socket, 'GET', '/api/outbox/1/drop')).status).toBe(405);
  });

  test('a store that is gone is 503; our own bug is 500, told to the log with its stack and to nobody else', async () => {
    const outbox = async () => {
      throw new StoreUnavailable('disk I/O error');
    };
    const chargers = async () => {
      throw new TypeError('inside /srv/secret.ts');
    };
    const { socket, lines } = await start({ ...gatewayDouble(), outbox, chargers });
    expect(await ask(socket, 'GET', '/api/outbox')).toMatchObject({ status: 503 });
    const failed = await ask(socket, 'GET', '/api/chargers');
    expect(failed).toMatchObject({ status: 500, text: '{"error":"internal error"}\n' });
    expect(lines).toMatchObject([{ level: 'error', event: 'operator request failed', cause: expect.any(TypeError) }]);
  });
});

describe('the socket file', () => {
  test('of a process that is gone is replaced', async () => {
    const socketPath = join(folder, 'gateway.sock');
    await writeFile(socketPath, '');
    const { socket } = await start();
    expect((await ask(socket, 'GET', '/healthz')).status).toBe(200);
  });

  test('on which somebody listens is left alone', async () => {
    const socketPath = join(folder, 'gateway.sock');
    const other = createServer().listen(socketPath);
    await expect(start()).rejects.toThrow('another gateway listens on');
    await new Promise((resolve) => other.close(resolve));
  });

  test('is gone after the server closed', async () => {
    const { server, socketPath } = await start();
    await server.close();
    await expect(stat(socketPath)).rejects.toThrow('ENOENT');
  });

  test('is not left behind when the TCP port is taken', async () => {
    const { tcp } = await start();
    const { log } = listeningLog();
    const clock = { ...systemClock, now: () => nowMs };
    const shared = {
      door: gatewayDouble(),
      sites: noSites,
      backups: noBackups,
      tokens: () => [],
      setupOf: () => undefined,
      store: { health: async () => ({ writable: true, walBytes: 0 }) },
      folder,
      log,
    };
    const metrics = createMetrics({
      ...shared,
      clock,
      version: '0',
      registry: createMeters().registry,
      chargerLabels: true,
    });
    const socketPath = join(folder, 'second.sock');
    const second = createOperatorServer({ ...shared, ...tcp, clock, version: '0', metrics, socketPath });
    opened.push(second, metrics);
    await expect(second.listen()).rejects.toThrow('EADDRINUSE');
    await expect(stat(socketPath)).rejects.toThrow('ENOENT');
  });

  test('in a folder whose path is too long for a socket is refused in words', () => {
    const deep = join(folder, 'x'.repeat(150), 'gateway.sock');
    expect(() => socketAddress(deep)).toThrow('too long for a Unix socket');
  });
});
