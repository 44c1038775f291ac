import type { campaignAnswer } from '../operator/views/campaigns.ts';
import type { ChargerRow, schedulePeriod } from '../operator/views/chargers.ts';
import type { me } from '../operator/views/me.ts';
import type { outboxList } from '../operator/views/outbox.ts';
import type { setupAnswer } from '../operator/views/setup.ts';
import type { Shown } from '../operator/views/shape.ts';
import type { siteList, SitePulse, siteStatus } from '../operator/views/sites.ts';
import type { transferAnswer, transferDetails } from '../operator/views/transfers.ts';

/** Names for what the API answers: its views, and of a plan, which it passes on as it is, what the console shows. */

export type Me = Shown<typeof me>;

export type Period = Shown<typeof schedulePeriod>;

/** Why the link of a charger could not be opened last. */
export type LinkDetails = Pick<ChargerRow, 'linkError'>;

export type Limitation = { readonly kind: string; readonly id: string };

export type PlannedConnector = {
  readonly chargePoint: string;
  readonly connector: number;
  readonly currentA: readonly number[];
  readonly energyKwh: number;
  readonly unmetKwh: number;
  readonly limitedBy: readonly Limitation[];
};

export type PlannedNode = {
  readonly id: string;
  readonly phase: string;
  readonly limitA: readonly number[];
  readonly usedA: readonly number[];
};

export type PlanResult = {
  readonly status: string;
  readonly engine: string;
  readonly objective: number;
  readonly gap: number | null;
  readonly solveMs: number;
  readonly slotMinutes: number;
  /** ISO 8601, when each slot begins. */
  readonly slots: readonly string[];
  readonly connectors: readonly PlannedConnector[];
  readonly nodes: readonly PlannedNode[];
  readonly cost: { readonly energy: number; readonly peak: number; readonly currency: string };
  readonly peakKw: number;
};

export type SiteSummary = Shown<typeof siteList>['sites'][number];

export type SiteSheet = Omit<Shown<typeof siteStatus>, 'plan'> & {
  readonly plan?: PlanResult & { readonly at: string };
};

export type SiteNews = SitePulse;

export type WhatIf = { readonly present: PlanResult; readonly changed: PlanResult };

export type ChargerSetup = NonNullable<Shown<typeof setupAnswer>['setup']>;

export type OutboxItem = Shown<typeof outboxList>['outbox'][number];

export type Transfer = Shown<typeof transferAnswer>['transfer'];

export type TransferDetails = Shown<typeof transferDetails>;

export type Campaign = Shown<typeof campaignAnswer>['campaign'];

export type CampaignWave = Campaign['waves'][number];
