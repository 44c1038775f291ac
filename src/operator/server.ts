import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { SitesDoor } from '../charging/site/ports.ts';
import type { OperatorDoor } from '../gateway/operator-port.ts';
import type { Clock, Payload } from '../gateway/ports.ts';
import { StoreUnavailable } from '../gateway/store-port.ts';
import type { BackupsDoor } from '../timetable/ports.ts';
import type { CampaignsDesk } from '../transfers/campaigns/ports.ts';
import type { TransfersDesk } from '../transfers/jobs/ports.ts';
import { backupRoutes } from './backup-routes.ts';
import { Broadcast } from './broadcast.ts';
import { campaignRoutes } from './campaign-routes.ts';
import { answerFile, type ConsoleFiles } from './console-files.ts';
import { chargerRowsNow } from './charger-views.ts';
import { type Gate, ownersGate, TcpGate } from './gate.ts';
import { operationsOn, type SetupOf } from './operations.ts';
import { outboxRoutes } from './outbox-routes.ts';
import { overviewNow } from './overview.ts';
import { BodyRefused, jsonBody, refuseForms } from './request-body.ts';
import { type Answer, failure, findRoute, operationRoutes, type Route } from './routes.ts';
import { selfRoutes } from './self-routes.ts';
import { send } from './sending.ts';
import { siteOperationRoutes, sitePulses, siteStatusRoutes } from './site-routes.ts';
import { listenOnSocketFile } from './socket-file.ts';
import { type StatusOptions, statusRoutes } from './status.ts';
import { streamRoute } from './stream-route.ts';
import type { OperatorToken } from './tokens.ts';
import { type TopicSources, topicsFrom } from './topics.ts';
import { transferRoutes } from './transfer-routes.ts';
import { chargerViewsOf, type LiveGateway, overviewPartsOf, viewRoutes } from './view-routes.ts';
import { DeadlineExceeded, within } from './within.ts';

export type OperatorServerOptions = StatusOptions & {
  readonly clock: Clock;
  readonly door: OperatorDoor;
  readonly sites: SitesDoor;
  readonly setupOf: SetupOf;
  /** Absent: no files are carried. */
  readonly transfers?: TransfersDesk | undefined;
  /** Absent: there are none. */
  readonly campaigns?: CampaignsDesk | undefined;
  readonly backups: BackupsDoor;
  /** Absent: no gateway runs behind the door. */
  readonly gateway?: LiveGateway | undefined;
  /** Beside those of the parts above. */
  readonly routes?: readonly Route[];
  /** What the stream tells beside the sites. */
  readonly topics?: TopicSources;
  /** Absent: the console was not built. */
  readonly console?: ConsoleFiles | undefined;
  /** Who may come in over TCP; none: whoever is on this machine, if `host` is of it. */
  readonly tokens: () => readonly OperatorToken[];
  /** Where the API and the console are served over TCP. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Unix socket in the data folder, for the owner. */
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
/** Streams, and whoever asks beside them. */
const mostConnections = 256;
const answerDeadlineMs = 15_000;
const closeDeadlineMs = 2_000;

/** The operator's side of the gateway: the same routes over TCP, and over the data folder's socket for its owner. */
export function createOperatorServer(options: OperatorServerOptions): OperatorServer {
  const broadcast = new Broadcast({ ...options, topics: topicsFrom(sourcesOf(options)) });
  const place = { ...options, routes: routesOf(options, broadcast) };
  const tcp = createServer(limits, listener({ ...place, gate: new TcpGate(options) }));
  const local = createServer(limits, listener({ ...place, gate: ownersGate }));
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
      broadcast.close();
      await Promise.all([endServer(tcp), endServer(local)]);
    },
  };
}

function sourcesOf(options: OperatorServerOptions): TopicSources {
  const { sites, gateway, topics } = options;
  const views = chargerViewsOf(options);
  const overview = gateway && overviewPartsOf(options, gateway);
  return {
    sites: async () => sitePulses(sites),
    chargers: () => chargerRowsNow(views),
    ...(overview === undefined ? {} : { overview: () => overviewNow(overview) }),
    ...topics,
  };
}

function routesOf(options: OperatorServerOptions, broadcast: Broadcast): readonly Route[] {
  const operations = operationsOn(options.door, options.setupOf, chargerViewsOf(options));
  const routes = [
    ...statusRoutes(options),
    ...viewRoutes(options),
    ...siteStatusRoutes(options.sites),
    ...operationRoutes(operations),
    ...outboxRoutes(operations),
    ...siteOperationRoutes(options.sites),
    ...backupRoutes(options.backups),
    ...(options.transfers === undefined ? [] : transferRoutes(options.transfers)),
    ...campaignRoutes(options.campaigns),
    ...(options.routes ?? []),
    streamRoute(broadcast),
  ];
  return [...routes, ...selfRoutes(routes, options.version)];
}

/** What stands behind a listener. */
type Place = Pick<OperatorServerOptions, 'log' | 'console'> & {
  readonly routes: readonly Route[];
  readonly gate: Gate;
};

function listener(place: Place): RequestListener {
  return (request, response) => {
    void serve(place, request)
      .then((answer) => send(request, response, answer))
      .catch((bug: unknown) => {
        place.log.error('operator request failed', { method: request.method }, bug);
        response.destroy();
      });
  };
}

async function serve(place: Place, request: IncomingMessage): Promise<Answer> {
  const { routes, gate } = place;
  const away = gate.turnAway(request);
  if (away !== undefined) return away;
  const { method = 'GET', url = '/' } = request;
  const [path = '/', query = ''] = url.split('?', 2);
  const reads = method === 'GET' || method === 'HEAD';
  const file = reads ? answerFile(place.console, path, request.headers) : undefined;
  if (file !== undefined) return file;
  const found = findRoute(routes, method, path);
  if (found.kind === 'none') return found.answer;
  const admission = gate.admit(request, found.route.scope);
  if (admission.kind === 'refused') return admission.answer;
  const { caller } = admission;
  const answer = await attempt(place, request, () =>
    found.route.answer(found.values, new URLSearchParams(query), () => jsonBody(request), caller),
  );
  if (!reads) audit(place, request, caller.name, { method, path, status: answer.status });
  return answer;
}

/** Who changed what, from where. */
function audit({ log, gate }: Place, request: IncomingMessage, caller: string, what: Payload): void {
  log.info('operator request answered', { ...what, caller, from: gate.originOf(request) });
}

async function attempt({ log }: Place, request: IncomingMessage, work: () => Promise<Answer>): Promise<Answer> {
  try {
    refuseForms(request);
    return await within(answerDeadlineMs, 'the gateway', work());
  } catch (thrown) {
    if (thrown instanceof BodyRefused) return failure(thrown.status, thrown.message);
    if (thrown instanceof StoreUnavailable || thrown instanceof DeadlineExceeded) return failure(503, thrown.message);
    const { method, url } = request;
    log.error('operator request failed', { method, path: url?.split('?')[0] }, thrown);
    return failure(500, 'internal error');
  }
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
