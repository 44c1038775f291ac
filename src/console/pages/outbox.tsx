import { useMemo } from 'preact/hooks';
import { pathOf } from '../api.ts';
import { ago, count, span } from '../format.ts';
import { now, overview } from '../live.ts';
import { useLoaded, useRenewed } from '../load.ts';
import { Badge } from '../parts/badge.tsx';
import { ChargerInput, Choice, Filters } from '../parts/fields.tsx';
import { Empty, WhenLoaded } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Wish } from '../parts/wish.tsx';
import { hashOf, keepQuery, query } from '../route.ts';
import type { OutboxItem } from '../shapes.ts';
import { pageNames, terms, words } from '../words/words.ts';

const renewMs = 5_000;

export function OutboxPage() {
  const { outbox: texts } = words.value;
  const station = query.value.get('station') ?? '';
  const dead = query.value.get('dead') ?? '';
  const { state, again } = useLoaded<{ readonly outbox: readonly OutboxItem[] }>(
    pathOf('/api/outbox', { station, dead }),
  );
  useRenewed(again, renewMs);
  const seen = overview.value?.outbox;
  const columns = useMemo(() => columnsOf(texts, again), [texts, station, dead]);
  return (
    <Page
      title={pageNames.value.outbox}
      isFull
      aside={
        seen !== undefined && (
          <p class="quiet">{texts.counts(count(seen.waiting), span(seen.oldestS), count(seen.dead))}</p>
        )
      }
    >
      <p class="quiet">{texts.what}</p>
      <Filters>
        <ChargerInput
          label={terms.value.charger}
          value={station}
          onChange={(value) => keepQuery({ station: value, dead })}
        />
        <Choice
          label={terms.value.which}
          value={dead}
          options={[
            ['', terms.value.all],
            ['false', texts.onlyWaiting],
            ['true', texts.onlyDead],
          ]}
          onChange={(value) => keepQuery({ station, dead: value })}
        />
      </Filters>
      <WhenLoaded loaded={state.value} again={again}>
        {({ outbox }) =>
          outbox.length === 0 ? (
            <Empty>{texts.none}</Empty>
          ) : (
            <Table
              name="outbox"
              label={pageNames.value.outbox}
              columns={columns}
              rows={outbox}
              keyOf={({ seq }) => seq}
            />
          )
        }
      </WhenLoaded>
    </Page>
  );
}

function columnsOf(texts: typeof words.value.outbox, again: () => void): readonly Column<OutboxItem>[] {
  return [
    {
      id: 'message',
      title: texts.message,
      cell: ({ seq, action, station }) => (
        <>
          <span>
            {action} <span class="quiet">#{seq}</span>
          </span>
          <a class="clipped" href={hashOf('chargers', station)}>
            {station}
          </a>
        </>
      ),
    },
    {
      id: 'state',
      title: terms.value.state,
      cell: ({ deadReason }) =>
        deadReason === undefined ? <Badge tone="busy">{texts.waiting}</Badge> : <Badge tone="bad">{texts.dead}</Badge>,
    },
    { id: 'at', title: texts.at, cell: ({ atMs }) => ago(atMs) },
    {
      id: 'transaction',
      title: texts.transaction,
      cell: ({ transaction }) =>
        transaction === undefined ? '–' : `${transaction.chargerTxId ?? '–'} → ${transaction.csmsTxId ?? '–'}`,
    },
    { id: 'attempts', title: texts.attempts, isNumber: true, cell: ({ attempts }) => count(attempts) },
    { id: 'reason', title: texts.why, cell: (item) => <Why item={item} /> },
    { id: 'acts', title: texts.acts, cell: (item) => <Acts item={item} again={again} /> },
  ];
}

function Why({ item: { deadReason, notBeforeMs, offline } }: { readonly item: OutboxItem }) {
  const { outbox: texts } = words.value;
  if (deadReason !== undefined) {
    return (
      <span class="reason" lang="en" title={deadReason}>
        {deadReason}
      </span>
    );
  }
  if (notBeforeMs > now.value) return <>{texts.again(span((notBeforeMs - now.value) / 1_000))}</>;
  return <>{offline ? texts.offline : texts.next}</>;
}

function Acts({ item, again }: { readonly item: OutboxItem; readonly again: () => void }) {
  const { outbox: texts } = words.value;
  if (item.deadReason === undefined) return null;
  const wish = (verb: 'retry' | 'drop') => (
    <Wish
      texts={texts[verb]}
      title={texts[verb].title(item.action, item.seq)}
      scope={verb === 'retry' ? 'operate' : 'admin'}
      path={`/api/outbox/${item.seq}/${verb}`}
      done={again}
      isGrave={verb === 'drop'}
      look="small"
    />
  );
  return (
    <span class="actions">
      {wish('retry')}
      {wish('drop')}
    </span>
  );
}
