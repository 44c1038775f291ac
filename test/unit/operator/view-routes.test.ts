import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noSites } from '../../../src/charging/site/no-sites.ts';
import type { SitesDoor, Trial } from '../../../src/charging/site/ports.ts';
import { OcppError } from '../../../src/ocpp/errors.ts';
import { type Answer, findRoute, type Route } from '../../../src/operator/routes.ts';
import { viewRoutes } from '../../../src/operator/view-routes.ts';
import type { JsonSchema } from '../../../src/operator/views/shape.ts';
import {
  answered,
  bootPayload,
  type Harness,
  refused,
  startHarness,
  unreachable,
} from '../../support/gateway-harness.ts';
import { startPayload, stopPayload } from '../../support/transaction-payloads.ts';
import { listeningLog } from './gateway-double.ts';

let h: Harness;
let sites: SitesDoor;

beforeEach(async () => {
  h = await startHarness();
  sites = { ...noSites, siteOf: (identity) => (identity === 'CP1' ? 'yard' : undefined) };
  await h.asks('BootNotification', bootPayload);
});
afterEach(() => h.end());

async function ask(path: string, method = 'GET', body?: unknown): Promise<Answer> {
  const routes = viewRoutes({
    door: h.gateway().operator,
    gateway: { inspection: h.gateway().inspection, certificates: [] },
    sites,
    store: h.store(),
    folder: '.',
    clock: h.clock,
    log: listeningLog().log,
    version: '0.1.0',
  });
  const [name = '', query = ''] = path.split('?');
  const found = findRoute(routes, method, name);
  if (found.kind === 'none') return found.answer;
  const answer = await found.route.answer(found.values, new URLSearchParams(query), async () => body);
  if (answer.status === 200 && answer.body.kind === 'json') expectAsTold(found.route, answer.body.value);
  return answer;
}

/** The answer is of the shape that the route gives, and holds nothing beside it. */
function expectAsTold({ path, gives }: Route, value: unknown): void {
  const validator = new Ajv({ allErrors: true, strict: false });
  const isValid = validator.validate(closed(gives), JSON.parse(JSON.stringify(value)));
  expect({ path, errors: isValid ? undefined : validator.errors }).toEqual({ path, errors: undefined });
}

function closed(shape: JsonSchema | undefined): object {
  if (shape === undefined) throw new Error('the route does not say what it gives');
  const { items, properties, ...rest } = shape;
  return {
    ...rest,
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(properties === undefined ? {} : { additionalProperties: false, properties: closedEach(properties) }),
  };
}

const closedEach = (properties: Readonly<Record<string, JsonSchema>>) =>
  Object.fromEntries(Object.entries(properties).map(([name, shape]) => [name, closed(shape)]));

/** The JSON that is answered, as it arrives. */
async function json(path: string, method = 'GET', body?: unknown) {
  const answer = await ask(path, method, body);
  if (answer.body.kind !== 'json') throw new Error(`${path} answers ${answer.body.kind}`);
  return { status: answer.status, value: JSON.parse(JSON.stringify(answer.body.value)) };
}

const sample = (value: string, more: object = {}) => ({ value, ...more });
const meterValues = (transactionId: number, energyWh: string, more: readonly object[] = []) => ({
  connectorId: 1,
  transactionId,
  meterValue: [{ timestamp: '2026-03-01T12:05:00Z', sampledValue: [sample(energyWh), ...more] }],
});

async function begin(): Promise<number> {
  return Number((await h.asks('StartTransaction', startPayload(1000)))['transactionId']);
}

