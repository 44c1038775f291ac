import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ChargerView, OperatorDoor } from '../../../src/gateway/operator-port.ts';
import { chargerRowsOf } from '../../../src/operator/charger-views.ts';
import { createMeters } from '../../../src/operator/meters.ts';
import { createMetrics, type Metrics, type MetricsOptions } from '../../../src/operator/metrics.ts';
import type { ChargerRow } from '../../../src/operator/views/chargers.ts';
import type { TransferFilter, TransferView } from '../../../src/transfers/jobs/ports.ts';
import { charger, gatewayDouble, listeningLog, nowMs, row } from './gateway-double.ts';
import { noSites } from '../../../src/charging/site/no-sites.ts';

const opened: Metrics[] = [];
afterEach(() => {
  for (const metrics of opened.splice(0)) metrics.close();
});

function open(options: Partial<MetricsOptions> = {}) {
  const { meters, registry } = createMeters();
  const { log, lines } = listeningLog();
  const metrics = createMetrics({
    registry,
    door: gatewayDouble(),
    sites: noSites,
    store: { health: async () => ({ writable: true, walBytes: 4096 }) },
    clock: { now: () => nowMs },
    log,
    folder: tmpdir(),
    version: '0.1.0',
    chargerLabels: true,
    ...options,
  });
  opened.push(metrics);
  return { meters, metrics, lines };
}

/** Prometheus' text format 0.0.4 as series → number; throws on a line that is not of it. */
function parse(text: string): ReadonlyMap<string, number> {
  const series = new Map<string, number>();
  for (const line of text.split('\n').filter((line) => line !== '' && !/^# (HELP|TYPE) ocppgw_/.test(line))) {
    const [, name, value] = /^(ocppgw_[a-z_]+(?:\{[^}]*\})?) ([\d.e+-]+)$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`not a sample: ${line}`);
    expect(series.has(name), `${name} stands once`).toBe(false);
    series.set(name, Number(value));
  }
  return series;
}

const scrape = async (metrics: Metrics) => parse(await metrics.text());

test('scheduled jobs, and the time of the newest backup', async () => {
  const { registry, timetableMeters } = createMeters();
  timetableMeters.ran('backup', 'failed');
  timetableMeters.newestBackup(nowMs);
  const text = await registry.metrics();
  expect(text).toContain('ocppgw_scheduled_jobs_total{job="backup",outcome="failed"} 1');
  expect(text).toContain(`ocppgw_backup_newest_timestamp_seconds ${nowMs / 1000}`);
});

test('what the config and the store say is shown as it is at the scrape; a clock that nobody told is not', async () => {
  const { meters, metrics } = open({
    store: {
      health: async () => ({ writable: true, walBytes: 0, commits: { medianS: 0.001, p99S: 0.02, longestS: 0.5 } }),
    },
    certificates: () => [{ file: 'tls/gateway.pem', expiresMs: nowMs }],
  });
  const before = await scrape(metrics);
  expect(before.get('ocppgw_db_fsync_seconds{quantile="0.99"}')).toBe(0.02);
  expect(before.get('ocppgw_certificate_expiry_timestamp_seconds{file="tls/gateway.pem"}')).toBe(nowMs / 1000);
  expect(before.has('ocppgw_clock_offset_seconds')).toBe(false);
  meters.clockOffset(-1.5);
  expect((await scrape(metrics)).get('ocppgw_clock_offset_seconds')).toBe(-1.5);
});

