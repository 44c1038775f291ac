import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import type { MessagePage } from '../../../src/operator/views/messages.ts';
import type { SessionPage } from '../../../src/operator/views/sessions.ts';
import { root } from '../build.ts';
import { type Fleet, profilesOf, recordedFleet, sheetOf } from './fleet.ts';
import { historyOf, planOf, siteIds, siteOf } from './sites.ts';
import { campaignsOf, configOf, headsOf, outboxOf, storyOf, transcriptOf, transfersOf } from './traffic.ts';

const folder = join(root, 'dist/console');
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export type StageOptions = {
  /** Asked of every request of the API; absent: none is needed. */
  readonly token?: string;
  readonly scope?: 'read' | 'operate' | 'admin';
  readonly size?: number;
  /** It has as many streams as it can have. */
  readonly isWithoutStream?: boolean;
};

/**
 * The built console behind a real server with the routes and the stream of the operator API, over a recorded fleet: what
 * a browser sees of a gateway with 500 chargers, without the chargers.
 */
export class ConsoleStage {
  readonly fleet: Fleet;
  readonly nowMs: number;
  /** Of the API, method and path, in their order. */
  readonly asked: string[] = [];
  /** What was sent with them. */
  readonly bodies: unknown[] = [];
  readonly #options: StageOptions;
  readonly #streams = new Set<ServerResponse>();
  #server: Server | undefined;
  #port = 0;

  private constructor(options: StageOptions) {
    this.#options = options;
    this.nowMs = Date.now();
    this.fleet = recordedFleet(this.nowMs, options.size);
  }

  static async open(options: StageOptions = {}): Promise<ConsoleStage> {
    const stage = new ConsoleStage(options);
    await stage.listen();
    return stage;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens, again on the same port after `close`. */
  async listen(): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response));
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.#port = address.port;
    this.#server = server;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#streams.clear();
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
  }

  /** Tells every stream. */
  tell(topic: string, data: unknown): void {
    for (const stream of this.#streams) stream.write(eventOf(topic, data));
  }

  get listeners(): number {
    return this.#streams.size;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    if (!url.pathname.startsWith('/api/')) {
      serveFile(url.pathname, response);
      return;
    }
    this.asked.push(`${request.method} ${url.pathname}${url.search}`);
    const { token } = this.#options;
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      answer(response, 401, { error: 'a token is needed' });
      return;
    }
    if (url.pathname === '/api/stream') {
      this.#stream(url, response);
      return;
    }
    if (request.method !== 'GET') this.bodies.push(await bodyOf(request));
    const found = this.#answer(request.method ?? 'GET', url);
    if (typeof found === 'string') response.writeHead(200, { 'content-type': 'text/plain' }).end(found);
    else answer(response, found === undefined ? 404 : 200, found ?? { error: 'there is nothing here' });
  }

  #stream(url: URL, response: ServerResponse): void {
    if (this.#options.isWithoutStream === true) {
      answer(response, 503, { error: 'there are 16 streams already' });
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const { fleet } = this;
    const first: Readonly<Record<string, unknown>> = {
      overview: fleet.overview,
      chargers: { rows: fleet.rows, gone: [] },
      sites: siteIds.map((site) => ({ site, measuredA: [41.2, 39.8, 38.1], alarms: [] })),
    };
    for (const topic of url.searchParams.get('topics')?.split(',') ?? []) {
      if (first[topic] !== undefined) response.write(eventOf(topic, first[topic]));
    }
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  }

  #answer(method: string, { pathname, searchParams }: URL): unknown {
    const [, , kind = '', id, act] = pathname.split('/').map(decodeURIComponent);
    const { fleet, nowMs } = this;
    switch (kind) {
      case 'me':
        return { name: 'night shift', scope: this.#options.scope ?? 'admin', version: '0.1.0' };
      case 'overview':
        return fleet.overview;
      case 'chargers':
        return this.#charger(method, id, act);
      case 'sessions':
        return this.#sessions(searchParams);
      case 'sessions.csv':
        return 'charger,connector\nDEPOT-001,1\n';
      case 'messages':
        return id === undefined ? this.#messages(searchParams) : storyOf(Number(id), nowMs);
      case 'messages.jsonl':
        return '{"id":1}\n';
      case 'outbox':
        return { outbox: id === undefined ? this.#outbox(searchParams) : [] };
      case 'sites':
        return this.#site(id, act);
      case 'transfers':
        return this.#transfer(id, act);
      case 'campaigns':
        return id === undefined ? { campaigns: campaignsOf(nowMs) } : { campaign: campaignsOf(nowMs)[0] };
      case 'config':
        return id === 'reload' ? { reload: configOf(nowMs).reload } : configOf(nowMs);
      default:
        return undefined;
    }
  }

  #charger(method: string, identity: string | undefined, act: string | undefined): unknown {
    if (identity === undefined) return { chargers: this.fleet.rows };
    const row = this.fleet.rows.find((each) => each.identity === identity);
    if (row === undefined) return undefined;
    if (method === 'POST') return { charger: identity };
    switch (act) {
      case undefined:
        return { charger: sheetOf(row, this.nowMs) };
      case 'profiles':
        return { connectors: profilesOf(row, this.nowMs) };
      case 'setup':
        return { setup: setupOf(row.identity) };
      case 'configuration':
        return { configuration: configurationKeys };
      default:
        return undefined;
    }
  }

  #sessions(query: URLSearchParams): SessionPage {
    const charger = query.get('charger');
    const running = query.get('running');
    const sessions = this.fleet.sessions.filter(
      (each) =>
        (charger === null || each.charger === charger) && (running === null || String(each.running) === running),
    );
    const from = query.has('before') ? 100 : 0;
    const page = sessions.slice(from, from + 100);
    return { sessions: page, ...(from === 0 && sessions.length > 100 ? { before: page.at(-1)?.id } : {}) };
  }

  #messages(query: URLSearchParams): MessagePage {
    const limit = Number(query.get('limit') ?? 100);
    const charger = query.get('charger');
    const all = headsOf(this.nowMs);
    const fitting = charger === null ? all : all.slice(0, 12).map((head) => ({ ...head, charger }));
    const action = query.get('action');
    const messages = fitting.filter((head) => action === null || head.action === action).slice(0, limit);
    return { messages, before: messages.at(-1)?.id };
  }

  #outbox(query: URLSearchParams): unknown {
    const dead = query.get('dead');
    return outboxOf(this.nowMs).filter(
      (item) => dead === null || String(typeof item === 'object' && item !== null && 'deadReason' in item) === dead,
    );
  }

  #site(id: string | undefined, act: string | undefined): unknown {
    if (id === undefined)
      return { sites: siteIds.map((each) => ({ id: each, alarms: [], measuredA: [41.2, 39.8, 38.1] })) };
    if (act === 'history') return historyOf(id, this.nowMs);
    return act === 'what-if'
      ? { present: planOf(this.nowMs), changed: planOf(this.nowMs, { energyKwh: 44 }) }
      : siteOf(id, this.nowMs);
  }

  #transfer(id: string | undefined, act: string | undefined): unknown {
    const transfers = transfersOf(this.nowMs);
    if (id === undefined) return { transfers };
    const transfer = transfers.find((each) => String(each['id']) === id);
    if (transfer === undefined) return undefined;
    return act === undefined ? { transfer, lines: transcriptOf(this.nowMs) } : { transfer };
  }
}

