import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { MessageHead } from '../../operator/views/messages.ts';
import { pathOf } from '../api.ts';
import { bytes, count, milliseconds, second } from '../format.ts';
import { messagesWanted } from '../live.ts';
import { usePages } from '../paging.ts';
import { DownloadButton } from '../parts/download-button.tsx';
import { ChargerInput, Choice, Filters, Input } from '../parts/fields.tsx';
import { Outcome, Side } from '../parts/message-marks.tsx';
import { Page } from '../parts/page.tsx';
import { PagedTable } from '../parts/paged-table.tsx';
import type { Column } from '../parts/table.tsx';
import { hashOf, keepQuery, query } from '../route.ts';
import { pageNames, terms, words } from '../words/words.ts';

const names = ['charger', 'action', 'side', 'outcome', 'from', 'to'] as const;
type Filter = Readonly<Record<(typeof names)[number], string>>;

const mostNewer = 2_000;
/** The most that the gateway gives at once. */
const mostExported = 10_000;

export function MessagesPage() {
  const { messages: texts } = words.value;
  const filter = filterOf(query.value);
  const asked = { ...filter, from: isoOf(filter.from), to: isoOf(filter.to) };
  const pages = usePages<MessageHead>(pathOf('/api/messages', { ...asked, limit: 200 }));
  const live = useLive(filter, JSON.stringify(asked));
  const columns = useMemo(() => columnsOf(texts), [texts]);
  const listed = new Set(pages.state.value.rows.map(({ id }) => id));
  const newer = live.shown.filter(({ id }) => !listed.has(id));
  return (
    <Page
      title={pageNames.value.messages}
      isFull
      aside={
        <div class="actions">
          {filter.to === '' && <LiveSwitch live={live} />}
          <DownloadButton
            path={pathOf('/api/messages.jsonl', { ...asked, limit: mostExported })}
            name="messages.jsonl"
            title={texts.jsonl}
          />
        </div>
      }
    >
      <MessageFilters filter={filter} />
      <PagedTable
        pages={pages}
        newer={filter.to === '' ? newer : []}
        name="messages"
        label={pageNames.value.messages}
        columns={columns}
        keyOf={({ id }) => id}
        none={texts.none}
      />
    </Page>
  );
}

function filterOf(given: URLSearchParams): Filter {
  const of = (name: keyof Filter) => given.get(name) ?? '';
  return {
    charger: of('charger'),
    action: of('action'),
    side: of('side'),
    outcome: of('outcome'),
    from: of('from'),
    to: of('to'),
  };
}

/** A moment of this zone as ISO 8601; empty for none. */
const isoOf = (local: string) => (local === '' ? '' : new Date(local).toISOString());

function fits({ charger, action, side, outcome }: Filter, head: MessageHead): boolean {
  return (
    (charger === '' || head.charger.toLowerCase() === charger.toLowerCase()) &&
    (action === '' || head.action === action) &&
    (side === '' || head.side === side) &&
    (outcome === '' || head.outcome === outcome || (outcome === 'failed' && head.outcome !== 'answered'))
  );
}

type Live = {
  readonly shown: readonly MessageHead[];
  readonly waiting: number;
  readonly isPaused: boolean;
  readonly toggle: () => void;
};

/** Messages as they come, newest first; those that come while it is paused wait. */
function useLive(filter: Filter, filterKey: string): Live {
  const shown = useSignal<readonly MessageHead[]>([]);
  const waiting = useSignal<readonly MessageHead[]>([]);
  const isPaused = useSignal(false);
  const latest = useRef(filter);
  latest.current = filter;
  useEffect(() => {
    messagesWanted.value = (heads) => {
      const fitting = heads.filter((head) => fits(latest.current, head)).toSorted((a, b) => b.id - a.id);
      const target = isPaused.peek() ? waiting : shown;
      if (fitting.length > 0) target.value = [...fitting, ...target.peek()].slice(0, mostNewer);
    };
    return () => {
      messagesWanted.value = undefined;
    };
  }, []);
  useEffect(() => {
    shown.value = [];
    waiting.value = [];
  }, [filterKey]);
  const toggle = () => {
    isPaused.value = !isPaused.value;
    if (isPaused.value) return;
    shown.value = [...waiting.value, ...shown.value].slice(0, mostNewer);
    waiting.value = [];
  };
  return { shown: shown.value, waiting: waiting.value.length, isPaused: isPaused.value, toggle };
}

function LiveSwitch({ live: { isPaused, waiting, toggle } }: { readonly live: Live }) {
  const { messages: texts } = words.value;
  return (
    <button type="button" aria-pressed={isPaused} onClick={toggle}>
      {isPaused ? texts.resume(count(waiting)) : texts.pause}
    </button>
  );
}

/** Besides a code: whether it was answered at all. */
const outcomes = ['answered', 'failed', 'unreachable'];

function MessageFilters({ filter }: { readonly filter: Filter }) {
  const { messages: texts } = words.value;
  const change = (name: keyof Filter) => (value: string) => keepQuery({ ...filter, [name]: value });
  return (
    <Filters>
      <ChargerInput label={terms.value.charger} value={filter.charger} onChange={change('charger')} />
      <Input type="text" label={texts.action} value={filter.action} onChange={change('action')} />
      <Choice
        label={texts.side}
        value={filter.side}
        options={[
          ['', terms.value.all],
          ['soap', texts.sides.soap],
          ['json-charger', texts.sides['json-charger']],
          ['json', texts.sides.json],
        ]}
        onChange={change('side')}
      />
      <Input
        type="text"
        label={texts.outcome}
        value={filter.outcome}
        suggestions={outcomes}
        onChange={change('outcome')}
      />
      <Input type="datetime-local" label={terms.value.from} value={filter.from} onChange={change('from')} />
      <Input type="datetime-local" label={terms.value.to} value={filter.to} onChange={change('to')} />
    </Filters>
  );
}

function columnsOf(texts: typeof words.value.messages): readonly Column<MessageHead>[] {
  return [
    {
      id: 'action',
      title: texts.action,
      cell: ({ id, action, charger }) => (
        <>
          <a class="row-link" href={hashOf('messages', id)}>
            {action || texts.unreadable}
          </a>
          <span class="quiet clipped">{charger || '–'}</span>
        </>
      ),
    },
    { id: 'at', title: texts.at, cell: ({ atMs }) => second(atMs) },
    { id: 'side', title: texts.side, cell: (head) => <Side head={head} /> },
    { id: 'outcome', title: texts.outcome, cell: (head) => <Outcome head={head} /> },
    {
      id: 'latency',
      title: texts.latency,
      isNumber: true,
      cell: ({ latencyMs }) => (latencyMs === undefined ? '–' : milliseconds(latencyMs)),
    },
    { id: 'bytes', title: terms.value.size, isNumber: true, cell: (head) => bytes(head.bytes) },
    { id: 'seq', title: texts.seq, isNumber: true, cell: ({ seq }) => seq ?? '–' },
  ];
}
