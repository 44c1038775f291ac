import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noSites } from '../../../src/charging/site/no-sites.ts';
import { systemClock } from '../../../src/gateway/clock.ts';
import { createMeters } from '../../../src/operator/meters.ts';
import { createMetrics } from '../../../src/operator/metrics.ts';
import { createOperatorServer, type OperatorServerOptions } from '../../../src/operator/server.ts';
import { gatewayDouble, listeningLog, noBackups, nowMs } from './gateway-double.ts';

export type Where = { readonly host: string; readonly port: number } | { readonly socketPath: string };

export type Reply = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string };

export type Asked = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** An operator's server on real sockets in a folder of its own, with doubles behind it. */
export async function openStage(given: Partial<OperatorServerOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'operator-'));
  const { log, lines } = listeningLog();
  const store = { health: async () => ({ writable: true, walBytes: 0 }) };
  const clock = { ...systemClock, now: () => nowMs };
  const shared = { door: gatewayDouble(), sites: noSites, store, folder, log, clock, version: '0.1.0', ...given };
  const metrics = createMetrics({ ...shared, registry: createMeters().registry, chargerLabels: true });
  const socketPath = join(folder, 'gateway.sock');
  const server = createOperatorServer({
    backups: noBackups,
    tokens: () => [],
    setupOf: () => undefined,
    metrics,
    host: '127.0.0.1',
    port: 0,
    socketPath,
    ...shared,
  });
  const port = await server.listen();
  const close = async () => {
    await server.close();
    metrics.close();
    await rm(folder, { recursive: true });
  };
  return { server, lines, close, tcp: { host: '127.0.0.1', port }, socket: { socketPath } };
}

/** The whole answer. */
export function ask(where: Where, path: string, asked: Asked = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const call = open(where, path, asked, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    call.on('error', reject);
  });
}

/** An answer as it comes. */
export function open(where: Where, path: string, asked: Asked, heard: (response: IncomingMessage) => void) {
  const { method = 'GET', headers = {}, body } = asked;
  const call = request({ ...where, method, path, headers, agent: false }, heard);
  call.end(body);
  return call;
}
