import type { SiteControl, SitesDoor } from './ports.ts';

/** The sites of a gateway that was given none: no charger is managed, and there is nothing to signal to. */
export const noSites: SitesDoor & SiteControl = {
  sites: () => [],
  status: () => undefined,
  siteOf: () => undefined,
  outlook: () => undefined,
  tryOut: nowhere,
  signal: nowhere,
  target: nowhere,
  answer: nowhere,
  configure: nowhere,
  serve: () => undefined,
  manages: () => false,
  facts: () => undefined,
  heard: () => undefined,
  transfer: () => ({ status: 'Rejected' }),
  limits: () => new Map(),
  toldNow: () => new Map(),
  rules: () => new Map(),
  stop: () => undefined,
};

function nowhere(): never {
  throw new Error('this gateway manages no sites');
}
