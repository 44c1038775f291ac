import { Gauge, type Registry } from 'prom-client';
import type { SiteStatus } from '../charging/site/ports.ts';
import type { ChargerView } from '../gateway/operator-port.ts';
import type { CommitTimes } from '../gateway/store-port.ts';
import { isAlive } from './liveness.ts';
import type { Readings } from './readings.ts';
import type { ConnectorState } from './views/chargers.ts';

type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number };
type Measure = (readings: Readings, nowMs: number) => readonly Sample[];

/**
 * The gauges that are read from the gateway when they are scraped. The returned function shows new readings; a gauge
 * whose reading is missing shows nothing, rather than an old number.
 */
export function createGauges(registry: Registry, chargerLabels: boolean): (readings: Readings, nowMs: number) => void {
  const gauge = (name: string, help: string, labelNames: readonly string[], measure: Measure) => {
    const shown = new Gauge({ name: `ocppgw_${name}`, help, labelNames: [...labelNames], registers: [registry] });
    return (readings: Readings, nowMs: number) => {
      shown.reset();
      if (labelNames.length === 0) shown.remove();
      for (const { labels, value } of measure(readings, nowMs)) shown.set(labels, value);
    };
  };
  const plain = (name: string, help: string, value: (readings: Readings, nowMs: number) => number | undefined) =>
    gauge(name, help, [], (readings, nowMs) => alone(value(readings, nowMs)));
  const gauges = [
    plain(
      'ready',
      '1 while the store can be written and the listeners are up.',
      ({ ready }) => ready && Number(ready.ready),
    ),
    plain('outbox_messages', 'Messages on disk that the CSMS has not got yet.', ({ counts }) => counts?.waiting),
    plain('outbox_bytes', 'Bytes of the payloads of those messages.', ({ counts }) => counts?.bytes),
    plain('outbox_oldest_seconds', 'Age of the oldest of them; 0 when there is none.', ({ counts }, nowMs) =>
      counts === undefined ? undefined : ageS(counts.oldestMs, nowMs),
    ),
    plain(
      'dead_letters',
      'Messages that the CSMS refused for good, kept for the operator.',
      ({ counts }) => counts?.dead,
    ),
    plain('transactions_active', 'Transactions that run.', ({ counts }) => counts?.openTransactions),
    plain('db_wal_bytes', "Size of the database's write-ahead log.", ({ storeHealth }) => storeHealth?.walBytes),
    gauge('db_fsync_seconds', 'How long the last 1,000 commits to the disk took.', ['quantile'], ({ storeHealth }) =>
      quantiles(storeHealth?.commits),
    ),
    gauge(
      'certificate_expiry_timestamp_seconds',
      'When a certificate file that the config names is of no use any more.',
      ['file'],
      ({ certificates }) =>
        (certificates ?? []).map(({ file, expiresMs }) => ({ labels: { file }, value: expiresMs / 1000 })),
    ),
    plain('disk_free_bytes', 'Space left on the disk of the data folder.', ({ diskFreeBytes }) => diskFreeBytes),
    gauge('transfer_jobs', 'Firmware and diagnostics jobs that are under way.', ['kind', 'state'], ({ transfers }) =>
      countBy(transfers ?? [], ({ kind, state }) => ({ kind, state })),
    ),
    ...eachSite(gauge),
    ...(chargerLabels ? eachCharger(gauge) : allChargers(gauge)),
  ];
  return (readings, nowMs) => {
    for (const show of gauges) show(readings, nowMs);
  };
}

function quantiles(commits: CommitTimes | undefined): readonly Sample[] {
  if (commits === undefined) return [];
  const { medianS, p99S, longestS } = commits;
  const shown = { '0.5': medianS, '0.99': p99S, '1': longestS };
  return Object.entries(shown).map(([quantile, value]) => ({ labels: { quantile }, value }));
}

type Define = (
  name: string,
  help: string,
  labelNames: readonly string[],
  measure: Measure,
) => (readings: Readings, nowMs: number) => void;

function eachSite(gauge: Define) {
  const labels = ['site', 'phase'];
  return [
    gauge('site_current_amperes', 'Measured current of all connectors of a site.', labels, ({ sites }) =>
      (sites ?? []).flatMap(({ id, measuredA }) =>
        measuredA.map((value, index) => ({ labels: { site: id, phase: `L${index + 1}` }, value })),
      ),
    ),
    gauge(
      'site_limit_amperes',
      'What the roots of a site allow in the present slot of its plan.',
      labels,
      planned(({ limitA }) => limitA),
    ),
    gauge(
      'site_planned_amperes',
      'What flows there by the plan in its present slot, load that nobody controls included.',
      labels,
      planned(({ usedA }) => usedA),
    ),
    gauge('site_alarms', 'Alarms of a site that last.', ['site'], ({ sites }) =>
      (sites ?? []).map(({ id, alarms }) => ({ labels: { site: id }, value: alarms.length })),
    ),
  ];
}

