import type { Log, Payload } from '../../src/gateway/ports.ts';

export type Logged = {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly event: string;
  readonly fields: Payload;
  readonly cause?: unknown;
};

/** A log that prints nothing and remembers everything. */
export function quietLog(): Log & { readonly entries: Logged[] } {
  const entries: Logged[] = [];
  return {
    entries,
    debug: (event, fields = {}) => entries.push({ level: 'debug', event, fields }),
    info: (event, fields = {}) => entries.push({ level: 'info', event, fields }),
    warn: (event, fields = {}) => entries.push({ level: 'warn', event, fields }),
    error: (event, fields, cause) => entries.push({ level: 'error', event, fields, cause }),
  };
}
