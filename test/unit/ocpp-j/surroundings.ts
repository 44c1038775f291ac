import type { Clock, CommandReply, CsmsDoor, LinkSettings, Log, Meters, Payload } from '../../../src/gateway/ports.ts';

/** Time that passes only when the test says so. */
export class VirtualClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ readonly atMs: number; readonly run: () => void }>();

  now(): number {
    return Date.UTC(2026, 0, 1) + this.#nowMs;
  }

  elapsed(): number {
    return this.#nowMs;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Runs what falls due, in order, and lets promises settle between. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (let timer = this.#nextUntil(untilMs); timer !== undefined; timer = this.#nextUntil(untilMs)) {
      this.#timers.delete(timer);
      this.#nowMs = timer.atMs;
      timer.run();
      await settled();
    }
    this.#nowMs = untilMs;
    await settled();
  }

  pending(): number {
    return this.#timers.size;
  }

  #nextUntil(untilMs: number) {
    const due = [...this.#timers].filter(({ atMs }) => atMs <= untilMs);
    return due.toSorted((one, other) => one.atMs - other.atMs)[0];
  }
}

/** All promises that are resolved by now have run their continuations. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** The clock of the machine, for tests with real sockets. */
export const machineClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
};

/** A door, a log and meters that remember what they were told. */
export class Recorder implements CsmsDoor {
  readonly opened: string[] = [];
  readonly closed: string[] = [];
  readonly commands: { readonly station: string; readonly action: string; readonly payload: Payload }[] = [];
  readonly logged: { readonly level: string; readonly event: string; readonly fields: Payload }[] = [];
  readonly counted: string[] = [];
  reply: (action: string, payload: Payload) => CommandReply | Promise<CommandReply> = () => ({
    kind: 'answered',
    payload: { status: 'Accepted' },
  });

  readonly log: Log = {
    debug: (event, fields = {}) => this.logged.push({ level: 'debug', event, fields }),
    info: (event, fields = {}) => this.logged.push({ level: 'info', event, fields }),
    warn: (event, fields = {}) => this.logged.push({ level: 'warn', event, fields }),
    error: (event, fields) => this.logged.push({ level: 'error', event, fields }),
  };

  readonly meters: Meters = {
    message: (...labels) => this.counted.push(labels.join(' ')),
    callDuration: (_side, action) => this.counted.push(`took ${action}`),
    securityReject: (rule) => this.counted.push(`reject ${rule}`),
    anomaly: (kind) => this.counted.push(`anomaly ${kind}`),
    duplicate: (source) => this.counted.push(`duplicate ${source}`),
    outboxRetry: (reason) => this.counted.push(`retry ${reason}`),
    deadLetter: () => this.counted.push('dead'),
    offlineDecision: (decision) => this.counted.push(`offline ${decision}`),
    reconnect: () => this.counted.push('reconnect'),
  };

  linkOpened(station: string): void {
    this.opened.push(station);
  }

  linkClosed(station: string): void {
    this.closed.push(station);
  }

  async command(station: string, action: string, payload: Payload): Promise<CommandReply> {
    this.commands.push({ station, action, payload });
    return this.reply(action, payload);
  }

  count(what: string): number {
    return this.counted.filter((counted) => counted === what).length;
  }
}

export function settingsFor(url: string, csmsIdentity: string, more: Partial<LinkSettings> = {}): LinkSettings {
  return { url, csmsIdentity, tls: {}, pingIntervalS: 0, ...more };
}
