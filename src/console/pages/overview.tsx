import type { ComponentChildren } from 'preact';
import type { AlarmView, Overview } from '../../operator/views/overview.ts';
import { amperes, count, span, watts } from '../format.ts';
import { overview, sites } from '../live.ts';
import { useLoaded } from '../load.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import { Section } from '../parts/facts.tsx';
import { Empty, WhenLoaded } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { SiteChart } from '../parts/site-chart.tsx';
import { hashOf } from '../route.ts';
import type { SiteSummary } from '../shapes.ts';
import { useSite } from '../site.ts';
import { pageNames, terms, words } from '../words/words.ts';

export function OverviewPage() {
  const { overview: texts } = words.value;
  const seen = overview.value;
  const { state, again } = useLoaded<{ readonly sites: readonly SiteSummary[] }>('/api/sites');
  return (
    <Page title={pageNames.value.overview} aside={seen !== undefined && <Readiness seen={seen} />}>
      {seen === undefined ? <Empty>{words.value.loading}</Empty> : <Tiles seen={seen} />}
      {seen !== undefined && <Alarms alarms={seen.alarms} />}
      <WhenLoaded loaded={state.value} again={again}>
        {({ sites: found }) =>
          found.length === 0 ? <Empty>{texts.noSites}</Empty> : found.map(({ id }) => <SitePanel key={id} id={id} />)
        }
      </WhenLoaded>
    </Page>
  );
}

function Readiness({ seen: { ready, uptimeS } }: { readonly seen: Overview }) {
  const { overview: texts } = words.value;
  return (
    <p class="quiet">
      <Badge tone={ready ? 'good' : 'bad'}>{ready ? texts.ready : texts.notReady}</Badge> {texts.runs(span(uptimeS))}
    </p>
  );
}

type TileProps = {
  readonly title: string;
  readonly value: ComponentChildren;
  readonly note: ComponentChildren;
  readonly tone: Tone;
  /** Where there is more of it. */
  readonly href?: string;
};

function Tile({ title, value, note, tone, href }: TileProps) {
  return (
    <li>
      <a class={`tile ${tone}`} href={href}>
        <span class="title">{title}</span>
        <span class="value">{value}</span>
        <span class="note">{note}</span>
      </a>
    </li>
  );
}

function Tiles({ seen }: { readonly seen: Overview }) {
  const { overview: texts } = words.value;
  const { chargers, links, outbox } = seen;
  const silent = chargers.accepted - chargers.alive;
  const critical = seen.alarms.filter(({ severity }) => severity === 'critical').length;
  return (
    <ul class="tiles">
      <Tile
        title={texts.chargers}
        value={`${count(chargers.alive)} / ${count(chargers.accepted)}`}
        note={texts.chargersNote(count(silent), count(chargers.quarantined))}
        tone={silent > 0 || chargers.quarantined > 0 ? 'warn' : 'good'}
        href={hashOf('chargers', undefined, silent > 0 ? { state: 'silent' } : {})}
      />
      <Tile
        title={texts.links}
        value={count(links.open)}
        note={texts.linksNote(count(links.connecting), count(links.closed))}
        tone={links.connecting > 0 ? 'warn' : 'good'}
        href={hashOf('chargers')}
      />
      <Tile
        title={texts.outbox}
        value={outbox.waiting === 0 ? texts.outboxEmpty : span(outbox.oldestS)}
        note={texts.outboxNote(count(outbox.waiting), count(outbox.dead))}
        tone={outboxTone(outbox)}
        href={hashOf('outbox')}
      />
      <Tile
        title={terms.value.power}
        value={watts(seen.powerW)}
        note={texts.powerNote(count(chargers.charging), count(seen.transactions))}
        tone={chargers.charging > 0 ? 'busy' : 'idle'}
        href={hashOf('chargers', undefined, { state: 'charging' })}
      />
      <Tile
        title={texts.commands}
        value={count(chargers.withoutCommands)}
        note={texts.commandsNote}
        tone={chargers.withoutCommands > 0 ? 'warn' : 'good'}
        href={hashOf('chargers', undefined, { state: 'noCommands' })}
      />
      <Tile
        title={texts.alarms}
        value={count(seen.alarms.length)}
        note={texts.alarmsNote(count(critical))}
        tone={alarmTone(seen.alarms.length, critical)}
      />
    </ul>
  );
}

function outboxTone({ dead, oldestS }: Overview['outbox']): Tone {
  if (dead > 0) return 'bad';
  return oldestS > 300 ? 'warn' : 'good';
}

function alarmTone(alarms: number, critical: number): Tone {
  if (critical > 0) return 'bad';
  return alarms > 0 ? 'warn' : 'good';
}

function Alarms({ alarms }: { readonly alarms: readonly AlarmView[] }) {
  const { overview: texts } = words.value;
  if (alarms.length === 0) return null;
  return (
    <Section title={texts.alarms}>
      <ul class="alarms">
        {alarms.map(({ severity, kind, about, words: sentence }) => (
          <li key={`${kind} ${about}`}>
            <Badge tone={severity === 'critical' ? 'bad' : 'warn'}>{texts.severities[severity]}</Badge>
            <strong>{about}</strong>
            <span lang="en">{sentence}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function SitePanel({ id }: { readonly id: string }) {
  const { overview: texts } = words.value;
  const { sheet, history } = useSite(id);
  const news = sites.value.find(({ site }) => site === id);
  return (
    <Section
      title={texts.site(id)}
      aside={
        <span class="quiet">
          {news !== undefined && news.measuredA.map((value) => amperes(value)).join(' · ')}{' '}
          <a href={hashOf('plan', id)}>{pageNames.value.plan}</a>
        </span>
      }
    >
      <WhenLoaded loaded={sheet.state.value} again={sheet.again}>
        {(site) => (
          <WhenLoaded loaded={history.state.value} again={history.again}>
            {(past) => <SiteChart site={site} history={past} />}
          </WhenLoaded>
        )}
      </WhenLoaded>
    </Section>
  );
}
