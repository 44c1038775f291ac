import type { FleetCharger } from '../../gateway/transfers-port.ts';
import type { FirmwareState, FirmwareTransfer } from '../jobs/ports.ts';

/**
 * The doors of firmware campaigns: what is ordered, what is remembered, what they ask of the firmware jobs, and what the
 * operator sees of them.
 */

/** What a campaign file says. */
export type CampaignOrder = {
  readonly name: string;
  readonly select: CampaignSelector;
  readonly image: CampaignImage;
  /** `firmwareVersion` of the BootNotification after the update. */
  readonly targetVersion: string;
  /** Each goes up to so many chargers, those of the waves before counted; what is left is one wave more. */
  readonly waves: readonly WaveSize[];
  /** Most chargers that are updated at once. */
  readonly parallelism: number;
  /** Of all its downloads together. */
  readonly bytesPerS?: number;
  /** IANA zone of the windows. */
  readonly timezone: string;
  /** When updates may begin; none: at any time. */
  readonly windows: readonly CampaignWindow[];
  /** Only chargers without an open transaction. */
  readonly requireIdle: boolean;
  readonly abortAfterFailures: number;
  /** From the end of a wave to the next. */
  readonly soakMs: number;
  /** From the end of an update to the BootNotification that shows it. */
  readonly verifyMs: number;
  /** How long a wave waits when it has only chargers left that cannot be updated. */
  readonly waitMs: number;
};

/** Patterns with `*` and `?`, without case; absent: any. */
export type CampaignSelector = {
  readonly chargers?: readonly string[];
  readonly vendors?: readonly string[];
  readonly models?: readonly string[];
  readonly firmware?: readonly string[];
};

export type CampaignImage = {
  readonly location: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly bytes?: number;
};

export type WaveSize =
  | { readonly kind: 'count'; readonly chargers: number }
  | { readonly kind: 'part'; readonly percent: number };

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export type Weekday = (typeof weekdays)[number];

/** On these days, from one minute of the local day to before another; over midnight when that is the smaller one. */
export type CampaignWindow = {
  readonly days: readonly Weekday[];
  /** 0 to 1439. */
  readonly fromMinute: number;
  /** 0 to 1440, and not `fromMinute`. */
  readonly toMinute: number;
};

// ------------------------------------------------------------------------------------------------ what is remembered

/** A campaign that was started, with its file as it was then. The states are told in `decide.ts`. */
export type Campaign = {
  readonly order: CampaignOrder;
  /** The how manieth of this name. */
  readonly run: number;
  readonly state: 'running' | 'paused' | 'aborted' | 'done';
  /** Wall clock, ms since the epoch. */
  readonly startedAtMs: number;
  readonly changedAtMs: number;
  /** Since its start, or since the last pause. */
  readonly runningSinceMs: number;
  /** Why it was aborted, for people. */
  readonly reason?: string;
  /** In the order in which they are updated. */
  readonly members: readonly Member[];
};

export type Member = {
  readonly station: string;
  /** From 0. */
  readonly wave: number;
  readonly phase: Phase;
};

export type Phase =
  | { readonly kind: 'waiting' }
  /** A firmware job is under way, or is over and the boot that shows it is awaited. */
  | { readonly kind: 'updating'; readonly job: number; readonly atMs: number }
  | { readonly kind: 'over'; readonly outcome: Outcome; readonly atMs: number; readonly reason?: string };

/**
 * updated: it booted with the target version. already: it had it when its turn came. failed: counts towards
 * abortAfterFailures. superseded: by a newer UpdateFirmware of the CSMS. cancelled: by the operator. missed: it could not
 * be updated while its wave waited.
 */
export type Outcome = 'updated' | 'already' | 'failed' | 'superseded' | 'cancelled' | 'missed';

/** Where campaigns are remembered; on disk when a promise resolves. Rejects with StoreUnavailable. */
export interface CampaignStore {
  /** By name. */
  campaigns(): Promise<readonly Campaign[]>;
  /** Keeps what is said of a campaign, and those of its members that are named; members of an earlier run are forgotten. */
  saveCampaign(campaign: Campaign, changed: readonly Member[]): Promise<void>;
}