describe('GET /api/chargers', () => {
  test('what it is, what it said last, and what it measured', async () => {
    await h.asks('StatusNotification', { connectorId: 1, status: 'Charging', errorCode: 'NoError' });
    await h.asks('StatusNotification', { connectorId: 2, status: 'Faulted', errorCode: 'GroundFailure' });
    const transactionId = await begin();
    const phases = ['L1', 'L2', 'L3'].map((phase) => sample('10.5', { measurand: 'Current.Import', unit: 'A', phase }));
    const whole = [
      sample('7.2', { measurand: 'Power.Active.Import', unit: 'kW' }),
      sample('64', { measurand: 'SoC', unit: 'Percent' }),
    ];
    await h.asks('MeterValues', meterValues(transactionId, '1200', [...phases, ...whole]));
    const { value } = await json('/api/chargers');
    expect(value.chargers).toMatchObject([
      {
        identity: 'CP1',
        standing: 'accepted',
        alive: true,
        vendor: 'Acme',
        model: 'Wall 1',
        firmware: '1.0',
        site: 'yard',
        link: 'open',
        openTransactions: 1,
        connectors: [
          {
            connector: 1,
            status: 'Charging',
            powerW: 7200,
            currentA: [10.5, 10.5, 10.5],
            energyWh: 1200,
            socPercent: 64,
            measuredAtMs: Date.parse('2026-03-01T12:05:00Z'),
            limitA: 32,
          },
          { connector: 2, status: 'Faulted', errorCode: 'GroundFailure' },
        ],
      },
    ]);
    expect(value.chargers[0].connectors[0]).not.toHaveProperty('errorCode');
  });

  test('nonsense in MeterValues is shown as not measured', async () => {
    await h.says('MeterValues', { connectorId: 1, meterValue: [{ sampledValue: [sample('much'), 7, null] }] });
    const { value } = await json('/api/chargers');
    expect(value.chargers[0].connectors[0]).not.toHaveProperty('energyWh');
  });

  test('what waits for the CSMS while it is away', async () => {
    h.csms.up = false;
    await h.restart();
    await h.asks('StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError' });
    await h.asks('StatusNotification', { connectorId: 2, status: 'Available', errorCode: 'NoError' });
    const { value } = await json('/api/chargers');
    const { length } = await h.store().outbox({ station: 'CP1', dead: false });
    expect(length).toBeGreaterThanOrEqual(2);
    expect(value.chargers).toMatchObject([
      { link: 'connecting', linkAttempts: expect.any(Number), waiting: length, dead: 0 },
    ]);
  });

  test('one charger, by its identity without case, and what was never seen', async () => {
    await begin();
    const { value } = await json('/api/chargers/cp1');
    expect(value.charger).toMatchObject({
      charger: { identity: 'CP1' },
      bootPayload,
      csmsStatus: 'Accepted',
      bootUnheard: false,
      transactions: [{ connector: 1, startedAt: '2026-03-01T12:00:00Z' }],
      lacks: [],
    });
    expect(JSON.stringify(value)).not.toContain('TAG-1');
    expect(await json('/api/chargers/nobody')).toMatchObject({ status: 404, value: { error: expect.any(String) } });
  });
});

describe('GET /api/chargers/:identity/profiles', () => {
  test('the stack, the composite and why, over a window', async () => {
    const csChargingProfiles = {
      chargingProfileId: 3,
      stackLevel: 1,
      chargingProfilePurpose: 'TxDefaultProfile',
      chargingProfileKind: 'Relative',
      chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 11 }] },
    };
    await h.csms.call('CP1', 'SetChargingProfile', { connectorId: 1, csChargingProfiles });
    const { value } = await json('/api/chargers/CP1/profiles?hours=2');
    const nowMs = h.clock.now();
    expect(value.connectors).toEqual([
      {
        connector: 1,
        fromMs: nowMs,
        toMs: nowMs + 7_200_000,
        why: [
          expect.objectContaining({ kind: 'profile', about: '3', limitA: 11, binding: true }),
          expect.objectContaining({ kind: 'connector', limitA: 32, binding: false }),
        ],
        profiles: [
          expect.objectContaining({
            id: 3,
            from: 'csms',
            periods: [{ atMs: nowMs, limitA: 11 }],
            profile: csChargingProfiles,
          }),
        ],
        composite: [{ atMs: nowMs, limitA: 11 }],
      },
    ]);
  });

  test.each(['0', '169', 'x', '1.5'])('hours=%s is refused', async (hours) => {
    expect(await json(`/api/chargers/CP1/profiles?hours=${hours}`)).toMatchObject({
      status: 400,
      value: { error: expect.stringContaining('hours: expected') },
    });
  });

  test('of what was never seen: 404', async () => {
    expect(await json('/api/chargers/nobody/profiles')).toMatchObject({ status: 404 });
  });
});

