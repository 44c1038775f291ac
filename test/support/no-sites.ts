import type { SiteControl, SitesDoor } from '../../src/charging/site/ports.ts';

/** No charger belongs to a managed site. */
export const noSites: SiteControl = {
  serve: () => undefined,
  manages: () => false,
  facts: () => undefined,
  heard: () => undefined,
  transfer: () => ({ status: 'Rejected' }),
  limits: () => new Map(),
  stop: () => undefined,
};

/** An operator's door to sites, where there are none. */
export const noSitesDoor: SitesDoor = {
  sites: () => [],
  status: () => undefined,
  signal: () => undefined,
  target: () => undefined,
  configure: () => undefined,
};
