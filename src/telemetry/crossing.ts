import type { LogLine } from '../threads/log-line.ts';
import type { Batch } from './batch.ts';
import type { Retention, SitePoint, TelemetryDoor } from './ports.ts';

/* What crosses between the gateway's thread and that of the telemetry: plain data. */

/** What the thread is started with. */
export type ThreadOptions = Retention & { readonly folder: string };

/** What can be asked. */
export type Questions = Pick<TelemetryDoor, 'messages' | 'recent' | 'story' | 'texts' | 'history'>;
export type Question = keyof Questions;

export type Told =
  | { readonly kind: 'batch'; readonly batch: Batch }
  | { readonly kind: 'point'; readonly site: string; readonly point: SitePoint }
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question; readonly input: readonly unknown[] }
  | { readonly kind: 'close' };

export type Said =
  | { readonly kind: 'taken' }
  | { readonly kind: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly reason: string }
  /** Messages that could not be written. */
  | { readonly kind: 'lost'; readonly messages: number }
  | { readonly kind: 'logged'; readonly line: LogLine }
  | { readonly kind: 'closed' };
