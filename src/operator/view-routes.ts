import type { SitesDoor } from '../charging/site/ports.ts';
import type { InspectionDoor } from '../gateway/inspection-port.ts';
import type { OperatorDoor } from '../gateway/operator-port.ts';
import type { Clock, Log } from '../gateway/ports.ts';
import { chargerRoutes, inspectionRoutes } from './charger-routes.ts';
import type { ChargerViewsParts, LiveParts } from './charger-views.ts';
import type { OverviewParts } from './overview.ts';
import { overviewRoutes } from './overview-routes.ts';
import type { Sources } from './readings.ts';
import type { Route } from './routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { trialRoutes } from './trial-routes.ts';

/** What is known of a running gateway beside its doors. */
export type LiveGateway = Pick<OverviewParts, 'startedMs' | 'restartNeeded'> & {
  readonly inspection: InspectionDoor;
};

export type ViewParts = Sources & {
  readonly door: OperatorDoor;
  readonly sites: SitesDoor;
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
  readonly log: Log;
  readonly version: string;
  /** Absent: no gateway runs behind the door, and only what is kept can be shown. */
  readonly gateway?: LiveGateway | undefined;
};

/** Everything that people look at: chargers, sessions, sites as they would be, the gateway at one look. */
export function viewRoutes(parts: ViewParts): readonly Route[] {
  const { gateway, sites, door, clock } = parts;
  const kept = [...chargerRoutes(chargerViewsOf(parts)), ...trialRoutes(sites)];
  if (gateway === undefined) return kept;
  return [
    ...kept,
    ...inspectionRoutes(gateway.inspection, clock),
    ...sessionRoutes({ door, sites, inspection: gateway.inspection }),
    ...overviewRoutes(overviewPartsOf(parts, gateway)),
  ];
}

/** What `chargerRowsNow` is asked with. */
export function chargerViewsOf({ door, clock, gateway, sites }: ViewParts): ChargerViewsParts {
  return { door, clock, live: gateway && liveOf(gateway, sites) };
}

/** What `overviewNow` is asked with. */
export function overviewPartsOf(parts: ViewParts, gateway: LiveGateway): OverviewParts {
  return { ...parts, ...gateway, live: liveOf(gateway, parts.sites) };
}

const liveOf = ({ inspection }: LiveGateway, sites: SitesDoor): LiveParts => ({ inspection, sites });
