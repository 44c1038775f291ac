import { readSignal, readTarget } from '../charging/site/forms.ts';
import type { SitesDoor, SiteStatus } from '../charging/site/ports.ts';
import { OcppError } from '../ocpp/errors.ts';
import { type Answer, failure, json, type Route, route } from './routes.ts';
import type { Failure } from './views/failure.ts';
import type { Shape, Shown } from './views/shape.ts';
import { sessionTarget, signalSteps, type SitePulse, siteList, siteStatus, taken } from './views/sites.ts';

/** What is seen of the managed sites. */
export function siteStatusRoutes(sites: Pick<SitesDoor, 'sites' | 'status' | 'outlook'>): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: ['api', 'sites'],
      scope: 'read',
      summary: 'The managed sites',
      gives: siteList,
      answer: async () => json({ sites: sites.sites().flatMap((id) => summaryOf(sites.status(id))) }),
    }),
    route({
      method: 'GET',
      path: ['api', 'sites', ':site'],
      scope: 'read',
      summary: 'A site: its plan, alarms and measurements',
      gives: siteStatus,
      answer: async ([site = '']) => {
        const status = sites.status(site);
        return status === undefined ? unknownSite(site) : json({ ...shown(status), ...sites.outlook(site) });
      },
    }),
  ];
}

/** Signals and targets of sessions. */
export function siteOperationRoutes(sites: SitesDoor): readonly Route[] {
  const put = (
    path: readonly string[],
    told: Pick<Route, 'summary'> & { readonly takes: Shape },
    take: (values: readonly string[], body: unknown) => void,
  ): Route =>
    route({
      method: 'PUT',
      path: ['api', 'sites', ':site', ...path],
      scope: 'operate',
      ...told,
      gives: taken,
      answer: async (values, _, body) => {
        const [site = ''] = values;
        if (sites.status(site) === undefined) return unknownSite(site);
        return tell(take, values, await body());
      },
    });
  return [
    put(
      ['signals', ':kind'],
      { summary: 'Tells a site its load, PV, prices, CO2 or a limit from outside', takes: signalSteps },
      ([site = '', kind = ''], body) => sites.signal(site, readSignal(kind, body)),
    ),
    put(
      ['sessions', ':chargePoint', ':connector'],
      { summary: 'Tells the departure and energy of a session', takes: sessionTarget },
      ([site = '', chargePoint = '', connector = ''], body) =>
        sites.target(site, readTarget(chargePoint, connectorOf(connector), body)),
    ),
  ];
}

function tell(
  take: (values: readonly string[], body: unknown) => void,
  values: readonly string[],
  body: unknown,
): Answer<Shown<typeof taken> | Failure> {
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

function unknownSite(site: string): Answer<Failure> {
  return failure(404, `there is no site "${site}"`);
}

function shown({ plan, ...status }: SiteStatus): Shown<typeof siteStatus> {
  return { ...status, plan: plan && { ...plan.result, at: new Date(plan.atS * 1000).toISOString() } };
}

function summaryOf(status: SiteStatus | undefined): Shown<typeof siteList>['sites'] {
  if (status === undefined) return [];
  const { id, plan, alarms, measuredA } = status;
  const planned = plan && {
    at: new Date(plan.atS * 1000).toISOString(),
    status: plan.result.status,
    engine: plan.result.engine,
  };
  return [{ id, plan: planned, alarms, measuredA }];
}

/** What the stream tells of the sites. */
export function sitePulses(sites: Pick<SitesDoor, 'sites' | 'status'>): readonly SitePulse[] {
  return sites.sites().flatMap((id) => pulseOf(sites.status(id)));
}

function pulseOf(status: SiteStatus | undefined): readonly SitePulse[] {
  if (status === undefined) return [];
  const { id, plan, alarms, measuredA } = status;
  return [{ site: id, measuredA, alarms, planAt: plan && new Date(plan.atS * 1000).toISOString() }];
}