// ------------------------------------------------------------------------------------------------ the firmware jobs

/** A charger as campaigns see it. */
export type CampaignCharger = FleetCharger & {
  /** It reaches locations itself: nobody would carry the image. */
  readonly direct: boolean;
  /** A firmware job of it is open. */
  readonly busy: boolean;
};

export type CampaignJob = {
  readonly id: number;
  readonly station: string;
  readonly state: FirmwareState;
  readonly open: boolean;
  readonly changedAtMs: number;
  readonly sentBytes: number;
  readonly bytes: number | undefined;
  readonly reason: string | undefined;
};

/** What a campaign asks for: the firmware job is one like any other, but for these marks. */
export type CampaignUpdate = Pick<FirmwareTransfer, 'location'> &
  Required<Pick<FirmwareTransfer, 'expected' | 'campaign'>>;

/** What campaigns ask of the firmware jobs. */
export interface CampaignUpdates {
  fleet(): Promise<readonly CampaignCharger[]>;
  /** Begins a firmware job; undefined when one is open. Rejects with StoreUnavailable. */
  begin(station: string, update: CampaignUpdate): Promise<number | undefined>;
  /** Ends a job of which the charger has not heard; any other stays as it is. */
  takeBack(job: number): Promise<void>;
  job(id: number): Promise<CampaignJob | undefined>;
  /** All jobs of one run of a campaign that are known. */
  jobsOf(run: string): Promise<readonly CampaignJob[]>;
}

/** What the firmware jobs tell and ask campaigns. */
export interface CampaignWatch {
  /** A firmware job has ended, or a charger has booted. At once, and never throws. */
  stirred(): void;
  /** Whether the charger may hear of its image now. */
  mayOffer(run: string, station: string): Promise<boolean>;
}

// ------------------------------------------------------------------------------------------------ the operator

/** Who would be updated in which wave, and who would not. */
export type CampaignPlan = {
  readonly name: string;
  readonly targetVersion: string;
  readonly members: readonly { readonly station: string; readonly wave: number }[];
  readonly leftOut: readonly { readonly station: string; readonly reason: string }[];
  /** Undefined: at any time. */
  readonly opening: Opening | undefined;
};

/** Of the windows: open now, or at what time next. */
export type Opening = { readonly open: boolean; readonly nextMs: number | undefined };

export type CampaignView = Pick<Campaign, 'run' | 'state' | 'startedAtMs' | 'changedAtMs'> & {
  readonly name: string;
  readonly targetVersion: string;
  readonly reason: string | undefined;
  readonly opening: Opening | undefined;
  readonly failures: number;
  readonly abortAfterFailures: number;
  readonly waves: readonly WaveView[];
  readonly members: readonly MemberView[];
};

export type WaveView = {
  readonly wave: number;
  readonly chargers: number;
  readonly over: number;
  /** When it may begin; undefined while a wave before it is not over. */
  readonly opensAtMs: number | undefined;
};

export type MemberView = {
  readonly station: string;
  readonly wave: number;
  /** Of its phase, or its outcome. */
  readonly state: Exclude<Phase['kind'], 'over'> | Outcome;
  readonly atMs: number | undefined;
  readonly job: CampaignJob | undefined;
  /** Why it ended so, or waits. */
  readonly reason: string | undefined;
};

/** What became of a wish of the operator. */
export type CampaignReply<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** The operator's side of campaigns, by the name in the file; names that were started once are known without a file. */
export interface CampaignsDesk {
  campaigns(): Promise<readonly CampaignView[]>;
  status(name: string): Promise<CampaignReply<CampaignView>>;
  /** Says what `start` would do, and does nothing. */
  plan(name: string): Promise<CampaignReply<CampaignPlan>>;
  start(name: string): Promise<CampaignReply<CampaignView>>;
  pause(name: string): Promise<CampaignReply<CampaignView>>;
  resume(name: string): Promise<CampaignReply<CampaignView>>;
  abort(name: string): Promise<CampaignReply<CampaignView>>;
}
