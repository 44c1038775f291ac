import { type Cell, csvOf } from './csv.ts';
import { answerQuery, flagOf, timeOf, wholeOf } from './query.ts';
import { type Answer, json, type Route } from './routes.ts';
import { sessionsNow, type SessionViewsParts, type SessionWish } from './session-views.ts';
import { type Session, type SessionPage, sessionPage } from './views/sessions.ts';
import { flag, text, whole } from './views/shape.ts';

const usualPage = 50;
const mostOfPage = 500;
/** Some 15 MB. */
const mostOfTable = 100_000;

const filters = {
  charger: text('Only of this one; identities match without case.'),
  site: text('Only of the chargers of this site.'),
  from: text('Only those that began then or later: ms since the epoch, or ISO 8601.'),
  to: text('Only those that began before.'),
  running: flag('Only those that run, or only those that ended.'),
  before: whole('Only those that were kept before this one.'),
};

/** Charging sessions, as pages and as a table. */
export function sessionRoutes(parts: SessionViewsParts): readonly Route[] {
  return [
    {
      method: 'GET',
      path: ['api', 'sessions'],
      scope: 'read',
      summary: 'Charging sessions, newest first',
      query: { ...filters, limit: whole(`At most so many, up to ${mostOfPage}; ${usualPage} when absent.`) },
      gives: sessionPage,
      answer: (_, query) => answerQuery(() => page(parts, query)),
    },
    {
      method: 'GET',
      path: ['api', 'sessions.csv'],
      scope: 'read',
      summary:
        'The same as a table (RFC 4180); a header X-Before tells with what to ask for the rest, where there may be one',
      query: { ...filters, limit: whole(`At most so many, up to ${mostOfTable}, which is meant when absent.`) },
      answer: (_, query) => answerQuery(() => table(parts, query)),
    },
  ];
}

async function page(parts: SessionViewsParts, query: URLSearchParams): Promise<Answer> {
  const limit = wholeOf(query, 'limit', 1, mostOfPage) ?? usualPage;
  const found = await sessionsNow(parts, { ...wishOf(query), limit: limit + 1 });
  const sessions = found.slice(0, limit);
  const shown: SessionPage = { sessions, before: found.length > limit ? sessions.at(-1)?.id : undefined };
  return json(shown);
}

async function table(parts: SessionViewsParts, query: URLSearchParams): Promise<Answer> {
  let left = wholeOf(query, 'limit', 1, mostOfTable) ?? mostOfTable;
  let wish = wishOf(query);
  const lines = [csvOf([columns.map(([name]) => name)])];
  let isMore = true;
  while (isMore && left > 0) {
    const limit = Math.min(left, mostOfPage);
    const sessions = await sessionsNow(parts, { ...wish, limit });
    lines.push(csvOf(sessions.map((session) => columns.map(([, cell]) => cell(session)))));
    const last = sessions.at(-1);
    if (last !== undefined) wish = { ...wish, before: last.id };
    isMore = sessions.length === limit;
    left -= limit;
  }
  return {
    status: 200,
    body: { kind: 'text', type: 'text/csv; charset=utf-8; header=present', text: lines.join('') },
    headers: {
      'content-disposition': 'attachment; filename="sessions.csv"',
      ...(isMore && wish.before !== undefined ? { 'x-before': String(wish.before) } : {}),
    },
  };
}

type Column = readonly [name: string, cell: (session: Session) => Cell];

const columns: readonly Column[] = [
  ['id', ({ id }) => id],
  ['charger', ({ charger }) => charger],
  ['connector', ({ connector }) => connector],
  ['site', ({ site }) => site],
  ['idTag', ({ idTag }) => idTag],
  ['startedAt', ({ startedAt }) => startedAt],
  ['stoppedAt', ({ stoppedAt }) => stoppedAt],
  ['meterStartWh', ({ meterStartWh }) => meterStartWh],
  ['meterStopWh', ({ meterStopWh }) => meterStopWh],
  ['energyWh', ({ energyWh }) => energyWh],
  ['stopReason', ({ stopReason }) => stopReason],
  ['chargerTxId', ({ chargerTxId }) => chargerTxId],
  ['csmsTxId', ({ csmsTxId }) => csmsTxId],
  ['offline', ({ offline }) => offline],
  ['running', ({ running }) => running],
];

/** Throws QueryRefused. */
function wishOf(query: URLSearchParams): Omit<SessionWish, 'limit'> {
  const charger = query.get('charger');
  const site = query.get('site');
  const fromMs = timeOf(query, 'from');
  const toMs = timeOf(query, 'to');
  const running = flagOf(query, 'running');
  const before = wholeOf(query, 'before', 1, Number.MAX_SAFE_INTEGER);
  return {
    ...(charger === null ? {} : { charger }),
    ...(site === null ? {} : { site }),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
    ...(running === undefined ? {} : { running }),
    ...(before === undefined ? {} : { before }),
  };
}
