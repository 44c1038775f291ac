import { useMemo } from 'preact/hooks';
import { pathOf } from '../api.ts';
import { ago, bytes, percent } from '../format.ts';
import { useLoaded, useRenewed } from '../load.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import { CampaignPanel } from '../parts/campaign.tsx';
import { ChargerInput, Choice, Filters } from '../parts/fields.tsx';
import { Empty, WhenLoaded } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { hashOf, keepQuery, query } from '../route.ts';
import type { Campaign, Transfer } from '../shapes.ts';
import { named, pageNames, terms, words } from '../words/words.ts';

const renewMs = 5_000;

export function TransfersPage() {
  const { transfers: texts } = words.value;
  return (
    <Page title={pageNames.value.transfers}>
      <Campaigns />
      <h2>{texts.jobs}</h2>
      <Jobs />
    </Page>
  );
}

function Campaigns() {
  const { transfers: texts } = words.value;
  const { state, again } = useLoaded<{ readonly campaigns: readonly Campaign[] }>('/api/campaigns');
  useRenewed(again, renewMs);
  // a gateway without campaigns answers 404, and says which setting they need
  if (state.value.kind === 'failed' && state.value.failure.kind === 'missing') {
    return (
      <p class="quiet" lang="en">
        {state.value.failure.message}
      </p>
    );
  }
  return (
    <WhenLoaded loaded={state.value} again={again}>
      {({ campaigns }) => (
        <>
          {campaigns.length === 0 && <Empty>{texts.noCampaigns}</Empty>}
          {campaigns.map((campaign) => (
            <CampaignPanel key={campaign.name} campaign={campaign} again={again} />
          ))}
        </>
      )}
    </WhenLoaded>
  );
}

function Jobs() {
  const { transfers: texts } = words.value;
  const station = query.value.get('station') ?? '';
  const open = query.value.get('open') ?? '';
  const { state, again } = useLoaded<{ readonly transfers: readonly Transfer[] }>(
    pathOf('/api/transfers', { station, open }),
  );
  useRenewed(again, renewMs);
  const columns = useMemo(() => columnsOf(texts), [texts]);
  return (
    <>
      <Filters>
        <ChargerInput
          label={terms.value.charger}
          value={station}
          onChange={(value) => keepQuery({ station: value, open })}
        />
        <Choice
          label={terms.value.state}
          value={open}
          options={[
            ['', terms.value.all],
            ['true', texts.onlyOpen],
            ['false', texts.onlyOver],
          ]}
          onChange={(value) => keepQuery({ station, open: value })}
        />
      </Filters>
      <WhenLoaded loaded={state.value} again={again}>
        {({ transfers }) =>
          transfers.length === 0 ? (
            <Empty>{texts.none}</Empty>
          ) : (
            <Table name="transfers" label={texts.jobs} columns={columns} rows={transfers} keyOf={({ id }) => id} />
          )
        }
      </WhenLoaded>
    </>
  );
}

const good = new Set(['installed', 'uploaded', 'kept']);
const neutral = new Set(['superseded', 'cancelled', 'nothing', 'takenBack', 'expired']);

export function transferTone({ open, state }: Pick<Transfer, 'open' | 'state'>): Tone {
  if (open) return 'busy';
  if (good.has(state)) return 'good';
  return neutral.has(state) ? 'idle' : 'bad';
}

function columnsOf(texts: typeof words.value.transfers): readonly Column<Transfer>[] {
  return [
    {
      id: 'charger',
      title: terms.value.charger,
      cell: ({ id, station, kind }) => (
        <>
          <a class="row-link" href={hashOf('transfers', id)}>
            {station}
          </a>
          <span class="quiet clipped">
            {texts.kinds[kind]} #{id}
          </span>
        </>
      ),
    },
    {
      id: 'state',
      title: terms.value.state,
      cell: (job) => <Badge tone={transferTone(job)}>{named(texts.states, job.state)}</Badge>,
    },
    { id: 'progress', title: texts.progress, cell: progressOf },
    { id: 'asked', title: texts.askedBy, cell: ({ askedBy }) => texts.askers[askedBy] },
    { id: 'changed', title: texts.changed, cell: ({ changedAtMs }) => ago(changedAtMs) },
    {
      id: 'reason',
      title: texts.reason,
      cell: ({ reason }) => (
        <span class="reason" lang="en" title={reason}>
          {reason}
        </span>
      ),
    },
  ];
}

function progressOf({ kind, file, sentBytes }: Transfer): string {
  if (file === undefined) return '–';
  if (kind === 'diagnostics' || sentBytes === undefined) return bytes(file.bytes);
  return `${percent(sentBytes / Math.max(1, file.bytes))} · ${bytes(file.bytes)}`;
}
