import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { SitesDoor } from '../charging/site/ports.ts';
import type { OperatorDoor } from '../gateway/operator-port.ts';
import { StoreUnavailable } from '../gateway/store-port.ts';
import type { BackupsDoor } from '../timetable/ports.ts';
import type { CampaignsDesk } from '../transfers/campaigns/ports.ts';
import type { TransfersDesk } from '../transfers/jobs/ports.ts';
import { backupRoutes } from './backup-routes.ts';
import { campaignRoutes } from './campaign-routes.ts';
import { operationsOn, type SetupOf } from './operations.ts';
import { BodyRefused, jsonBody } from './request-body.ts';
import { type Answer, failure, findRoute, operationRoutes, type Route } from './routes.ts';
import { siteOperationRoutes, siteStatusRoutes } from './site-routes.ts';
import { listenOnSocketFile } from './socket-file.ts';
import { type StatusOptions, statusRoutes } from './status.ts';
import { transferRoutes } from './transfer-routes.ts';
import { DeadlineExceeded, within } from './within.ts';

export type OperatorServerOptions = StatusOptions & {
  readonly door: OperatorDoor;
  readonly sites: SitesDoor;
  readonly setupOf: SetupOf;
  /** Absent: no files are carried. */
  readonly transfers?: TransfersDesk | undefined;
  /** Absent: there are none. */
  readonly campaigns?: CampaignsDesk | undefined;
  readonly backups: BackupsDoor;
  /** Beside those of the parts above. */
  readonly routes?: readonly Route[];
  /** Where health, metrics and status are served, over TCP. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Unix socket in the data folder, on which the command line also changes things. */
  readonly socketPath: string;
};

export interface OperatorServer {
  /** Resolves with the TCP port when both listeners are up. */
  listen(): Promise<number>;
  /** Lets requests in work end, 2 s at most, and removes the socket file. */
  close(): Promise<void>;
}

const limits = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  connectionsCheckingInterval: 1_000,
};
const mostConnections = 64;
const answerDeadlineMs = 15_000;
const closeDeadlineMs = 2_000;

/** The operator's side of the gateway: over TCP to look, over the data folder's socket also to act. */
export function createOperatorServer(options: OperatorServerOptions): OperatorServer {
  const look = [...statusRoutes(options), ...siteStatusRoutes(options.sites)];
  const act = [
    ...look,
    ...operationRoutes(operationsOn(options.door, options.setupOf)),
    ...siteOperationRoutes(options.sites),
    ...backupRoutes(options.backups),
    ...(options.transfers === undefined ? [] : transferRoutes(options.transfers)),
    ...campaignRoutes(options.campaigns),
    ...(options.routes ?? []),
  ];
  const tcp = createServer(limits, listener(look, options, isLoopback(options.host)));
  const local = createServer(limits, listener(act, options, false));
  tcp.maxConnections = mostConnections;
  local.maxConnections = mostConnections;
  return {
    listen: async () => {
      await listenOnSocketFile(local, options.socketPath);
      try {
        tcp.listen(options.port, options.host);
        await once(tcp, 'listening');
      } catch (thrown) {
        await endServer(local);
        throw thrown;
      }
      return portOf(tcp);
    },
    close: async () => {
      await Promise.all([endServer(tcp), endServer(local)]);
    },
  };
}

function listener(routes: readonly Route[], options: OperatorServerOptions, loopbackOnly: boolean): RequestListener {
  return (request, response) => {
    // `serve` answers its own failures: it never rejects.
    void serve(routes, options, loopbackOnly, request).then((answer) => send(request, response, answer));
  };
}

async function serve(
  routes: readonly Route[],
  { log }: OperatorServerOptions,
  loopbackOnly: boolean,
  request: IncomingMessage,
): Promise<Answer> {
  const { method = 'GET', url = '/' } = request;
  // A page of the web could let its own name resolve to 127.0.0.1 and read us with the operator's browser.
  if (loopbackOnly && !namesLoopback(request.headers.host)) return failure(421, 'this is not the host you named');
  const [path = '/', query = ''] = url.split('?', 2);
  const found = findRoute(routes, method, path);
  if (found.kind === 'none') return found.answer;
  try {
    const answer = await within(
      answerDeadlineMs,
      'the gateway',
      found.route.answer(found.values, new URLSearchParams(query), () => jsonBody(request)),
    );
    if (found.route.method !== 'GET') log.info('operator request answered', { path, status: answer.status });
    return answer;
  } catch (thrown) {
    if (thrown instanceof BodyRefused) return failure(thrown.status, thrown.message);
    if (thrown instanceof StoreUnavailable || thrown instanceof DeadlineExceeded) return failure(503, thrown.message);
    log.error('operator request failed', { method, path }, thrown);
    return failure(500, 'internal error');
  }
}

function send(request: IncomingMessage, response: ServerResponse, { status, body, headers }: Answer): void {
  const text = body.kind === 'json' ? `${JSON.stringify(body.value)}\n` : body.text;
  response.writeHead(status, {
    'content-type': body.kind === 'json' ? 'application/json; charset=utf-8' : body.type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function namesLoopback(hostHeader: string | undefined): boolean {
  const name = /^(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(hostHeader ?? '')?.[1]?.toLowerCase() ?? '';
  return isLoopback(name.replace(/^\[(.*)\]$/, '$1'));
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the operator server has no TCP port');
  return address.port;
}

async function endServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const impatience = setTimeout(() => server.closeAllConnections(), closeDeadlineMs);
  await closed;
  clearTimeout(impatience);
}
