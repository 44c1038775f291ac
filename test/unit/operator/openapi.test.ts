import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noSites } from '../../../src/charging/site/no-sites.ts';
import type { BackupState } from '../../../src/timetable/ports.ts';
import type { CampaignsDesk, CampaignView } from '../../../src/transfers/campaigns/ports.ts';
import type { TransfersDesk, TransferView } from '../../../src/transfers/jobs/ports.ts';
import { setupDouble } from '../cli/data-folder.ts';
import { charger, gatewayDouble, nowMs, row, transaction } from './gateway-double.ts';
import { ask, openStage } from './operator-stage.ts';

const transfer: TransferView = {
  id: 7,
  station: 'CP-1',
  kind: 'firmware',
  state: 'downloading',
  open: true,
  askedBy: 'csms',
  createdAtMs: nowMs,
  changedAtMs: nowMs,
  location: 'https://files.test/a.bin',
  name: 'a.bin',
  file: { sha256: 'ab', bytes: 100 },
  sentBytes: 50,
  told: 'Downloading',
  reason: undefined,
};

const transfers: TransfersDesk = {
  transfers: async () => [transfer],
  transfer: async (id) => (id === 7 ? { transfer, lines: [{ atMs: nowMs, text: 'it was asked' }] } : undefined),
  retry: async () => ({ kind: 'refused', reason: 'it is open' }),
  cancel: async () => ({ kind: 'done', transfer }),
  askDiagnostics: async (station) =>
    station === 'CP-1' ? { kind: 'done', transfer } : { kind: 'unknown', what: 'charger' },
  fileOf: async () => '/srv/spool/ab',
};

const campaign: CampaignView = {
  name: 'spring',
  run: 1,
  state: 'running',
  startedAtMs: nowMs,
  changedAtMs: nowMs,
  targetVersion: '2.0',
  reason: undefined,
  opening: { open: true, nextMs: undefined },
  failures: 0,
  abortAfterFailures: 3,
  waves: [{ wave: 0, chargers: 1, over: 0, opensAtMs: nowMs }],
  members: [
    {
      station: 'CP-1',
      wave: 0,
      state: 'updating',
      atMs: nowMs,
      job: {
        id: 7,
        station: 'CP-1',
        state: 'downloading',
        open: true,
        changedAtMs: nowMs,
        sentBytes: 50,
        bytes: 100,
        reason: undefined,
      },
      reason: undefined,
    },
  ],
};
const done = async () => ({ kind: 'done', value: campaign }) as const;

const campaigns: CampaignsDesk = {
  campaigns: async () => [campaign],
  status: async (name) => (name === 'spring' ? done() : { kind: 'unknown', reason: `there is no campaign ${name}` }),
  plan: async () => ({
    kind: 'done',
    value: {
      name: 'spring',
      targetVersion: '2.0',
      members: [{ station: 'CP-1', wave: 0 }],
      leftOut: [{ station: 'CP-2', reason: 'it has it' }],
      opening: undefined,
    },
  }),
  start: done,
  pause: done,
  resume: done,
  abort: async () => ({ kind: 'refused', reason: 'it is over' }),
};

const backup: BackupState = {
  kind: 'made',
  backup: { path: '/srv/backups/a.db', bytes: 4096, durationMs: 12, atMs: nowMs },
};

const sites = {
  ...noSites,
  sites: () => ['yard'],
  status: (id: string) =>
    id === 'yard'
      ? {
          id,
          plan: undefined,
          alarms: [{ kind: 'tooOld', about: 'load', message: 'the load is 10 min old' }],
          measuredA: [1, 2, 3.5] as const,
          installed: [],
        }
      : undefined,
  signal: () => undefined,
  target: () => undefined,
};

type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly security: readonly unknown[];
  readonly responses: Readonly<Record<string, Content>>;
  readonly requestBody?: Content;
};
type Content = {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
};
type Document = {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};

let stage: Awaited<ReturnType<typeof openStage>>;
let document: Document;

