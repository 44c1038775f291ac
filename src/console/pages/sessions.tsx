import { useMemo } from 'preact/hooks';
import type { Session } from '../../operator/views/sessions.ts';
import { pathOf } from '../api.ts';
import { said, span, wattHours } from '../format.ts';
import { usePages } from '../paging.ts';
import { Badge } from '../parts/badge.tsx';
import { DownloadButton } from '../parts/download-button.tsx';
import { ChargerInput, Choice, Filters, Input } from '../parts/fields.tsx';
import { Page } from '../parts/page.tsx';
import { PagedTable } from '../parts/paged-table.tsx';
import type { Column } from '../parts/table.tsx';
import { hashOf, keepQuery, query } from '../route.ts';
import { pageNames, terms, words } from '../words/words.ts';

const names = ['charger', 'site', 'from', 'to', 'running'] as const;

export function SessionsPage() {
  const { sessions: texts } = words.value;
  const filter = Object.fromEntries(names.map((name) => [name, query.value.get(name) ?? '']));
  const { charger = '', site = '', from = '', to = '', running = '' } = filter;
  const asked = { ...filter, from: beginOf(from), to: endOf(to) };
  const pages = usePages<Session>(pathOf('/api/sessions', { ...asked, limit: 100 }));
  const columns = useMemo(() => columnsOf(texts), [texts]);
  const change = (name: (typeof names)[number]) => (value: string) => keepQuery({ ...filter, [name]: value });
  return (
    <Page
      title={pageNames.value.sessions}
      isFull
      aside={<DownloadButton path={pathOf('/api/sessions.csv', asked)} name="sessions.csv" title={texts.csv} />}
    >
      <Filters>
        <ChargerInput label={terms.value.charger} value={charger} onChange={change('charger')} />
        <Input type="text" label={terms.value.site} value={site} onChange={change('site')} />
        <Input type="date" label={terms.value.from} value={from} onChange={change('from')} />
        <Input type="date" label={terms.value.to} value={to} onChange={change('to')} />
        <Choice
          label={terms.value.which}
          value={running}
          options={[
            ['', terms.value.all],
            ['true', texts.onlyRunning],
            ['false', texts.onlyEnded],
          ]}
          onChange={change('running')}
        />
      </Filters>
      <PagedTable
        pages={pages}
        name="sessions"
        label={pageNames.value.sessions}
        columns={columns}
        keyOf={({ id }) => id}
        none={texts.none}
      />
    </Page>
  );
}

/** A day as its first moment here, ISO 8601; empty for none. */
function beginOf(day: string): string {
  return day === '' ? '' : new Date(`${day}T00:00`).toISOString();
}

function endOf(day: string): string {
  if (day === '') return '';
  const end = new Date(`${day}T00:00`);
  end.setDate(end.getDate() + 1);
  return end.toISOString();
}

function columnsOf(texts: typeof words.value.sessions): readonly Column<Session>[] {
  return [
    {
      id: 'charger',
      title: terms.value.charger,
      cell: ({ charger, connector, site }) => (
        <>
          <a class="row-link" href={hashOf('chargers', charger)}>
            {charger}
          </a>
          <span class="quiet clipped">{[texts.connector(connector), site].filter(Boolean).join(' · ')}</span>
        </>
      ),
    },
    { id: 'started', title: texts.started, cell: ({ startedAt }) => said(startedAt) },
    { id: 'ended', title: texts.ended, cell: (session) => <End session={session} /> },
    { id: 'lasted', title: texts.lasted, isNumber: true, cell: lastedOf },
    {
      id: 'energy',
      title: terms.value.energy,
      isNumber: true,
      cell: ({ energyWh }) => (energyWh === undefined ? '–' : wattHours(energyWh)),
    },
    { id: 'tag', title: texts.idTag, cell: ({ idTag }) => <code>{idTag}</code> },
    {
      id: 'ids',
      title: texts.ids,
      cell: ({ chargerTxId, csmsTxId, offline }) => (
        <>
          <span class="quiet">
            {chargerTxId ?? '–'} → {csmsTxId ?? '–'}
          </span>{' '}
          {offline && <Badge tone="warn">{texts.offline}</Badge>}
        </>
      ),
    },
  ];
}

function End({ session: { running, stoppedAt, stopReason } }: { readonly session: Session }) {
  const { sessions: texts } = words.value;
  if (running) return <Badge tone="busy">{texts.runs}</Badge>;
  return (
    <>
      <span>{stoppedAt === undefined ? '–' : said(stoppedAt)}</span>
      <span class="quiet clipped">{stopReason}</span>
    </>
  );
}

function lastedOf({ startedAt, stoppedAt, running }: Session): string {
  const endMs = running ? Date.now() : Date.parse(stoppedAt ?? '');
  const seconds = (endMs - Date.parse(startedAt)) / 1_000;
  return Number.isFinite(seconds) ? span(Math.max(0, seconds)) : '–';
}
