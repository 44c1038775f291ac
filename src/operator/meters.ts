import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { SiteMeters } from '../charging/site/ports.ts';
import type { Meters } from '../gateway/ports.ts';
import type { TimetableMeters } from '../timetable/ports.ts';
import type { TransferMeters } from '../transfers/jobs/ports.ts';
import type { ReloadMeters } from './config-routes.ts';
import { Tally } from './tally.ts';

/** Peers may send any action; a histogram costs a dozen series each. */
const mostActions = 60;
/** From a LAN's round trip to the deadline of a call (15 s). */
const durationBucketsS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

/** From a Heartbeat to the largest message that is read twice. */
const translationBucketsS = [0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.005, 0.02];

/** Meters that count into a registry of their own; `createMetrics` adds to it what is read at scrape time. */
export function createMeters(): {
  readonly meters: Meters;
  readonly siteMeters: SiteMeters;
  readonly transferMeters: TransferMeters;
  readonly timetableMeters: TimetableMeters;
  readonly telemetryMeters: { readonly dropped: (messages: number) => void };
  readonly reloadMeters: ReloadMeters;
  readonly registry: Registry;
} {
  const registry = new Registry();
  const count = (name: string, help: string, labelNames: readonly string[] = []) =>
    counted(registry, name, help, labelNames);
  const messages = count('messages_total', 'Messages by wire, direction, action and outcome.', [
    'side',
    'direction',
    'action',
    'outcome',
  ]);
  const rejects = count('security_rejects_total', 'Messages refused by a security rule.', ['rule']);
  const anomalies = count('anomalies_total', 'Oddities that a lenient decoder read over.', ['kind']);
  const duplicates = count('duplicates_total', 'Messages recognised as repeated.', ['source']);
  const retries = count('outbox_retries_total', 'Deliveries from the outbox that must be tried again.', ['reason']);
  const deadLetters = count('dead_lettered_total', 'Messages moved out of the outbox as undeliverable.');
  const decisions = count('auth_offline_decisions_total', 'Authorizations decided without the CSMS.', ['decision']);
  const reconnects = count('csms_reconnects_total', 'Links to the CSMS that opened again.');
  const decodedTwice = count(
    'decoded_twice_total',
    'Messages read by a second decoder as well, by what it made of them.',
    ['outcome'],
  );
  const clockOffset = offsetOf(registry);
  const translated = translations(registry);
  const callDuration = durations(registry);
  const meters: Meters = {
    message: (side, direction, action, outcome) => messages.add(side, direction, action, outcome),
    callDuration,
    securityReject: (rule) => rejects.add(rule),
    anomaly: (kind) => anomalies.add(kind),
    duplicate: (source) => duplicates.add(source),
    outboxRetry: (reason) => retries.add(reason),
    deadLetter: () => deadLetters.add(),
    offlineDecision: (decision) => decisions.add(decision),
    reconnect: () => reconnects.add(),
    clockOffset,
    translated,
    decodedTwice: (outcome) => decodedTwice.add(outcome),
  };
  return {
    meters,
    siteMeters: createSiteMeters(registry),
    transferMeters: createTransferMeters(registry),
    timetableMeters: createTimetableMeters(registry),
    telemetryMeters: createTelemetryMeters(registry),
    reloadMeters: createReloadMeters(registry),
    registry,
  };
}

/** From a small site to one that takes all of its time limit and grace. */
const planBucketsS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

function createSiteMeters(registry: Registry): SiteMeters {
  const runs = counted(registry, 'optimizer_runs_total', 'Plans made for sites.', ['engine', 'status']);
  const sent = counted(registry, 'profiles_sent_total', 'Profiles that sites sent to chargers.', ['outcome']);
  const disobedience = counted(registry, 'profiles_disobeyed_total', 'Connectors found to draw more than allowed.');
  const solve = new Histogram({
    name: 'ocppgw_optimizer_solve_seconds',
    help: 'Time from asking for a plan to having it.',
    buckets: planBucketsS,
    registers: [registry],
  });
  return {
    planned: (engine, status, seconds) => {
      runs.add(engine, status);
      solve.observe(seconds);
    },
    profileSent: (outcome) => sent.add(outcome),
    disobeyed: () => disobedience.add(),
  };
}

