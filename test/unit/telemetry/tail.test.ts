import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Io } from '../../../src/cli/io.ts';
import { runTail } from '../../../src/cli/tail.ts';
import { systemClock } from '../../../src/gateway/clock.ts';
import type { Exchange } from '../../../src/gateway/ports.ts';
import { messageRoutes } from '../../../src/operator/message-routes.ts';
import { findRoute } from '../../../src/operator/routes.ts';
import { listenOnSocketFile, socketPathIn } from '../../../src/operator/socket-file.ts';
import { telemetryPathIn } from '../../../src/telemetry/path.ts';
import { exchange } from './exchanges.ts';
import { OwnKeeper } from './own-keeper.ts';

let own: OwnKeeper;
let server: Server | undefined;
let out: string;
let err: string;

beforeEach(() => {
  own = new OwnKeeper(systemClock);
  own.open();
  [out, err] = ['', ''];
});

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
  own.remove();
});

const io = (): Io => ({
  stdin: process.stdin,
  out: (text) => {
    out += text;
  },
  terminal: undefined,
  err: (text) => {
    err += text;
  },
  env: {},
  now: Date.now,
});

const tail = (...args: readonly string[]) => runTail([...args, '--data', own.folder], io());

const say = (...changes: readonly Partial<Exchange>[]) =>
  own.say(...changes.map((change) => exchange({ atMs: Date.now() - 60_000, ...change })));

const owner = { name: 'a test', scope: 'admin' } as const;

/** The socket of a gateway, with the routes of the message log alone. */
async function serve(): Promise<void> {
  const routes = messageRoutes(own.door);
  const listening = createServer((request, response) => {
    const [path = '/', query = ''] = (request.url ?? '').split('?', 2);
    const found = findRoute(routes, request.method ?? '', path);
    const work =
      found.kind === 'none'
        ? Promise.resolve(found.answer)
        : found.route.answer(found.values, new URLSearchParams(query), async () => undefined, owner);
    void work.then(({ status, body }) => {
      response
        .writeHead(status)
        .end(body.kind === 'text' ? body.text : body.kind === 'json' && JSON.stringify(body.value));
    });
  });
  server = listening;
  await listenOnSocketFile(listening, socketPathIn(own.folder));
}

describe('of a folder at rest', () => {
  test('shows one line a message, oldest first: when, who, which way, what, how it went, how long it took', async () => {
    say({ seq: 1 }, { station: '', action: '', outcome: 'FormationViolation' });
    say({ side: 'json', direction: 'out', action: 'Authorize', latencyMs: undefined, outcome: 'unreachable' });
    say({ side: 'json', direction: 'in', action: 'Reset' }, { direction: 'out', action: 'Reset', latencyMs: 12.34 });
    own.close();
    expect(await tail()).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines.map((line) => line.slice(26).replaceAll(/ {2,}/g, ' | '))).toEqual([
      'CP-1 | soap → | Heartbeat | answered | 2.5 ms',
      '? | soap → | ? | FormationViolation | 2.5 ms',
      'CP-1 | json → | Authorize | unreachable',
      'CP-1 | json ← | Reset | answered | 2.5 ms',
      'CP-1 | soap ← | Reset | answered | 12.3 ms',
    ]);
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z {2}/);
  });

  test('shows the texts of those that are asked for, control characters and secrets hidden', async () => {
    say({ station: 'CP-2' }, { request: '<a>\u001b[2J</a>\r\n<idTag>secret-tag</idTag>', action: 'Authorize' });
    own.close();
    expect(await tail('--charger', 'cp-1', '--action', 'Authorize', '--side', 'soap', '-n', '5', '--full')).toBe(0);
    expect(out.split('\n').slice(1)).toEqual([
      '  > <a>?[2J</a>',
      '  > <idTag>[hidden]</idTag>',
      '  < <heartbeatResponse/>',
      '',
    ]);
    expect(out).not.toContain('CP-2');
  });

  test('does not wait for more', async () => {
    say({});
    own.close();
    expect(await tail('-f', '--json')).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ id: 1, charger: 'CP-1', action: 'Heartbeat' });
  });

  test('says when there are no messages', async () => {
    own.close();
    rmSync(telemetryPathIn(own.folder), { force: true });
    expect(await tail()).toBe(1);
    expect(err).toBe(`${own.folder} holds no messages: no telemetry.db\n`);
  });
});

