import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { me } from '../me.ts';
import { overview } from '../live.ts';
import { ChargerPage } from '../pages/charger.tsx';
import { ChargersPage } from '../pages/chargers.tsx';
import { ConfigPage } from '../pages/config.tsx';
import { MessagePage } from '../pages/message.tsx';
import { MessagesPage } from '../pages/messages.tsx';
import { OutboxPage } from '../pages/outbox.tsx';
import { OverviewPage } from '../pages/overview.tsx';
import { PlanPage } from '../pages/plan.tsx';
import { SessionsPage } from '../pages/sessions.tsx';
import { TransferPage } from '../pages/transfer.tsx';
import { TransfersPage } from '../pages/transfers.tsx';
import { language, languages, theme, themes } from '../preferences.ts';
import { hashOf, here, type PageName, type Place, pages } from '../route.ts';
import { words } from '../words/words.ts';
import { Catcher } from './catcher.tsx';
import { Confirmation } from './confirm.tsx';
import { LineBanner, LineState } from './line.tsx';
import { TokenPrompt } from './token-prompt.tsx';

const lists: Readonly<Record<PageName, ComponentType>> = {
  overview: OverviewPage,
  chargers: ChargersPage,
  sessions: SessionsPage,
  messages: MessagesPage,
  transfers: TransfersPage,
  plan: PlanPage,
  outbox: OutboxPage,
  config: ConfigPage,
};

/** Pages of one thing. */
const sheets: Readonly<Partial<Record<PageName, ComponentType<{ readonly id: string }>>>> = {
  chargers: ChargerPage,
  messages: MessagePage,
  transfers: TransferPage,
};

/** What is around every page. */
export function Shell() {
  const isMenuOpen = useSignal(false);
  const { page, id } = here.value;
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const { shell } = words.value;
  useEffect(() => {
    document.title = `${id === undefined ? '' : `${id} · `}${shell.pages[page]} · OCPP Edge`;
    isMenuOpen.value = false;
    // whoever follows a link by the keyboard goes on from the page, not from the link
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
    window.scrollTo(0, 0);
  }, [page, id]);
  return (
    <div class="shell">
      <a class="skip" href={location.hash || '#/'} onClick={(event) => skipTo(event, main.current)}>
        {shell.skip}
      </a>
      <TopBar isMenuOpen={isMenuOpen.value} onMenu={() => (isMenuOpen.value = !isMenuOpen.value)} />
      <Navigation isOpen={isMenuOpen.value} page={page} />
      <main ref={main} id="main" tabIndex={-1}>
        <LineBanner />
        <Catcher place={here.value}>
          <Page place={here.value} />
        </Catcher>
      </main>
      <TokenPrompt />
      <Confirmation />
    </div>
  );
}

function skipTo(event: Event, main: HTMLElement | null): void {
  event.preventDefault();
  main?.focus();
}

function Page({ place: { page, id } }: { readonly place: Place }) {
  const Sheet = id === undefined ? undefined : sheets[page];
  const List = lists[page];
  return id !== undefined && Sheet !== undefined ? <Sheet key={id} id={id} /> : <List />;
}

function TopBar({ isMenuOpen, onMenu }: { readonly isMenuOpen: boolean; readonly onMenu: () => void }) {
  const { shell } = words.value;
  return (
    <header class="top">
      <button type="button" class="menu" aria-expanded={isMenuOpen} aria-controls="navigation" onClick={onMenu}>
        {shell.menu}
      </button>
      <a class="brand" href={hashOf('overview')}>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <rect width="16" height="16" rx="3.5" />
          <path d="M9 2.5 4 9h3.2L6.6 13.5 12 6.8H8.6z" />
        </svg>
        OCPP Edge
      </a>
      <LineState />
      <div class="preferences">
        <label>
          <span class="unseen">{shell.theme}</span>
          <select value={theme.value} onChange={(event) => (theme.value = chosen(themes, event.currentTarget.value))}>
            {themes.map((each) => (
              <option key={each} value={each}>
                {shell.themes[each]}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span class="unseen">{shell.language}</span>
          <select
            value={language.value}
            onChange={(event) => (language.value = chosen(languages, event.currentTarget.value))}
          >
            <option value="en" lang="en">
              English
            </option>
            <option value="de" lang="de">
              Deutsch
            </option>
          </select>
        </label>
      </div>
    </header>
  );
}

function chosen<V extends string>(values: readonly [V, ...V[]], text: string): V {
  return values.find((value) => value === text) ?? values[0];
}

function Navigation({ isOpen, page }: { readonly isOpen: boolean; readonly page: PageName }) {
  const { shell } = words.value;
  const seen = overview.value;
  const marks: Readonly<Partial<Record<PageName, readonly [count: number, of: string]>>> = {
    overview: [seen?.alarms.length ?? 0, shell.marks.overview],
    outbox: [seen?.outbox.dead ?? 0, shell.marks.outbox],
    config: [seen?.restartNeeded.length ?? 0, shell.marks.config],
  };
  return (
    <nav id="navigation" class={isOpen ? 'open' : ''} aria-label={shell.navigation}>
      <ul>
        {pages.map((each) => (
          <li key={each}>
            <a href={hashOf(each)} aria-current={each === page ? 'page' : undefined}>
              {shell.pages[each]}
              <Mark mark={marks[each]} />
            </a>
          </li>
        ))}
      </ul>
      <p class="version">
        {me.value !== undefined && (
          <>
            {me.value.name} · {shell.scopes[me.value.scope]}
            <br />
          </>
        )}
        {seen !== undefined && `OCPP Edge ${seen.version}`}
      </p>
    </nav>
  );
}

function Mark({ mark: [count, of] = [0, ''] }: { readonly mark: readonly [count: number, of: string] | undefined }) {
  if (count === 0) return null;
  return (
    <span class="mark">
      {count}
      <span class="unseen"> {of}</span>
    </span>
  );
}
