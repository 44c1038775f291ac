/**
 * What the API answers besides the views: plans, transfers, campaigns, the outbox. Only what the console shows of them;
 * times as the API has them.
 */

export type Me = { readonly name: string; readonly scope: 'read' | 'operate' | 'admin'; readonly version: string };

/** A step of a schedule; `untilMs`: where it ends, if nothing follows at once. */
export type Period = { readonly atMs: number; readonly limitA: number; readonly untilMs?: number | undefined };

/** Why the link of a charger could not be opened last. */
export type LinkDetails = { readonly linkError?: string | undefined };

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

export type SiteAlarm = { readonly kind: string; readonly about: string; readonly message: string };

export type SiteSummary = {
  readonly id: string;
  readonly plan?: { readonly at: string; readonly status: string; readonly engine: string };
  readonly alarms: readonly SiteAlarm[];
  readonly measuredA: readonly number[];
};

export type SiteSheet = {
  readonly id: string;
  readonly plan?: PlanResult & { readonly at: string };
  readonly alarms: readonly SiteAlarm[];
  readonly measuredA: readonly number[];
  readonly prices?: readonly { readonly fromS: number; readonly perKwh: number }[];
};

/** What the stream says of a site. */
export type SiteNews = {
  readonly site: string;
  readonly measuredA: readonly number[];
  readonly alarms: readonly SiteAlarm[];
  readonly planAt?: string | number;
};

export type WhatIf = { readonly present: PlanResult; readonly changed: PlanResult };

export type ChargerSetup = {
  readonly registered: boolean;
  readonly model?: string;
  readonly proofs: readonly string[];
  readonly urls: readonly { readonly protocol: string; readonly url: string }[];
};

export type OutboxItem = {
  readonly seq: number;
  readonly station: string;
  readonly action: string;
  readonly lane: string;
  readonly atMs: number;
  readonly attempts: number;
  readonly notBeforeMs: number;
  readonly offline: boolean;
  readonly transaction?: { readonly connector: number; readonly chargerTxId?: number; readonly csmsTxId?: string };
  readonly deadReason?: string;
};

export type Transfer = {
  readonly id: number;
  readonly station: string;
  readonly kind: 'firmware' | 'diagnostics';
  readonly state: string;
  readonly open: boolean;
  readonly askedBy: 'csms' | 'operator' | 'campaign';
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  readonly location?: string;
  readonly name?: string;
  readonly file?: { readonly sha256: string; readonly bytes: number };
  readonly sentBytes?: number;
  readonly told?: string;
  readonly reason?: string;
};

export type TransferDetails = {
  readonly transfer: Transfer;
  readonly lines: readonly { readonly atMs: number; readonly text: string }[];
};

export type CampaignWave = {
  readonly wave: number;
  readonly chargers: number;
  readonly over: number;
  readonly opensAtMs?: number;
};

export type CampaignMember = {
  readonly station: string;
  readonly wave: number;
  readonly state: string;
  readonly atMs?: number;
  readonly reason?: string;
};

export type Campaign = {
  readonly name: string;
  readonly run: number;
  readonly state: 'running' | 'paused' | 'aborted' | 'done';
  readonly startedAtMs: number;
  readonly changedAtMs: number;
  readonly targetVersion: string;
  readonly reason?: string;
  readonly opening?: { readonly open: boolean; readonly nextMs?: number };
  readonly failures: number;
  readonly abortAfterFailures: number;
  readonly waves: readonly CampaignWave[];
  readonly members: readonly CampaignMember[];
};