function createTransferMeters(registry: Registry): TransferMeters {
  const ended = counted(registry, 'transfers_ended_total', 'Firmware and diagnostics jobs that are over.', [
    'kind',
    'state',
  ]);
  const lies = counted(registry, 'transfer_contradictions_total', 'Chargers that claim what cannot be.', ['what']);
  const bytes = new Counter({
    name: 'ocppgw_transfer_bytes_total',
    help: 'Bytes of files that crossed to or from a charger, or a location of the CSMS.',
    labelNames: ['kind', 'hop'],
    registers: [registry],
  });
  const repeats = counted(registry, 'transfer_statuses_repeated_total', 'Statuses that chargers said again.', ['kind']);
  return {
    ended: (kind, state) => ended.add(kind, state),
    contradiction: (what) => lies.add(what),
    repeated: (kind) => repeats.add(kind),
    moved: (kind, hop, crossed) => bytes.inc({ kind, hop }, crossed),
  };
}

function createTimetableMeters(registry: Registry): TimetableMeters {
  const runs = counted(registry, 'scheduled_jobs_total', 'Scheduled jobs that ended.', ['job', 'outcome']);
  const newest = new Gauge({
    name: 'ocppgw_backup_newest_timestamp_seconds',
    help: 'When the newest backup was made; 0 when there is none.',
    registers: [registry],
  });
  return {
    ran: (job, outcome) => runs.add(job, outcome),
    newestBackup: (atMs) => newest.set(atMs / 1000),
  };
}

function createTelemetryMeters(registry: Registry) {
  const dropped = new Counter({
    name: 'ocppgw_message_log_dropped_total',
    help: 'Messages that the message log could not keep.',
    registers: [registry],
  });
  return { dropped: (messages: number) => dropped.inc(messages) };
}

function createReloadMeters(registry: Registry): ReloadMeters {
  const reloads = counted(registry, 'config_reloads_total', 'Times that the config was read again.', ['outcome']);
  const needed = new Gauge({
    name: 'ocppgw_config_restart_needed',
    help: 'Keys of the config file that hold from the next start only.',
    registers: [registry],
  });
  return {
    reloaded: (outcome) => reloads.add(outcome),
    restartNeeded: (keys) => needed.set(keys),
  };
}

/** A counter whose numbers are copied from a tally when it is scraped. */
function counted(registry: Registry, name: string, help: string, labelNames: readonly string[] = []): Tally {
  const tally = new Tally();
  const counter = new Counter({
    name: `ocppgw_${name}`,
    help,
    labelNames: [...labelNames],
    registers: [],
    collect() {
      this.reset();
      for (const { labels, count } of tally.counts()) this.labels(...labels).inc(count);
    },
  });
  registry.registerMetric(counter);
  return tally;
}

function offsetOf(registry: Registry): Meters['clockOffset'] {
  const offset = new Gauge({
    name: 'ocppgw_clock_offset_seconds',
    help: 'How far the clock of the CSMS is ahead of ours, by its last answer that tells the time.',
    registers: [registry],
  });
  // nothing rather than 0 until it is known
  offset.remove();
  return (seconds) => offset.set(seconds);
}

function translations(registry: Registry): Meters['translated'] {
  const histogram = new Histogram({
    name: 'ocppgw_translate_duration_seconds',
    help: 'What it took to read one SOAP message, of those that are read twice (soap.shadowEvery).',
    buckets: translationBucketsS,
    registers: [registry],
  });
  return (seconds) => histogram.observe(seconds);
}

function durations(registry: Registry): Meters['callDuration'] {
  const histogram = new Histogram({
    name: 'ocppgw_call_duration_seconds',
    help: 'Time from our call to the answer of the peer.',
    labelNames: ['side', 'action'],
    buckets: durationBucketsS,
    registers: [registry],
  });
  const known = new Set<string>();
  return (side, action, seconds) => {
    if (known.size < mostActions) known.add(action);
    histogram.observe({ side, action: known.has(action) ? action : 'other' }, seconds);
  };
}
