import type { SitesDoor } from '../charging/site/ports.ts';
import type { InspectionDoor } from '../gateway/inspection-port.ts';
import type { ConnectorView, OperatorDoor } from '../gateway/operator-port.ts';
import type { SessionFilter, SessionRecord } from '../gateway/store-port.ts';
import { readingOf } from './connector-readings.ts';
import type { Session } from './views/sessions.ts';

export type SessionViewsParts = {
  readonly door: Pick<OperatorDoor, 'chargers'>;
  readonly inspection: Pick<InspectionDoor, 'sessions'>;
  readonly sites: Pick<SitesDoor, 'siteOf'>;
};

/** As people ask for them; what is absent does not matter. */
export type SessionWish = Omit<SessionFilter, 'stations'> & { readonly charger?: string; readonly site?: string };

/** Sessions, those that were kept last first; as many as `limit`, if there are. */
export async function sessionsNow(parts: SessionViewsParts, wish: SessionWish): Promise<readonly Session[]> {
  const { charger, site, ...filter } = wish;
  const chargers = await parts.door.chargers();
  const isAsked = (identity: string) =>
    (charger === undefined || identity.toLowerCase() === charger.toLowerCase()) &&
    (site === undefined || parts.sites.siteOf(identity) === site);
  const isAll = charger === undefined && site === undefined;
  const stations = chargers.flatMap(({ identity }) => (isAsked(identity) ? [identity] : []));
  const found = await parts.inspection.sessions(isAll ? filter : { ...filter, stations });
  const connectorsOf = new Map(chargers.map(({ identity, connectors }) => [identity, connectors]));
  return found.map((one) => sessionOf(one, connectorsOf.get(one.station) ?? [], parts.sites.siteOf(one.station)));
}

function sessionOf(one: SessionRecord, connectors: readonly ConnectorView[], site: string | undefined): Session {
  const { id, station, connector, idTag, startedAt, meterStart, end, chargerTxId, csmsTxId, offline } = one;
  const running = one.state === 'open';
  return {
    id,
    charger: station,
    connector,
    site,
    idTag: shortened(idTag),
    startedAt,
    stoppedAt: end.stoppedAt,
    meterStartWh: meterStart,
    meterStopWh: end.meterStopWh,
    energyWh: running ? energySoFar(one, connectors) : difference(end.meterStopWh, meterStart),
    stopReason: end.reason,
    chargerTxId,
    csmsTxId,
    offline,
    running,
  };
}

/** Enough to know it again by, too little to charge with. */
function shortened(idTag: string): string {
  return `…${idTag.slice(-Math.min(4, Math.floor(idTag.length / 2)))}`;
}

/** By the last MeterValues of its connector, if they are of this transaction. */
function energySoFar(one: SessionRecord, connectors: readonly ConnectorView[]): number | undefined {
  const metered = connectors.find(({ connector }) => connector === one.connector)?.metered;
  if (metered === undefined || metered.payload['transactionId'] !== one.chargerTxId) return undefined;
  return difference(readingOf(metered.payload, metered.atMs).energyWh, one.meterStart);
}

/** Registers do not run backwards: what is below zero is of another meter. */
function difference(nowWh: number | undefined, startWh: number): number | undefined {
  return nowWh === undefined || nowWh < startWh ? undefined : nowWh - startWh;
}
