import { useMemo } from 'preact/hooks';
import type { ChargerRow, ConnectorState } from '../../operator/views/chargers.ts';
import { powerOf, protocolOf, stateOf, stateOptions, stateTones } from '../charger-words.ts';
import { ago, count, watts } from '../format.ts';
import { chargers } from '../live.ts';
import { Badge, statusTone } from '../parts/badge.tsx';
import { Choice, Filters, Search } from '../parts/fields.tsx';
import { Empty } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { type Column, sorted, Table } from '../parts/table.tsx';
import { hashOf, keepQuery, query } from '../route.ts';
import { named, pageNames, terms, words } from '../words/words.ts';

type Filter = {
  readonly search: string;
  readonly state: string;
  readonly protocol: string;
  readonly site: string;
  readonly sort: string;
};

export function ChargersPage() {
  const { chargers: texts } = words.value;
  const filter = filterOf(query.value);
  const all = chargers.value;
  const columns = useMemo(() => columnsOf(texts), [texts]);
  const rows = useMemo(() => [...(all?.values() ?? [])], [all]);
  const sorting = { column: filter.sort.replace('-', ''), isDown: filter.sort.startsWith('-') };
  const ordered = useMemo(() => sorted(rows, columns, sorting), [rows, columns, filter.sort]);
  const shown = useMemo(() => ordered.filter(fits(filter)), [ordered, ...Object.values(filter)]);
  const change = (changed: Partial<Filter>) => keepQuery({ ...filter, ...changed });
  return (
    <Page
      title={pageNames.value.chargers}
      isFull
      aside={<p class="quiet">{texts.shown(count(shown.length), count(rows.length))}</p>}
    >
      <FleetFilters rows={rows} filter={filter} change={change} />
      {all === undefined && <Empty>{words.value.loading}</Empty>}
      {all !== undefined && shown.length === 0 && <Empty>{rows.length === 0 ? texts.none : texts.noneFits}</Empty>}
      {shown.length > 0 && (
        <Table
          name="chargers"
          label={pageNames.value.chargers}
          columns={columns}
          rows={shown}
          keyOf={({ identity }) => identity}
          sorting={sorting}
          onSort={({ column, isDown }) => change({ sort: `${isDown ? '-' : ''}${column}` })}
        />
      )}
    </Page>
  );
}

type FleetFiltersProps = {
  readonly rows: readonly ChargerRow[];
  readonly filter: Filter;
  readonly change: (changed: Partial<Filter>) => void;
};

function FleetFilters({ rows, filter, change }: FleetFiltersProps) {
  const { chargers: texts } = words.value;
  const protocols = useMemo(() => optionsOf(terms.value.all, rows.map(protocolOf)), [texts, rows]);
  const sites = useMemo(
    () =>
      optionsOf(
        terms.value.all,
        rows.flatMap(({ site }) => site ?? []),
      ),
    [texts, rows],
  );
  return (
    <Filters>
      <Search label={terms.value.search} value={filter.search} onChange={(search) => change({ search })} />
      <Choice
        label={terms.value.state}
        value={filter.state}
        options={stateOptions(texts)}
        onChange={(state) => change({ state })}
      />
      <Choice
        label={texts.protocol}
        value={filter.protocol}
        options={protocols}
        onChange={(protocol) => change({ protocol })}
      />
      <Choice label={terms.value.site} value={filter.site} options={sites} onChange={(site) => change({ site })} />
    </Filters>
  );
}

function filterOf(given: URLSearchParams): Filter {
  const of = (name: string) => given.get(name) ?? '';
  return {
    search: of('search'),
    state: of('state'),
    protocol: of('protocol'),
    site: of('site'),
    sort: of('sort') || 'charger',
  };
}

const fits = (filter: Filter) => {
  const wanted = filter.search.trim().toLowerCase();
  return (row: ChargerRow) =>
    (filter.state === '' || hasState(row, filter.state)) &&
    (filter.protocol === '' || protocolOf(row) === filter.protocol) &&
    (filter.site === '' || row.site === filter.site) &&
    (wanted === '' || textOf(row).includes(wanted));
};

const hasState = (row: ChargerRow, state: string) =>
  state === 'noCommands' ? row.noCommandsReason !== undefined : stateOf(row) === state;

/** What a row is found by; made once for each. */
const texts = new WeakMap<ChargerRow, string>();

function textOf(row: ChargerRow): string {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const { identity, csmsIdentity, vendor, model, firmware, source, site } = row;
  const text = [identity, csmsIdentity, vendor, model, firmware, source, site].join(' ').toLowerCase();
  texts.set(row, text);
  return text;
}

function optionsOf(any: string, values: readonly string[]): readonly (readonly [string, string])[] {
  return [['', any], ...[...new Set(values)].toSorted().map((value) => [value, value] as const)];
}

function columnsOf(texts: typeof words.value.chargers): readonly Column<ChargerRow>[] {
  return [
    { id: 'charger', title: terms.value.charger, order: ({ identity }) => identity, cell: (row) => <Name row={row} /> },
    {
      id: 'state',
      title: terms.value.state,
      order: stateOf,
      cell: (row) => <Badge tone={stateTones[stateOf(row)]}>{texts.states[stateOf(row)]}</Badge>,
    },
    {
      id: 'connectors',
      title: texts.connectors,
      cell: ({ connectors }) => <Connectors connectors={connectors} />,
    },
    {
      id: 'power',
      title: terms.value.power,
      isNumber: true,
      order: (row) => powerOf(row) ?? -1,
      cell: (row) => wattsOf(powerOf(row)),
    },
    { id: 'seen', title: texts.seen, order: ({ lastSeenMs }) => -lastSeenMs, cell: (row) => ago(row.lastSeenMs) },
    { id: 'protocol', title: texts.protocol, order: protocolOf, cell: protocolOf },
    { id: 'firmware', title: texts.firmware, order: ({ firmware }) => firmware ?? '', cell: (row) => row.firmware },
    {
      id: 'commands',
      title: texts.commands,
      order: ({ noCommandsReason }) => noCommandsReason ?? '',
      cell: ({ noCommandsReason }) =>
        noCommandsReason === undefined ? (
          <span class="quiet">{texts.takesCommands}</span>
        ) : (
          <span lang="en" title={noCommandsReason} class="reason">
            {noCommandsReason}
          </span>
        ),
    },
  ];
}

const wattsOf = (value: number | undefined) => (value === undefined ? <span class="quiet">–</span> : watts(value));

function Name({ row }: { readonly row: ChargerRow }) {
  return (
    <>
      <a class="row-link" href={hashOf('chargers', row.identity)}>
        {row.identity}
      </a>
      <span class="quiet clipped">{[row.vendor, row.model].filter(Boolean).join(' ')}</span>
    </>
  );
}

function Connectors({ connectors }: { readonly connectors: readonly ConnectorState[] }) {
  const { statuses } = words.value;
  return (
    <span class="spots">
      {connectors.map(({ connector, status }) => (
        <span key={connector} class={`spot ${statusTone(status)}`}>
          {connector} {status === undefined ? '–' : named(statuses, status)}
        </span>
      ))}
    </span>
  );
}
