import type { SiteControl } from '../../src/charging/site/ports.ts';

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