test.each([['-n', '0'], ['-n', '1001'], ['--side', 'wire'], ['--nonsense']])('%s %s is a mistake', async (...args) => {
  expect(await tail(...args)).toBe(2);
  expect(err).toContain('usage: ocpp-edge tail');
});

describe('of a gateway that runs', () => {
  beforeEach(serve);

  test('shows the newest, those not yet written too', async () => {
    say({ action: 'BootNotification' }, { action: 'Heartbeat' }, { action: 'Authorize' });
    expect(await tail('-n', '2', '--full', '--json')).toBe(0);
    const shown = out
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(shown).toMatchObject([{ action: 'Heartbeat', request: '<heartbeatRequest/>' }, { action: 'Authorize' }]);
  });

  test.each([['heads'], ['texts', '--full']])(
    'follows it and shows each message once, in order: %s',
    async (_, ...full) => {
      const until = new AbortController();
      say({ action: 'BootNotification' });
      const running = runTail(['-f', ...full, '--data', own.folder], io(), until.signal);
      await vi.waitFor(() => expect(out).toContain('BootNotification'));
      say({ action: 'Heartbeat' }, { action: 'Authorize' });
      await vi.waitFor(() => expect(out).toContain('Authorize'));
      say({ action: 'StopTransaction' });
      await vi.waitFor(() => expect(out).toContain('StopTransaction'));
      until.abort();
      expect(await running).toBe(0);
      const actions = out.match(/BootNotification|Heartbeat(?= +answered)|Authorize|StopTransaction/g);
      expect(actions).toEqual(['BootNotification', 'Heartbeat', 'Authorize', 'StopTransaction']);
    },
  );

  test.each([
    ['/api/messages?limit=x', 400, 'before, after and limit are whole numbers'],
    ['/api/messages?from=yesterday', 400, 'from and to are times'],
    ['/api/messages?side=wire', 400, 'side is one of soap, json-charger, json'],
    ['/api/messages/x', 400, 'x is not the id of a message'],
    ['/api/messages/7', 404, 'there is no message 7, or no longer'],
    ['/api/sites/depot/history?to=never', 400, 'from and to are times'],
  ])('%s is answered %d', async (url, status, error) => {
    const [path = '', query = ''] = url.split('?');
    const found = findRoute(messageRoutes(own.door), 'GET', path);
    if (found.kind === 'none') throw new Error('no route');
    const answer = await found.route.answer(found.values, new URLSearchParams(query), async () => undefined, owner);
    expect(answer).toEqual({ status, body: { kind: 'json', value: { error } } });
  });

  test('what a site did is told of the last day, or of the time that is asked for', async () => {
    const minuteMs = 60_000;
    const nowMs = Math.floor(Date.now() / minuteMs) * minuteMs;
    own.keep('depot', { atMs: nowMs - 25 * 60 * minuteMs, loadA: [1, 1, 1] });
    own.keep('depot', { atMs: nowMs, loadA: [2, 2, 2], plannedA: [3, 3, 3] });
    const ask = async (query: string) => {
      const found = findRoute(messageRoutes(own.door), 'GET', '/api/sites/depot/history');
      if (found.kind === 'none') throw new Error('no route');
      return found.route.answer(found.values, new URLSearchParams(query), async () => undefined, owner);
    };
    const points = [{ atMs: nowMs, loadA: [2, 2, 2], plannedA: [3, 3, 3] }];
    expect(await ask('')).toMatchObject({ body: { value: { site: 'depot', points } } });
    const from = new Date(nowMs - 26 * 60 * minuteMs).toISOString();
    expect(await ask(`from=${from}&to=${nowMs}`)).toMatchObject({
      body: { value: { points: [{ loadA: [1, 1, 1] }] } },
    });
  });
});
