import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noSites } from '../../../src/charging/site/no-sites.ts';
import type { SessionTarget, Signal, SitesDoor, SiteStatus } from '../../../src/charging/site/ports.ts';
import { systemClock } from '../../../src/gateway/clock.ts';
import { OcppError } from '../../../src/ocpp/errors.ts';
import { createMeters } from '../../../src/operator/meters.ts';
import { createMetrics } from '../../../src/operator/metrics.ts';
import { createOperatorServer } from '../../../src/operator/server.ts';
import { gatewayDouble, listeningLog, noBackups, nowMs } from './gateway-double.ts';

const alarm = { kind: 'notReached', about: 'CP-A/1', message: 'its profile could not be set' };
const status: SiteStatus = {
  id: 'yard',
  plan: {
    atS: nowMs / 1000,
    result: {
      status: 'optimal',
      engine: 'highs',
      objective: 1,
      bound: 1,
      gap: 0,
      lpGap: 0,
      solveMs: 2,
      slotMinutes: 15,
      slots: ['2026-03-01T12:00:00Z', '2026-03-01T12:15:00Z'],
      connectors: [],
      nodes: [
        { id: 'main', phase: 'L1', limitA: [30, 20], usedA: [10, 10] },
        { id: 'main', phase: 'all', limitA: [90, 60], usedA: [30, 30] },
        { id: 'row', phase: 'L1', limitA: [16, 16], usedA: [10, 10] },
      ],
      cost: { energy: 1, peak: 0, currency: 'EUR' },
      peakKw: 7,
      profiles: [],
    },
  },
  alarms: [alarm],
  measuredA: [10.5, 0, 3],
  installed: [],
};

const outlook = {
  prices: [{ fromS: nowMs / 1000, perKwh: 0.25 }],
  limits: [{ fromS: nowMs / 1000, currentA: [30, 30, 30] }],
} as const;

let folder: string;
let close: () => Promise<void>;
let taken: unknown[];
let tcp: { readonly host: string; readonly port: number };
let socket: { readonly socketPath: string };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'operator-'));
  taken = [];
  const sites: SitesDoor = {
    ...noSites,
    sites: () => ['yard'],
    status: (site) => (site === 'yard' ? status : undefined),
    outlook: () => outlook,
    signal: (_, signal: Signal) => taken.push(signal),
    target: (_, target: SessionTarget) => {
      if (target.chargePoint !== 'CP-A')
        throw new OcppError('PropertyConstraintViolation', 'connector: expected CP-A/1');
      taken.push(target);
    },
  };
  const clock = { ...systemClock, now: () => nowMs };
  const store = { health: async () => ({ writable: true, walBytes: 0 }) };
  const shared = { door: gatewayDouble(), sites, store, folder, log: listeningLog().log, clock, version: '0.1.0' };
  const metrics = createMetrics({ ...shared, registry: createMeters().registry, chargerLabels: true });
  socket = { socketPath: join(folder, 'gateway.sock') };
  const server = createOperatorServer({
    ...shared,
    ...socket,
    backups: noBackups,
    tokens: () => [],
    setupOf: () => undefined,
    metrics,
    host: '127.0.0.1',
    port: 0,
  });
  tcp = { host: '127.0.0.1', port: await server.listen() };
  close = async () => {
    await server.close();
    metrics.close();
  };
});
afterEach(async () => {
  await close();
  await rm(folder, { recursive: true });
});

type Reply = { readonly status: number; readonly text: string };

