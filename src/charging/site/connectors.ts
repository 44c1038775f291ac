import type { Site, SiteConnector } from '../../../optimizer/site.ts';

type Index = ReadonlyMap<string, readonly SiteConnector[]>;

/** Looked up at every message of a charger. */
const indexes = new WeakMap<readonly SiteConnector[], Index>();

/** The connectors of a charge point that belong to a site. */
export function connectorsOf({ connectors }: Pick<Site, 'connectors'>, chargePoint: string): readonly SiteConnector[] {
  const index = indexes.get(connectors) ?? indexOf(connectors);
  indexes.set(connectors, index);
  return index.get(chargePoint) ?? [];
}

function indexOf(connectors: readonly SiteConnector[]): Index {
  const index = new Map<string, SiteConnector[]>();
  for (const connector of connectors) {
    const own = index.get(connector.chargePoint);
    if (own === undefined) index.set(connector.chargePoint, [connector]);
    else own.push(connector);
  }
  return index;
}

export function connectorAt(
  site: Pick<Site, 'connectors'>,
  chargePoint: string,
  number: number,
): SiteConnector | undefined {
  return connectorsOf(site, chargePoint).find(({ connector }) => connector === number);
}
