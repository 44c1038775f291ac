import { readSignal, readTarget } from '../charging/site/forms.ts';
import type { SitesDoor, SiteStatus } from '../charging/site/ports.ts';
import { OcppError } from '../ocpp/errors.ts';
import { type Answer, failure, json, type Route } from './routes.ts';

/** What anyone who reaches the port may read of the managed sites. */
export function siteStatusRoutes(sites: Pick<SitesDoor, 'sites' | 'status' | 'outlook'>): readonly Route[] {
  return [
    {
      method: 'GET',
      path: ['sites'],
      scope: 'read',
      summary: 'The managed sites',
      answer: async () => json({ sites: sites.sites().flatMap((id) => summaryOf(sites.status(id))) }),
    },
    {
      method: 'GET',
      path: ['sites', ':site'],
      scope: 'read',
      summary: 'A site: its plan, alarms and measurements',
      answer: async ([site = '']) => {
        const status = sites.status(site);
        return status === undefined ? unknownSite(site) : json({ ...shown(status), ...sites.outlook(site) });
      },
    },
  ];
}

/** Signals and targets of sessions, over the socket in the data folder. */
export function siteOperationRoutes(sites: SitesDoor): readonly Route[] {
  const put = (
    path: readonly string[],
    summary: string,
    take: (values: readonly string[], body: unknown) => void,
  ): Route => ({
    method: 'PUT',
    path: ['sites', ':site', ...path],
    scope: 'operate',
    summary,
    answer: async (values, _, body) => {
      const [site = ''] = values;
      if (sites.status(site) === undefined) return unknownSite(site);
      return taken(take, values, await body());
    },
  });
  return [
    put(['signals', ':kind'], 'Tells a site its load, PV, price, CO2 or grid limit', ([site = '', kind = ''], body) =>
      sites.signal(site, readSignal(kind, body)),
    ),
    put(
      ['sessions', ':chargePoint', ':connector'],
      'Tells the departure and energy of a session',
      ([site = '', chargePoint = '', connector = ''], body) =>
        sites.target(site, readTarget(chargePoint, connectorOf(connector), body)),
    ),
  ];
}

function taken(
  take: (values: readonly string[], body: unknown) => void,
  values: readonly string[],
  body: unknown,
): Answer {
  try {
    take(values, body);
    return json({ taken: true });
  } catch (thrown) {
    if (!(thrown instanceof OcppError)) throw thrown;
    return failure(400, thrown.message);
  }
}

function connectorOf(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new OcppError('PropertyConstraintViolation', `connector: expected a number from 1 on, found "${text}"`);
}

function unknownSite(site: string): Answer {
  return failure(404, `there is no site "${site}"`);
}

function shown({ plan, ...status }: SiteStatus): object {
  return { ...status, plan: plan && { ...plan.result, at: new Date(plan.atS * 1000).toISOString() } };
}

function summaryOf(status: SiteStatus | undefined): readonly unknown[] {
  if (status === undefined) return [];
  const { id, plan, alarms, measuredA } = status;
  const planned = plan && {
    at: new Date(plan.atS * 1000).toISOString(),
    status: plan.result.status,
    engine: plan.result.engine,
  };
  return [{ id, plan: planned, alarms, measuredA }];
}