function ask(where: typeof tcp | typeof socket, method: string, path: string, body = ''): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = body === '' ? {} : { 'content-type': 'application/json' };
    const call = request({ ...where, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

const put = (path: string, value: unknown) => ask(socket, 'PUT', path, JSON.stringify(value));

describe('over TCP', () => {
  test('/api/sites: each site with its plan in short and its alarms', async () => {
    const reply = await ask(tcp, 'GET', '/api/sites');
    const plan = { at: '2026-03-01T12:00:00.000Z', status: 'optimal', engine: 'highs' };
    expect(JSON.parse(reply.text)).toEqual({
      sites: [{ id: 'yard', plan, alarms: [alarm], measuredA: [10.5, 0, 3] }],
    });
  });

  test('/api/sites/<id>: the whole plan; of a site that is not there 404', async () => {
    const reply = await ask(tcp, 'GET', '/api/sites/yard');
    expect(JSON.parse(reply.text)).toMatchObject({
      id: 'yard',
      plan: { slotMinutes: 15, nodes: [{ id: 'main' }, {}, {}] },
      ...outlook,
    });
    expect(await ask(tcp, 'GET', '/api/sites/other')).toMatchObject({ status: 404 });
  });

  test('/metrics: current, plan and limit of each phase', async () => {
    const { text } = await ask(tcp, 'GET', '/metrics');
    expect(text).toContain('ocppgw_site_current_amperes{site="yard",phase="L1"} 10.5');
    expect(text).toContain('ocppgw_site_limit_amperes{site="yard",phase="L1"} 30');
    expect(text).toContain('ocppgw_site_planned_amperes{site="yard",phase="L1"} 10');
    expect(text).toContain('ocppgw_site_alarms{site="yard"} 1');
  });
});

describe('over the socket', () => {
  const from = '2026-03-01T12:00:00Z';
  const fromS = nowMs / 1000;

  test.each([
    ['load', [{ from, currentA: [10, 11.5, 12] }], [{ fromS, currentA: [10, 11.5, 12] }]],
    ['pv', [{ from, kw: 4.2 }], [{ fromS, kw: 4.2 }]],
    ['external', [{ from, currentA: 20 }], [{ fromS, currentA: [20, 20, 20] }]],
    ['prices', [{ from, perKwh: -0.05 }], [{ fromS, perKwh: -0.05 }]],
    ['co2', [{ from, gPerKwh: 380 }], [{ fromS, gPerKwh: 380 }]],
  ])('a signal of kind %s is taken as a scenario spells it', async (kind, body, steps) => {
    expect(await put(`/api/sites/yard/signals/${kind}`, body)).toEqual({ status: 200, text: '{"taken":true}\n' });
    expect(taken).toEqual([{ kind, steps }]);
  });

  test('a target of a session', async () => {
    const body = { departure: '2026-03-01T18:00:00+01:00', energyKwh: 22, phases: 3, priority: 2 };
    expect(await put('/api/sites/yard/sessions/CP-A/1', body)).toMatchObject({ status: 200 });
    const { departure: _, ...said } = body;
    expect(taken).toEqual([{ chargePoint: 'CP-A', connector: 1, departureS: 1_772_384_400, ...said }]);
  });

  test.each([
    ['/api/sites/yard/signals/wind', [], 400, 'kind: expected load, pv, external, prices, co2, found "wind"'],
    [
      '/api/sites/yard/signals/pv',
      [
        { from, kw: -1 },
        { from: 'noon', kw: 'x' },
      ],
      400,
      'pv[0].kw: expected 0 or more, found -1',
    ],
    ['/api/sites/yard/signals/pv', { from, kw: 1 }, 400, 'pv: expected a list, found an object'],
    ['/api/sites/yard/signals/load', [{ from, currentA: [1, 2] }], 400, 'expected one number, or three, found 2'],
    ['/api/sites/yard/sessions/CP-A/zero', {}, 400, 'connector: expected a number from 1 on, found "zero"'],
    ['/api/sites/yard/sessions/CP-A/1', { energy: 3 }, 400, 'energy: unknown key'],
    ['/api/sites/yard/sessions/CP-Z/1', {}, 400, 'connector: expected CP-A/1'],
    ['/api/sites/other/signals/pv', [], 404, 'there is no site \\"other\\"'],
  ])('%s %j is refused with %d', async (path, body, code, sentence) => {
    const reply = await put(path, body);
    expect(reply.status).toBe(code);
    expect(reply.text).toContain(sentence.replaceAll('"', '\\"').replaceAll('\\\\"', '\\"'));
    expect(taken).toEqual([]);
  });

  test('what is no JSON, or too much of it, is refused', async () => {
    expect(await ask(socket, 'PUT', '/api/sites/yard/signals/pv', '[')).toMatchObject({ status: 400 });
    expect(await ask(socket, 'PUT', '/api/sites/yard/signals/pv', `"${'x'.repeat(600_000)}"`)).toMatchObject({
      status: 413,
    });
  });
});
