import type { Scenario } from '../../../optimizer/site.ts';
import type { Reserved } from './around.ts';
import type { Ledger } from './ledger.ts';
import type { MadePlan, SiteMemory } from './ports.ts';
import type { SiteSettings } from './settings.ts';

/** What a site was planned with last: the whole site, the connectors that the plan goes around, and what had come in. */
export type Situation = {
  readonly scenario: Scenario;
  readonly reserved: readonly Reserved[];
  readonly signals: SiteMemory['signals'];
};

/** What is known of a site when somebody looks; undefined: it was not planned since the start. */
export type Glance = {
  readonly settings: SiteSettings;
  readonly plan: MadePlan | undefined;
  readonly ledger: Pick<Ledger, 'on' | 'told'>;
  readonly situation: Situation | undefined;
};
