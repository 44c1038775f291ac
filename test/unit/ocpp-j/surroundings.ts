import type {
  Clock,
  CommandReply,
  CsmsDoor,
  Exchange,
  LinkSettings,
  Log,
  MessageLog,
  Meters,
  Payload,
} from '../../../src/gateway/ports.ts';

/** The clock of the machine, for tests with real sockets. */
export const machineClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
};

/** A door, logs and meters that remember what they were told. */
export class Recorder implements CsmsDoor {
  readonly opened: string[] = [];
  readonly closed: string[] = [];
  readonly commands: { readonly station: string; readonly action: string; readonly payload: Payload }[] = [];
  readonly logged: { readonly level: string; readonly event: string; readonly fields: Payload }[] = [];
  readonly counted: string[] = [];
  readonly exchanges: Exchange[] = [];
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

  readonly messages: MessageLog = { said: (exchange) => this.exchanges.push(exchange) };

  readonly meters: Meters = {
    message: (...labels) => this.counted.push(labels.join(' ')),
    callDuration: (_side, action) => this.counted.push(`took ${action}`),
    securityReject: (rule) => this.counted.push(`reject ${rule}`),
    anomaly: (kind) => this.counted.push(`anomaly ${kind}`),
    duplicate: (source) => this.counted.push(`duplicate ${source}`),
    outboxRetry: (reason) => this.counted.push(`retry ${reason}`),
    deadLetter: () => this.counted.push('dead'),
    clockOffset: (seconds) => this.counted.push(`clock ${seconds}`),
    offlineDecision: (decision) => this.counted.push(`offline ${decision}`),
    reconnect: () => this.counted.push('reconnect'),
    translated: () => undefined,
    decodedTwice: (outcome) => this.counted.push(`decoded twice: ${outcome}`),
  };

  linkOpened(station: string): void {
    this.opened.push(station);
  }

  linkClosed(station: string): void {
    this.closed.push(station);
  }

  lacks(): boolean {
    return false;
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
