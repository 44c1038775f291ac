import type { Payload } from '../gateway/ports.ts';

/** A line for the log, on its way from a thread to the one that writes it. */
export type LogLine = {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly event: string;
  readonly fields: Payload;
  readonly cause?: unknown;
};