describe('GET /api/chargers/:identity/configuration', () => {
  test('the keys of the charger, its secrets hidden', async () => {
    const configurationKey = [
      { key: 'HeartbeatInterval', readonly: false, value: '300' },
      { key: 'AuthorizationKey', readonly: false, value: 'CANARY' },
      { key: 'FreeVendIdTag', readonly: false, value: 'CANARY' },
      { key: 'WebProxy', readonly: true, value: 'http://user:CANARY@proxy' },
      { key: 'Empty', readonly: true },
    ];
    h.chargers.answer = () => answered({ configurationKey, unknownKey: ['Nothing'] });
    const { value } = await json('/api/chargers/CP1/configuration');
    expect(value.configuration).toMatchObject({
      keys: [
        { key: 'HeartbeatInterval', readonly: false, value: '300' },
        { key: 'AuthorizationKey' },
        { key: 'FreeVendIdTag' },
        { key: 'WebProxy', readonly: true },
        { key: 'Empty', readonly: true },
      ],
      unknown: ['Nothing'],
    });
    expect(JSON.stringify(value)).not.toContain('CANARY');
    expect(h.chargers.asked.at(-1)).toMatchObject({ action: 'GetConfiguration', payload: {} });
  });

  test.each([
    [unreachable(true), 504],
    [refused('NotSupported'), 502],
  ])('no answer is a failure that says so: %j', async (delivery, status) => {
    h.chargers.answer = () => delivery;
    expect(await json('/api/chargers/CP1/configuration')).toMatchObject({
      status,
      value: { error: expect.stringMatching(/^charger CP1 (did not answer|refused): /) },
    });
  });

  test('of what was never seen: 404', async () => {
    expect(await json('/api/chargers/nobody/configuration')).toMatchObject({ status: 404 });
  });
});

describe('GET /api/sessions', () => {
  test('one that runs shows what it got so far, one that ended how', async () => {
    const transactionId = await begin();
    await h.asks('MeterValues', meterValues(transactionId, '4200'));
    expect((await json('/api/sessions')).value).toMatchObject({
      sessions: [{ charger: 'CP1', idTag: '…-1', meterStartWh: 1000, energyWh: 3200, running: true }],
    });
    await h.asks('StopTransaction', { ...stopPayload(transactionId, 9000), reason: 'EVDisconnected' });
    const { value } = await json('/api/sessions');
    expect(value).toEqual({
      sessions: [
        {
          id: expect.any(Number),
          charger: 'CP1',
          connector: 1,
          site: 'yard',
          idTag: '…-1',
          startedAt: '2026-03-01T12:00:00Z',
          stoppedAt: '2026-03-01T12:30:00Z',
          meterStartWh: 1000,
          meterStopWh: 9000,
          energyWh: 8000,
          stopReason: 'EVDisconnected',
          chargerTxId: transactionId,
          csmsTxId: expect.any(String),
          offline: false,
          running: false,
        },
      ],
    });
  });

  test('page by page, and by what is asked for', async () => {
    for (const minute of [1, 2, 3]) {
      const timestamp = `2026-03-01T12:0${minute}:00Z`;
      const { transactionId } = await h.asks('StartTransaction', startPayload(minute, timestamp, minute));
      if (minute < 3) await h.asks('StopTransaction', stopPayload(Number(transactionId), 2000, timestamp));
    }
    const connectors = async (query: string) =>
      (await json(`/api/sessions?${query}`)).value.sessions.map(({ connector }: { connector: number }) => connector);
    const first = (await json('/api/sessions?limit=2')).value;
    expect(first.sessions).toHaveLength(2);
    expect(await connectors(`limit=2&before=${first.before}`)).toEqual([1]);
    expect((await json(`/api/sessions?before=${first.before}`)).value).not.toHaveProperty('before');
    expect(await connectors('charger=cp1&running=true')).toEqual([3]);
    expect(await connectors('site=yard&from=2026-03-01T12:02:00Z')).toEqual([3, 2]);
    expect(await connectors(`to=${Date.parse('2026-03-01T12:02:00Z')}`)).toEqual([1]);
    expect(await connectors('charger=nobody')).toEqual([]);
    expect(await connectors('site=other')).toEqual([]);
  });

  test.each(['limit=0', 'limit=501', 'before=-1', 'from=noon', 'running=perhaps'])('%s is refused', async (query) => {
    const [name = ''] = query.split('=');
    expect(await json(`/api/sessions?${query}`)).toMatchObject({
      status: 400,
      value: { error: expect.stringContaining(`${name}: expected`) },
    });
  });

  test('as a table with the same filters', async () => {
    const transactionId = await begin();
    await h.asks('StopTransaction', stopPayload(transactionId, 9000));
    await h.asks('StartTransaction', startPayload(0, '2026-03-01T13:00:00Z', 2));
    const table = async (query = '') => {
      const { body, headers } = await ask(`/api/sessions.csv${query}`);
      return { lines: body.kind === 'text' ? body.text.split('\r\n') : [], headers };
    };
    const all = await table();
    expect(all.lines).toHaveLength(4);
    expect(all.lines[0]).toMatch(/^id,charger,connector,site,idTag,startedAt,/);
    expect(all.lines[2]).toContain(',CP1,1,yard,…-1,2026-03-01T12:00:00Z,2026-03-01T12:30:00Z,1000,9000,8000,');
    expect(all.headers).not.toHaveProperty('x-before');
    expect((await table('?running=true')).lines).toHaveLength(3);
    const cut = await table('?limit=1');
    expect(cut.lines).toHaveLength(3);
    expect((await table(`?before=${cut.headers?.['x-before']}`)).lines[1]).toContain(',CP1,1,');
  });
});

