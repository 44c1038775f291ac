import pino from 'pino';
import type { Log, Payload } from '../gateway/ports.ts';
import { LastLines } from './last-lines.ts';
import { describeError, maskRecord } from '../masking/mask.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export type LogOptions = {
  /** The lowest level that is written. */
  readonly level: LogLevel;
  /** Where the lines go, one call a line; default stdout. */
  readonly destination?: { write(line: string): void };
};

/** What of the log a support bundle shows. */
const mostLines = 500;

/** The gateway's own log. */
export type OwnLog = Log & {
  /** From now on. */
  setLevel(level: LogLevel): void;
  /** The last lines that were written, oldest first. */
  lastLines(): readonly string[];
};

/** Lines that a stalled reader of stdout leaves in memory, before the newest are dropped. */
const longestBacklogBytes = 8 * 1024 * 1024;

/**
 * The gateway's log: one JSON object a line with `level`, `time` (ISO 8601, UTC), `event`, the fields, and for errors
 * `error` with stack and causes. Secrets and idTags are hidden at any depth; payloads are shown at level debug only.
 */
export function createLog(options: LogOptions): OwnLog {
  const destination = options.destination ?? openStdout();
  const last = new LastLines(mostLines);
  const write = (line: string) => {
    last.add(line);
    destination.write(line);
  };
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
  const tell = (level: LogLevel, event: string, fields: Payload = {}, more: Payload = {}) => {
    if (!logger.isLevelEnabled(level)) return;
    logger[level](compose(event, maskRecord(fields, { payloads: level === 'debug' }), more));
  };
  return {
    setLevel: (level) => {
      logger.level = level;
    },
    lastLines: () => last.all(),
    debug: (event, fields) => tell('debug', event, fields),
    info: (event, fields) => tell('info', event, fields),
    warn: (event, fields) => tell('warn', event, fields),
    error: (event, fields, cause) =>
      tell('error', event, fields, cause === undefined ? {} : { error: describeError(cause) }),
  };
}

/** A field named like one of the line's own would stand twice in it; it gets an underscore. */
function compose(event: string, fields: Payload, more: Payload): object {
  const line: Record<string, unknown> = { event };
  for (const [name, value] of Object.entries(fields)) line[reserved.has(name) ? `${name}_` : name] = value;
  return Object.assign(line, more);
}

const reserved = new Set(['level', 'time', 'event']);

/** Writes without blocking the event loop on a slow reader, and writes out what is left when the process ends. */
function openStdout() {
  const stdout = pino.destination({ dest: 1, sync: false, maxLength: longestBacklogBytes });
  process.once('exit', () => stdout.flushSync());
  return stdout;
}