describe('what the hot path counts', () => {
  test('is shown under its labels, and grows from scrape to scrape', async () => {
    const { meters, metrics } = open();
    meters.message('soap', 'in', 'MeterValues', 'answered');
    meters.message('soap', 'in', 'MeterValues', 'answered');
    meters.message('json', 'out', 'MeterValues', 'unreachable');
    await metrics.text();
    meters.message('soap', 'in', 'MeterValues', 'answered');
    const series = await scrape(metrics);
    expect(
      series.get('ocppgw_messages_total{side="soap",direction="in",action="MeterValues",outcome="answered"}'),
    ).toBe(3);
    expect(
      series.get('ocppgw_messages_total{side="json",direction="out",action="MeterValues",outcome="unreachable"}'),
    ).toBe(1);
  });

  test('has a counter for each event of the port', async () => {
    const { meters, metrics } = open();
    meters.securityReject('doctype');
    meters.anomaly('unknownEnum');
    meters.duplicate('charger');
    meters.outboxRetry('timeout');
    meters.deadLetter();
    meters.offlineDecision('localList');
    meters.reconnect();
    const series = await scrape(metrics);
    expect(series.get('ocppgw_security_rejects_total{rule="doctype"}')).toBe(1);
    expect(series.get('ocppgw_anomalies_total{kind="unknownEnum"}')).toBe(1);
    expect(series.get('ocppgw_duplicates_total{source="charger"}')).toBe(1);
    expect(series.get('ocppgw_outbox_retries_total{reason="timeout"}')).toBe(1);
    expect(series.get('ocppgw_dead_lettered_total')).toBe(1);
    expect(series.get('ocppgw_auth_offline_decisions_total{decision="localList"}')).toBe(1);
    expect(series.get('ocppgw_csms_reconnects_total')).toBe(1);
  });

  test('stays bounded and well formed when a peer invents actions', async () => {
    const { meters, metrics } = open();
    for (let n = 0; n < 5000; n += 1) {
      meters.message('soap', 'in', `"}\n${n}`, 'refused');
      meters.callDuration('json', `Invented${n}`, 0.1);
    }
    const text = await metrics.text();
    expect(text.split('\n').length).toBeLessThan(2000);
    expect(text).toContain('ocppgw_messages_total{side="soap",direction="in",action="other",outcome="refused"} 4900');
    expect(text).not.toMatch(/^\d/m);
  });

  test('puts durations into buckets up to the deadline of a call', async () => {
    const { meters, metrics } = open();
    meters.callDuration('json', 'Authorize', 0.03);
    meters.callDuration('json', 'Authorize', 9);
    const series = await scrape(metrics);
    expect(series.get('ocppgw_call_duration_seconds_bucket{le="0.025",side="json",action="Authorize"}')).toBe(0);
    expect(series.get('ocppgw_call_duration_seconds_bucket{le="0.05",side="json",action="Authorize"}')).toBe(1);
    expect(series.get('ocppgw_call_duration_seconds_bucket{le="+Inf",side="json",action="Authorize"}')).toBe(2);
    expect(series.get('ocppgw_call_duration_seconds_sum{side="json",action="Authorize"}')).toBeCloseTo(9.03);
  });
});

describe('what is read when it is asked for', () => {
  const silent: Partial<ChargerView> = { lastSeenMs: nowMs - 3_600_000, link: { kind: 'closed' } };
  const fleet = [
    charger('CP-1'),
    charger('CP-2', { ...silent, wire: 'ocpp1.6-json' }),
    charger('CP-3', { standing: 'quarantined', link: { kind: 'closed' } }),
  ];

  test('tells of the outbox, the disk, the build and the event loop', async () => {
    const rows = [row(1), row(2, { atMs: nowMs - 1_000 }), row(3, { deadReason: 'refused' })];
    const series = await scrape(open({ door: gatewayDouble({ rows }) }).metrics);
    expect(series.get('ocppgw_outbox_messages')).toBe(2);
    expect(series.get('ocppgw_outbox_oldest_seconds')).toBe(180);
    expect(series.get('ocppgw_dead_letters')).toBe(1);
    expect(series.get('ocppgw_transactions_active')).toBe(2);
    expect(series.get('ocppgw_ready')).toBe(1);
    expect(series.get('ocppgw_db_wal_bytes')).toBe(4096);
    expect(series.get('ocppgw_disk_free_bytes')).toBeGreaterThan(0);
    expect(series.get(`ocppgw_build_info{version="0.1.0",node="${process.versions.node}"}`)).toBe(1);
    expect(series.has('ocppgw_event_loop_lag_seconds{quantile="0.99"}')).toBe(true);
  });

  test('tells of each charger', async () => {
    const series = await scrape(open({ door: gatewayDouble({ chargers: fleet }) }).metrics);
    expect(series.get('ocppgw_charger_connected{charger="CP-1",protocol="ocpp1.6-soap"}')).toBe(1);
    expect(series.get('ocppgw_charger_connected{charger="CP-2",protocol="ocpp1.6-json"}')).toBe(0);
    expect(series.get('ocppgw_charger_connected{charger="CP-3",protocol="ocpp1.6-soap"}')).toBe(1);
    expect(series.get('ocppgw_charger_last_seen_timestamp_seconds{charger="CP-1"}')).toBe(nowMs / 1000 - 10);
    expect(series.get('ocppgw_csms_connected{charger="CP-1"}')).toBe(1);
    expect(series.get('ocppgw_csms_connected{charger="CP-3"}')).toBe(0);
  });

  test('counts the chargers instead when the label is switched off', async () => {
    const { metrics } = open({ door: gatewayDouble({ chargers: fleet }), chargerLabels: false });
    const text = await metrics.text();
    const series = parse(text);
    expect(series.get('ocppgw_charger_connected{protocol="ocpp1.6-soap"}')).toBe(2);
    expect(series.get('ocppgw_charger_connected{protocol="ocpp1.6-json"}')).toBe(0);
    expect(series.get('ocppgw_csms_connected')).toBe(1);
    expect(text).not.toContain('charger=');
  });

  test('counts the transfers that are under way, by kind and state', async () => {
    const under = (id: number, kind: TransferView['kind'], state: string): TransferView => ({
      id,
      station: 'CP-1',
      kind,
      state,
      open: true,
      askedBy: 'csms',
      createdAtMs: nowMs,
      changedAtMs: nowMs,
      location: undefined,
      name: undefined,
      file: undefined,
      sentBytes: undefined,
      told: undefined,
      reason: undefined,
    });
    let underWay = [under(1, 'firmware', 'offered'), under(2, 'firmware', 'offered'), under(3, 'diagnostics', 'asked')];
    const asked: TransferFilter[] = [];
    const transfers = async (filter: TransferFilter) => {
      asked.push(filter);
      return underWay;
    };
    const { metrics } = open({ transfers: { transfers } });
    const series = await scrape(metrics);
    expect(series.get('ocppgw_transfer_jobs{kind="firmware",state="offered"}')).toBe(2);
    expect(series.get('ocppgw_transfer_jobs{kind="diagnostics",state="asked"}')).toBe(1);
    expect(asked).toEqual([{ open: true }]);
    underWay = [];
    expect(await metrics.text()).not.toContain('ocppgw_transfer_jobs{');
  });

  test('forgets a charger that is gone', async () => {
    let chargers = fleet;
    const { metrics } = open({ door: { ...gatewayDouble(), chargers: async () => chargers } });
    await metrics.text();
    chargers = fleet.slice(1);
    expect(await metrics.text()).not.toContain('CP-1');
  });

  test('shows how late the event loop ran', async () => {
    const { metrics } = open();
    // The monitor measures from one sample to the next, and forgets both at a scrape: the first tries may see nothing.
    await vi.waitFor(
      async () => {
        const end = performance.now() + 100;
        while (performance.now() < end);
        const series = await scrape(metrics);
        expect(series.get('ocppgw_event_loop_lag_seconds{quantile="1"}')).toBeGreaterThan(0.05);
      },
      { timeout: 10_000 },
    );
  });
});

