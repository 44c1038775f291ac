import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { root } from '../support/build.ts';
import { type Edge, startTestEdge } from '../support/edge.ts';
import { PlainCharger } from '../support/plain-charger.ts';
import { needs, run } from '../support/programs/program.ts';
import { RpcCsms } from '../support/rpc-csms.ts';

/* What lies in deploy/, against what the gateway exports and what stands in docs/operating.md. */

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const guide = read('docs/operating.md');

type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
};
const { groups } = parse(read('deploy/prometheus/alerts.yml')) as { groups: { name: string; rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

type Panel = {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[];
};
type Variable = { readonly name: string; readonly definition?: string };
const dashboard = JSON.parse(read('deploy/grafana/dashboards/ocpp-edge.json')) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
};
const targets = dashboard.panels.flatMap((panel) => panel.targets ?? []);

/** Name → type of everything that a gateway with some traffic shows. */
const exported = new Map<string, string>();
let page = '';
let edge: Edge;
const csms = new RpcCsms();

beforeAll(async () => {
  csms.answer = (action) =>
    action === 'BootNotification' ? { status: 'Accepted', currentTime: '2026-03-01T12:00:00Z', interval: 300 } : {};
  await csms.start();
  edge = await startTestEdge({ csmsUrl: csms.url });
  const charger = new PlainCharger({ identity: 'CP-1', endpoint: edge.soapUrl, vendor: 'V' });
  await charger.start();
  page = await (await fetch(`${edge.operatorUrl}/metrics`)).text();
  await charger.stop();
  for (const [, name = '', type = ''] of page.matchAll(/^# TYPE (\S+) (\S+)$/gm)) exported.set(name, type);
});
afterAll(async () => {
  await edge.remove();
  await csms.stop();
});

/** The series of histograms have names of their own. */
function seriesOf([name, type]: readonly [string, string]): readonly string[] {
  return type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name];
}

const namesIn = (expression: string): readonly string[] => expression.match(/\bocppgw_\w+/g) ?? [];

/** The labels that a row of the guide names; Prometheus puts some of its own on each series. */
function labelsOf(series: string): readonly string[] {
  const name = series.replace(/_(?:bucket|sum|count)$/, '');
  const row = guide.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? '';
  const cell = row.split('|')[3] ?? '';
  const own = [...cell.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? '');
  return [...own, 'instance', 'job', 'exported_job', ...(series.endsWith('_bucket') ? ['le'] : [])];
}

/** Labels in matchers, `by (…)`, and the words of a legend or summary. */
function labelsIn(expression: string, words: string): readonly string[] {
  const matchers = [...expression.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map((match) => match[1] ?? '');
  const kept = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap((match) => (match[1] ?? '').split(/,\s*/));
  const spoken = [...words.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map((match) => match[1] ?? '');
  return [...matchers, ...kept, ...spoken];
}

function strange(expression: string, words: string): readonly string[] {
  const names = namesIn(expression);
  const known = new Set([...exported].flatMap(seriesOf));
  const labels = names.length === 0 ? ['instance', 'job'] : names.flatMap(labelsOf);
  return [
    ...names.filter((name) => !known.has(name)),
    ...labelsIn(expression, words).filter((label) => !labels.includes(label)),
  ];
}

test('the page that is compared with is that of a gateway with traffic', () => {
  expect(page).toMatch(/^ocppgw_messages_total\{side="soap",direction="in",action="BootNotification",.*\} 1$/m);
  // the CSMS of this test lives in March
  const aheadS = Number(/^ocppgw_clock_offset_seconds (\S+)$/m.exec(page)?.[1]);
  expect(Math.abs(aheadS - (Date.parse('2026-03-01T12:00:00Z') - Date.now()) / 1000)).toBeLessThan(60);
  expect(page).toMatch(/^ocppgw_db_fsync_seconds\{quantile="1"\} [\d.e-]+$/m);
  expect(exported.size).toBeGreaterThan(30);
});

test('an unknown name or label would be found', () => {
  expect(strange('sum(ocppgw_outbox_message) > 0', '')).toEqual(['ocppgw_outbox_message']);
  expect(strange('ocppgw_outbox_messages_sum', '')).toEqual(['ocppgw_outbox_messages_sum']);
  expect(strange('sum by (site) (ocppgw_outbox_messages)', '{{charger}}')).toEqual(['site', 'charger']);
});

describe('alarms', () => {
  test.each(rules)('$alert knows what the gateway exports', ({ expr, annotations }) => {
    expect(strange(expr, annotations.summary)).toEqual([]);
    expect(expr === 'up{job="ocpp-edge"} == 0' || namesIn(expr).length > 0).toBe(true);
  });

  test('each has a severity, and its row in docs/operating.md; no row is without one', () => {
    expect(new Set(rules.map(({ labels }) => labels.severity))).toEqual(new Set(['page', 'ticket']));
    const [, section = ''] = guide.split('## Alarms');
    const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => /^\| [A-Z]/.test(line));
    const described = rows.flatMap((line) => (line.split('|')[1] ?? '').split(',').map((name) => name.trim()));
    expect(described.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
  });

  test('Prometheus itself takes the rules and the scrape', async ({ skip }) => {
    needs(skip, 'promtool');
    const outcome = await run('promtool', ['check', 'config', join(root, 'deploy/prometheus/prometheus.yml')]);
    expect(outcome).toMatchObject({ exitCode: 0 });
  });

  test('the job is called as the alarm of a gateway that is down has it', () => {
    const { scrape_configs: jobs, rule_files: files } = parse(read('deploy/prometheus/prometheus.yml')) as {
      readonly scrape_configs: readonly { readonly job_name: string }[];
      readonly rule_files: readonly string[];
    };
    expect(jobs.map((job) => job.job_name)).toEqual(['ocpp-edge']);
    expect(files).toEqual(['alerts.yml']);
  });
});

describe('the dashboard', () => {
  test.each(targets)('$expr', ({ expr, legendFormat }) => {
    expect(strange(expr, legendFormat)).toEqual([]);
    expect(namesIn(expr)).not.toEqual([]);
  });

  test('shows every metric', () => {
    const shown = new Set(targets.flatMap(({ expr }) => namesIn(expr)).map((name) => name.replace(/_bucket$/, '')));
    expect([...exported.keys()].filter((name) => !shown.has(name))).toEqual([]);
  });

  test('its variables are filled from what there is, and those in use exist', () => {
    const { list } = dashboard.templating;
    const text = JSON.stringify(dashboard.panels);
    const used = new Set([...text.matchAll(/\$\{?(\w+)/g)].map((match) => match[1] ?? ''));
    expect([...used].filter((name) => !name.startsWith('__')).toSorted()).toEqual(
      list.map(({ name }) => name).toSorted(),
    );
    const queries = list.flatMap(({ name, definition }) => (definition === undefined ? [] : [{ name, definition }]));
    expect(queries.flatMap(({ name, definition }) => strange(definition, `{{${name}}}`))).toEqual([]);
  });

  test('panels have numbers of their own and do not lie upon each other', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });
});

describe('the unit of systemd', () => {
  const unit = read('deploy/ocpp-edge.service');

  test('is one by systemd-analyze verify', async ({ skip }) => {
    needs(skip, 'systemd-analyze');
    skip(!existsSync('/usr/bin/node'), '/usr/bin/node, which the unit starts, not installed');
    const outcome = await run('systemd-analyze', ['verify', join(root, 'deploy/ocpp-edge.service')]);
    expect(outcome).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  test('hears the program that speaks for the gateway, and lets V8 make code', () => {
    expect(unit).toMatch(/^Type=notify$/m);
    expect(unit).toMatch(/^NotifyAccess=all$/m);
    expect(unit).toMatch(/^WatchdogSec=\d+$/m);
    expect(unit).toMatch(/^ExecReload=\S*kill -HUP \$MAINPID$/m);
    expect(unit).not.toMatch(/^MemoryDenyWriteExecute=(?!false)/m);
  });

  test('starts what the build makes', () => {
    const [, program = ''] = /^ExecStart=\S+ (\S+) run /m.exec(unit) ?? [];
    expect(existsSync(join(root, program))).toBe(true);
  });
});

describe('the container', () => {
  type Service = { readonly volumes: readonly string[]; readonly profiles?: readonly string[] };
  const { services, volumes } = parse(read('deploy/compose.yaml')) as {
    readonly services: Readonly<Record<string, Service>>;
    readonly volumes: Readonly<Record<string, unknown>>;
  };
  const image = read('deploy/Dockerfile');

  test('every volume is named, every folder is there but the one for the config', () => {
    const sources = Object.values(services).flatMap((service) =>
      service.volumes.map((volume) => volume.split(':')[0] ?? ''),
    );
    const folders = sources.filter((source) => source.startsWith('./') && source !== './etc');
    expect(folders.filter((folder) => !existsSync(join(root, 'deploy', folder)))).toEqual([]);
    const named = sources.filter((source) => !source.startsWith('./'));
    expect(named.toSorted()).toEqual(Object.keys(volumes).toSorted());
  });

  test('the image takes what is there, runs as nobody in particular, and names the ports of the config', () => {
    const copied = [...image.matchAll(/^COPY --from=build \/opt\/ocpp-edge\/(\S+)/gm)].map((match) => match[1] ?? '');
    expect(copied).toContain('wsdl');
    expect(copied.filter((name) => !existsSync(join(root, name)))).toEqual([]);
    expect(image).toMatch(/^USER node$/m);
    const { soap, transfers } = parse(read('config/gateway.yaml')) as {
      readonly soap: { readonly port: number };
      readonly transfers: {
        readonly http: { readonly port: number };
        readonly ftp: { readonly port: number; readonly passive: { readonly from: number; readonly to: number } };
      };
    };
    const { http, ftp } = transfers;
    const ports = [soap.port, 8181, http.port, ftp.port, `${ftp.passive.from}-${ftp.passive.to}`];
    expect(image).toContain(`\nEXPOSE ${ports.join(' ')}\n`);
  });
});
