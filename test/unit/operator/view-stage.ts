import { Ajv } from 'ajv';
import { afterEach, beforeEach, expect } from 'vitest';
import { noSites } from '../../../src/charging/site/no-sites.ts';
import type { SitesDoor } from '../../../src/charging/site/ports.ts';
import { type Answer, findRoute, type Route } from '../../../src/operator/routes.ts';
import { viewRoutes } from '../../../src/operator/view-routes.ts';
import type { JsonSchema } from '../../../src/operator/views/shape.ts';
import { bootPayload, type Harness, startHarness } from '../../support/gateway-harness.ts';
import { startPayload } from '../../support/transaction-payloads.ts';
import { listeningLog } from './gateway-double.ts';

/** What a gateway with one charger, CP1 of the site `yard`, shows over its routes; each test has its own. */
export /** The owner of the data folder. */
const caller = { name: 'a test', scope: 'admin' } as const;

class ViewStage {
  readonly h: Harness;
  sites: SitesDoor = { ...noSites, siteOf: (identity) => (identity === 'CP1' ? 'yard' : undefined) };

  constructor(h: Harness) {
    this.h = h;
  }

  async ask(path: string, method = 'GET', body?: unknown): Promise<Answer> {
    const { h, sites } = this;
    const routes = viewRoutes({
      door: h.gateway().operator,
      gateway: { inspection: h.gateway().inspection, startedMs: 0, restartNeeded: () => ['soap.port'] },
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
    const answer = await found.route.answer(found.values, new URLSearchParams(query), async () => body, caller);
    if (answer.status === 200 && answer.body.kind === 'json') expectAsTold(found.route, answer.body.value);
    return answer;
  }

  /** The JSON that is answered, as it arrives. */
  async json(path: string, method = 'GET', body?: unknown) {
    const answer = await this.ask(path, method, body);
    if (answer.body.kind !== 'json') throw new Error(`${path} answers ${answer.body.kind}`);
    return { status: answer.status, value: JSON.parse(JSON.stringify(answer.body.value)) };
  }

  /** A transaction on connector 1; its id. */
  async begin(): Promise<number> {
    return Number((await this.h.asks('StartTransaction', startPayload(1000)))['transactionId']);
  }
}

export function useViewStage(): () => ViewStage {
  let stage: ViewStage;
  beforeEach(async () => {
    stage = new ViewStage(await startHarness());
    await stage.h.asks('BootNotification', bootPayload);
  });
  afterEach(() => stage.h.end());
  return () => stage;
}

export const sample = (value: string, more: object = {}) => ({ value, ...more });

export const meterValues = (transactionId: number, energyWh: string, more: readonly object[] = []) => ({
  connectorId: 1,
  transactionId,
  meterValue: [{ timestamp: '2026-03-01T12:05:00Z', sampledValue: [sample(energyWh), ...more] }],
});

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