test('docs/operating.md has a row for every metric, with its type', async () => {
  const { registry } = createMeters();
  open({ registry });
  const guide = await readFile(new URL('../../../docs/operating.md', import.meta.url), 'utf8');
  const rows = guide.split('\n').map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
  const described = rows.filter(([, name]) => name?.startsWith('ocppgw_')).map(([, name, type]) => `${name} ${type}`);
  const metrics = await registry.getMetricsAsJSON();
  expect(described.toSorted()).toEqual(metrics.map(({ name, type }) => `${name} ${String(type)}`).toSorted());
});

test('power and registers by connector; without labels of chargers, the power of all', async () => {
  const measured = { connector: 1, powerW: 7_000, energyWh: 1_500 };
  const seen = await chargerRowsOf([charger('CP-1')], { clock: { now: () => nowMs } });
  const connectors = [measured, { connector: 2, powerW: 500 }];
  const rows: readonly ChargerRow[] = seen.map((one) => ({ ...one, connectors }));
  const labelled = await scrape(open({ connectors: async () => rows }).metrics);
  expect(labelled.get('ocppgw_power_watts{charger="CP-1",connector="1"}')).toBe(7_000);
  expect(labelled.get('ocppgw_power_watts{charger="CP-1",connector="2"}')).toBe(500);
  expect(labelled.get('ocppgw_energy_wh_total{charger="CP-1",connector="1"}')).toBe(1_500);
  expect(labelled.has('ocppgw_energy_wh_total{charger="CP-1",connector="2"}')).toBe(false);
  const summed = await scrape(open({ connectors: async () => rows, chargerLabels: false }).metrics);
  expect(summed.get('ocppgw_power_watts')).toBe(7_500);
});

describe('while the store is broken', () => {
  const broken: OperatorDoor = {
    ...gatewayDouble({ chargers: [charger('CP-1')] }),
    counts: async () => {
      throw new Error('disk I/O error');
    },
  };

  test('/metrics still answers, leaves the missing numbers out, counts and logs them', async () => {
    const { metrics, lines } = open({ door: broken });
    const series = await scrape(metrics);
    expect(series.has('ocppgw_outbox_messages')).toBe(false);
    expect(series.get('ocppgw_metrics_failures_total{part="counts"}')).toBe(1);
    expect(series.get('ocppgw_charger_connected{charger="CP-1",protocol="ocpp1.6-soap"}')).toBe(1);
    expect(lines).toMatchObject([{ level: 'warn', event: 'reading for metrics failed', fields: { part: 'counts' } }]);
  });

  test('an old number is not shown as if it were new', async () => {
    const door = gatewayDouble({ rows: [row(1)] });
    let fails = false;
    const counts = () => (fails ? broken.counts() : door.counts());
    const { metrics } = open({ door: { ...door, counts } });
    expect((await scrape(metrics)).get('ocppgw_outbox_messages')).toBe(1);
    fails = true;
    expect((await scrape(metrics)).has('ocppgw_outbox_messages')).toBe(false);
  });
});