type PlannedNode = NonNullable<SiteStatus['plan']>['result']['nodes'][number];

/** A site may have several roots; the first node of a plan is one. */
function planned(amperes: (node: PlannedNode) => readonly number[]): Measure {
  return ({ sites }, nowMs) =>
    (sites ?? []).flatMap(({ id, plan }) => {
      if (plan === undefined) return [];
      const { nodes, slots } = plan.result;
      const slot = slots.findLastIndex((from) => Date.parse(from) <= nowMs);
      return nodes
        .filter((node) => node.id === nodes[0]?.id && node.phase !== 'all')
        .flatMap((node) => {
          const value = amperes(node)[slot];
          return value === undefined ? [] : [{ labels: { site: id, phase: node.phase }, value }];
        });
    });
}

function countBy<T>(items: readonly T[], labelsOf: (item: T) => Sample['labels']): readonly Sample[] {
  const samples = new Map<string, Sample>();
  for (const item of items) {
    const labels = labelsOf(item);
    const key = JSON.stringify(labels);
    samples.set(key, { labels, value: (samples.get(key)?.value ?? 0) + 1 });
  }
  return [...samples.values()];
}

function eachCharger(gauge: Define) {
  const each = (value: (charger: ChargerView, nowMs: number) => Sample): Measure => {
    return ({ chargers }, nowMs) => (chargers ?? []).map((charger) => value(charger, nowMs));
  };
  return [
    gauge('charger_connected', '1 while the charger counts as alive.', ['charger', 'protocol'], each(connected)),
    gauge('charger_last_seen_timestamp_seconds', 'When the charger spoke last.', ['charger'], each(lastSeen)),
    gauge('csms_connected', '1 while the link to the CSMS is open.', ['charger'], each(linked)),
    gauge(
      'power_watts',
      'Measured at a connector, all phases together.',
      connectorLabels,
      eachConnector(({ powerW }) => powerW),
    ),
    gauge(
      'energy_wh_total',
      'Register of the meter of a connector.',
      connectorLabels,
      eachConnector(({ energyWh }) => energyWh),
    ),
  ];
}

const connectorLabels = ['charger', 'connector'];

function eachConnector(value: (connector: ConnectorState) => number | undefined): Measure {
  return ({ connectors: rows }) =>
    (rows ?? []).flatMap(({ identity, connectors }) =>
      connectors.flatMap((connector) => {
        const measured = value(connector);
        const labels = { charger: identity, connector: String(connector.connector) };
        return measured === undefined ? [] : [{ labels, value: measured }];
      }),
    );
}

const connected = (charger: ChargerView, nowMs: number): Sample => ({
  labels: { charger: charger.identity, protocol: charger.wire },
  value: Number(isAlive(charger, nowMs)),
});
const lastSeen = ({ identity, lastSeenMs }: ChargerView): Sample => ({
  labels: { charger: identity },
  value: lastSeenMs / 1000,
});
const linked = ({ identity, link }: ChargerView): Sample => ({
  labels: { charger: identity },
  value: Number(link.kind === 'open'),
});

function allChargers(gauge: Define) {
  return [
    gauge('charger_connected', 'How many chargers count as alive.', ['protocol'], ({ chargers }, nowMs) =>
      countByWire(chargers ?? [], (charger) => isAlive(charger, nowMs)),
    ),
    gauge('csms_connected', 'How many links to the CSMS are open.', [], ({ chargers }) =>
      alone(chargers?.filter(({ link }) => link.kind === 'open').length),
    ),
    gauge('power_watts', 'Measured at all connectors together.', [], ({ connectors: rows }) =>
      alone(rows?.flatMap(({ connectors }) => connectors).reduce((sum, { powerW }) => sum + (powerW ?? 0), 0)),
    ),
  ];
}

function countByWire(chargers: readonly ChargerView[], counts: (charger: ChargerView) => boolean): readonly Sample[] {
  const numbers = new Map<string, number>();
  for (const charger of chargers) {
    numbers.set(charger.wire, (numbers.get(charger.wire) ?? 0) + (counts(charger) ? 1 : 0));
  }
  return [...numbers].map(([protocol, value]) => ({ labels: { protocol }, value }));
}

const alone = (value: number | undefined): readonly Sample[] => (value === undefined ? [] : [{ labels: {}, value }]);
const ageS = (sinceMs: number | undefined, nowMs: number) =>
  sinceMs === undefined ? 0 : Math.max(0, nowMs - sinceMs) / 1000;