beforeAll(async () => {
  const rows = [row(1, { transaction: transaction() }), row(2, { deadReason: 'refused' })];
  const door = gatewayDouble({ chargers: [charger('CP-1')], rows });
  stage = await openStage({
    door,
    transfers,
    campaigns,
    sites,
    setupOf: () => setupDouble,
    backups: { begin: () => ({ kind: 'running', sinceMs: nowMs }), state: () => backup },
    routes: [
      {
        method: 'GET',
        path: ['api', 'things', ':thing.csv'],
        scope: 'admin',
        summary: 'What another part adds',
        media: 'text/csv',
        answer: async () => ({ status: 200, body: { kind: 'text', type: 'text/csv', text: 'a;b\n' } }),
      },
    ],
  });
  document = JSON.parse((await ask(stage.tcp, '/api/openapi.json')).text) as Document;
});
afterAll(() => stage.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats.default(ajv);
ajv.addVocabulary(['components']);

/** What is wrong with a value; a member that the schema does not tell of is wrong too. */
function validate(schema: object, value: unknown): readonly string[] {
  const check = ajv.compile(closed({ ...schema, components: document.components }));
  check(value);
  return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function closed(schema: object): object {
  const inner = Object.entries(schema).map(([key, value]: [string, unknown]) => [
    key,
    typeof value === 'object' && value !== null && !Array.isArray(value) ? closed(value) : value,
  ]);
  return { ...Object.fromEntries(inner), ...('required' in schema ? { additionalProperties: false } : {}) };
}

describe('the document', () => {
  test('is OpenAPI 3.1 of every route, that of other parts too', () => {
    expect(document.openapi).toBe('3.1.0');
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(['getHealthz', 'getApiMe', 'getApiOpenapiJson', 'getApiStream']));
    expect(ids).toContain('postApiOutboxSeqRetry');
    expect(document.paths['/api/things/{thing.csv}']?.['get']).toMatchObject({
      security: [{ token: ['admin'] }],
      responses: { 200: { content: { 'text/csv': {} } } },
    });
  });

  test('names the parameters of each path, its scope, and how it fails', () => {
    for (const { path, operation } of operations()) {
      const named = operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
      expect(named).toEqual(path.match(/\{[^}]*\}/g) ?? []);
      expect(operation.summary).not.toBe('');
      expect(operation.responses['default']?.content?.['application/json']?.schema).toEqual({
        $ref: '#/components/schemas/Failure',
      });
    }
    expect(document.paths['/api/outbox/{seq}/drop']?.['post']?.security).toEqual([{ token: ['admin'] }]);
    expect(document.paths['/healthz']?.['get']?.security).toEqual([]);
  });

  test('has schemas that are JSON Schema 2020-12', () => {
    const schemas = operations().flatMap(({ operation }) =>
      [operation.requestBody, ...Object.values(operation.responses)].flatMap((part) =>
        Object.values(part?.content ?? {}).flatMap(({ schema }) => (schema === undefined ? [] : [schema])),
      ),
    );
    expect(schemas.length).toBeGreaterThan(30);
    for (const schema of schemas) expect(() => validate(schema, {})).not.toThrow();
    const ofMe = document.paths['/api/me']?.['get']?.responses['200']?.content?.['application/json']?.schema ?? {};
    const wrong = validate(ofMe, { name: 1, scope: 'all', more: true });
    expect(wrong).toHaveLength(4);
  });
});

/** Path, method, what is asked for, and the status that comes. */
const asked: readonly (readonly [path: string, method: 'get' | 'post' | 'put', url: string, status: number])[] = [
  ['/healthz', 'get', '/healthz', 200],
  ['/readyz', 'get', '/readyz', 200],
  ['/statusz', 'get', '/statusz', 200],
  ['/api/openapi.json', 'get', '/api/openapi.json', 200],
  ['/api/me', 'get', '/api/me', 200],
  ['/api/outbox', 'get', '/api/outbox', 200],
  ['/api/outbox', 'get', '/api/outbox?dead=perhaps', 400],
  ['/api/outbox/{seq}/retry', 'post', '/api/outbox/2/retry', 200],
  ['/api/outbox/{seq}/drop', 'post', '/api/outbox/9/drop', 404],
  ['/api/chargers/{identity}/setup', 'get', '/api/chargers/CP-1/setup', 200],
  ['/api/chargers/{identity}/diagnostics', 'post', '/api/chargers/CP-1/diagnostics', 200],
  ['/api/chargers/{identity}/diagnostics', 'post', '/api/chargers/CP-9/diagnostics', 404],
  ['/api/transfers', 'get', '/api/transfers?open=true', 200],
  ['/api/transfers/{id}', 'get', '/api/transfers/7', 200],
  ['/api/transfers/{id}', 'get', '/api/transfers/8', 404],
  ['/api/transfers/{id}/file', 'get', '/api/transfers/7/file', 200],
  ['/api/transfers/{id}/retry', 'post', '/api/transfers/7/retry', 409],
  ['/api/transfers/{id}/cancel', 'post', '/api/transfers/7/cancel', 200],
  ['/api/campaigns', 'get', '/api/campaigns', 200],
  ['/api/campaigns/{name}', 'get', '/api/campaigns/spring', 200],
  ['/api/campaigns/{name}', 'get', '/api/campaigns/autumn', 404],
  ['/api/campaigns/{name}/plan', 'get', '/api/campaigns/spring/plan', 200],
  ['/api/campaigns/{name}/start', 'post', '/api/campaigns/spring/start', 200],
  ['/api/campaigns/{name}/abort', 'post', '/api/campaigns/spring/abort', 409],
  ['/api/backup', 'get', '/api/backup', 200],
  ['/api/backup', 'post', '/api/backup', 200],
  ['/api/sites', 'get', '/api/sites', 200],
  ['/api/sites/{site}', 'get', '/api/sites/yard', 200],
  ['/api/sites/{site}', 'get', '/api/sites/other', 404],
];

test.each(asked)('%s %s: the answer to %s is what the document says', async (path, method, url, status) => {
  const reply = await ask(stage.tcp, url, { method: method.toUpperCase() });
  expect(reply.status).toBe(status);
  const responses = document.paths[path]?.[method]?.responses;
  const schema = (status === 200 ? responses?.['200'] : responses?.['default'])?.content?.['application/json']?.schema;
  expect(validate(schema ?? { not: {} }, JSON.parse(reply.text))).toEqual([]);
});

test('a body that the document describes is taken', async () => {
  const [path, body] = ['/api/sites/yard/signals/pv', [{ from: '2026-03-01T12:00:00Z', kw: 3 }]];
  const schema =
    document.paths['/api/sites/{site}/signals/{kind}']?.['put']?.requestBody?.content?.['application/json'];
  expect(validate(schema?.schema ?? { not: {} }, body)).toEqual([]);
  const headers = { 'content-type': 'application/json' };
  const reply = await ask(stage.tcp, path, { method: 'PUT', headers, body: JSON.stringify(body) });
  expect(reply).toMatchObject({ status: 200, text: '{"taken":true}\n' });
});