const setupOf = (identity: string) => ({
  registered: true,
  blocked: false,
  model: 'kestrel-k22',
  settings: {},
  proofs: ['the secret in its path', 'its address'],
  urls: [{ protocol: 'OCPP-S', url: `http://10.20.0.1:8180/ocpp/${identity}/k3J9x` }],
});

const configurationKeys = {
  keys: [
    { key: 'HeartbeatInterval', readonly: false, value: '300' },
    { key: 'MeterValueSampleInterval', readonly: false, value: '60' },
    { key: 'NumberOfConnectors', readonly: true, value: '2' },
    { key: 'SupportedFeatureProfiles', readonly: true, value: 'Core,FirmwareManagement,SmartCharging' },
  ],
  unknown: ['AuthorizationKey'],
};

const eventOf = (topic: string, data: unknown) => `event: ${topic}\ndata: ${JSON.stringify(data)}\n\n`;

function answer(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  return JSON.parse(Buffer.concat(parts).toString() || 'null');
}

/** As the gateway does: compressed beforehand, nothing inline allowed. */
function serveFile(path: string, response: ServerResponse): void {
  const name = normalize(path === '/' ? '/index.html' : path);
  const file = join(folder, name);
  if (!existsSync(file) || !statSync(file).isFile()) {
    answer(response, 404, { error: 'there is nothing here' });
    return;
  }
  const compressed = `${file}.gz`;
  response.writeHead(200, {
    'content-type': types[extname(name)] ?? 'application/octet-stream',
    'content-security-policy': "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'",
    ...(existsSync(compressed) ? { 'content-encoding': 'gzip' } : {}),
  });
  response.end(readFileSync(existsSync(compressed) ? compressed : file));
}