describe('GET /api/overview', () => {
  test('the gateway at one look', async () => {
    const transactionId = await begin();
    const power = sample('3600', { measurand: 'Power.Active.Import', unit: 'W' });
    await h.asks('MeterValues', meterValues(transactionId, '1200', [power]));
    await h.clock.advance(0);
    expect((await json('/api/overview')).value).toMatchObject({
      version: '0.1.0',
      atMs: h.clock.now(),
      ready: true,
      chargers: { accepted: 1, quarantined: 0, blocked: 0, alive: 1, charging: 1, withoutCommands: 0 },
      links: { open: 1, connecting: 0, closed: 0 },
      outbox: { waiting: 0, oldestS: 0, dead: 0 },
      powerW: 3600,
      transactions: 1,
      restartNeeded: [],
    });
  });
});

describe('POST /api/sites/:site/what-if', () => {
  const trying = (answer: () => Promise<Trial>) => {
    const tried: unknown[] = [];
    sites = {
      ...sites,
      status: (site) =>
        site === 'yard' ? { id: site, plan: undefined, alarms: [], measuredA: [0, 0, 0], installed: [] } : undefined,
      tryOut: (_, change) => {
        tried.push(change);
        return answer();
      },
    };
    return tried;
  };
  const path = '/api/sites/yard/what-if';

  test('the change is read as a scenario spells it', async () => {
    const tried = trying(async () => ({ kind: 'busy' }));
    const from = '2026-03-01T13:00:00Z';
    const sessions = [{ chargePoint: 'CP1', connector: 1, departure: from, energyKwh: 9 }];
    const body = { limitA: 40, sessions, prices: [{ from, perKwh: -0.1 }], peakPolicy: 'hard' };
    expect(await json(path, 'POST', body)).toMatchObject({ status: 429 });
    const fromS = Date.parse(from) / 1000;
    expect(tried).toEqual([
      {
        limitA: 40,
        sessions: [{ chargePoint: 'CP1', connector: 1, departureS: fromS, energyKwh: 9 }],
        prices: [{ fromS, perKwh: -0.1 }],
        peakPolicy: 'hard',
      },
    ]);
  });

  test('a site that was not planned yet is 409, one that is not there 404', async () => {
    trying(async () => ({ kind: 'unplanned' }));
    expect(await json(path, 'POST', {})).toMatchObject({ status: 409 });
    expect(await json('/api/sites/other/what-if', 'POST', {})).toMatchObject({ status: 404 });
  });

  test.each([
    [{ limitA: -1 }, 'limitA: expected 0 or more, found -1'],
    [{ limitA: 'much', unmetPerKwh: 0 }, 'unmetPerKwh: expected more than 0, found 0'],
    [{ sessions: [{ connector: 0 }] }, 'sessions[0].connector: expected a whole number from 1 on'],
    [{ peakPolicy: 'x' }, 'peakPolicy: expected one of neverShort, soft, hard'],
    [{ limit: 3 }, 'limit'],
    [[], 'expected an object'],
  ])('%j is refused with the field that is wrong', async (body, words) => {
    trying(async () => ({ kind: 'busy' }));
    expect(await json(path, 'POST', body)).toMatchObject({
      status: 400,
      value: { error: expect.stringContaining(words) },
    });
  });

  test('what the site objects to is refused as well', async () => {
    trying(async () => {
      throw new OcppError('PropertyConstraintViolation', 'connector: expected one of CP-A/1');
    });
    expect(await json(path, 'POST', {})).toMatchObject({
      status: 400,
      value: { error: expect.stringContaining('CP-A/1') },
    });
  });
});
