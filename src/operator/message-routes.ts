import type { MessageFilter, MessageFull, TelemetryDoor } from '../telemetry/ports.ts';
import { TelemetryUnavailable } from '../telemetry/ports.ts';
import { type Answer, failure, json, parseSeq, type Route } from './routes.ts';
import { type MessagePage, messagePage, type MessageStory, messageStory } from './views/messages.ts';
import { type SiteHistory, siteHistory } from './views/overview.ts';
import { choice, type Shape, text, whole } from './views/shape.ts';

const sides = ['soap', 'json-charger', 'json'] as const;

const filterQuery: Readonly<Record<string, Shape>> = {
  charger: text('Its identity.'),
  action: text('OCPP 1.6 name.'),
  side: choice(sides, 'The wire.'),
  outcome: text('`answered`, a code, or `failed` for all but `answered`.'),
  from: text('First moment: ISO 8601, or ms since the epoch.'),
  to: text('First moment that is no longer meant.'),
  before: whole('Only messages with a lower id.'),
  after: whole('Only messages with a higher id, the lowest of them first to be had.'),
  limit: whole('How many at most.'),
};

const limits = { page: { usual: 100, most: 1000 }, export: { usual: 1000, most: 10_000 } } as const;
const dayMs = 86_400_000;

/** What was said on the wires, and what sites did. */
export function messageRoutes(door: TelemetryDoor): readonly Route[] {
  const routes: readonly Route[] = [
    {
      method: 'GET',
      path: ['api', 'messages'],
      scope: 'read',
      summary: 'Messages on the wires, newest first',
      query: filterQuery,
      gives: messagePage,
      answer: (_, query) =>
        filtered(query, limits.page, async (filter) => json((await door.messages(filter)) satisfies MessagePage)),
    },
    {
      method: 'GET',
      path: ['api', 'messages.jsonl'],
      scope: 'read',
      summary: 'The same with their texts, oldest first, one JSON object a line',
      query: filterQuery,
      answer: (_, query) => filtered(query, limits.export, async (filter) => lines(await door.texts(filter))),
    },
    {
      method: 'GET',
      path: ['api', 'messages', ':id'],
      scope: 'read',
      summary: 'A message, the same on the other wire, and what it caused',
      gives: messageStory,
      answer: async ([number = '']) => {
        const id = parseSeq(number);
        if (id === undefined) return failure(400, `${number} is not the id of a message`);
        const story = await door.story(id);
        return story === undefined
          ? failure(404, `there is no message ${id}, or no longer`)
          : json(story satisfies MessageStory);
      },
    },
    {
      method: 'GET',
      path: ['api', 'sites', ':site', 'history'],
      scope: 'read',
      summary: 'What a site did, minute by minute: the last day, unless asked for another time',
      query: {
        from: text('First moment: ISO 8601, or ms since the epoch.'),
        to: text('First that is no longer meant.'),
      },
      gives: siteHistory,
      answer: async ([site = ''], query) => {
        const toMs = timeOf(query, 'to') ?? Date.now() + 1;
        const fromMs = timeOf(query, 'from') ?? toMs - dayMs;
        if (Number.isNaN(fromMs) || Number.isNaN(toMs)) return failure(400, 'from and to are times');
        const history: SiteHistory = { site, points: await door.history(site, fromMs, toMs) };
        return json(history);
      },
    },
  ];
  return routes.map((route) => ({ ...route, answer: available(route.answer) }));
}

/** Without its thread or its file the telemetry is away; the gateway is not. */
function available(answer: Route['answer']): Route['answer'] {
  return async (...asked) => {
    try {
      return await answer(...asked);
    } catch (thrown) {
      if (!(thrown instanceof TelemetryUnavailable)) throw thrown;
      return failure(503, thrown.message);
    }
  };
}

function lines(messages: readonly MessageFull[]): Answer {
  const text = messages.toReversed().map((message) => `${JSON.stringify(message)}\n`);
  return { status: 200, body: { kind: 'text', type: 'application/x-ndjson; charset=utf-8', text: text.join('') } };
}

type Bounds = { readonly usual: number; readonly most: number };

async function filtered(
  query: URLSearchParams,
  bounds: Bounds,
  answer: (filter: MessageFilter) => Promise<Answer>,
): Promise<Answer> {
  const filter = filterOf(query, bounds);
  return typeof filter === 'string' ? failure(400, filter) : answer(filter);
}

/** A filter, or what is wrong with the query. */
function filterOf(query: URLSearchParams, { usual, most }: Bounds): MessageFilter | string {
  const [before, after, limit] = [numberOf(query, 'before'), numberOf(query, 'after'), numberOf(query, 'limit')];
  const [fromMs, toMs] = [timeOf(query, 'from'), timeOf(query, 'to')];
  const side = sides.find((known) => known === query.get('side'));
  if ([before, after, limit].some(Number.isNaN)) return 'before, after and limit are whole numbers';
  if ([fromMs, toMs].some(Number.isNaN)) return 'from and to are times';
  if (query.has('side') && side === undefined) return `side is one of ${sides.join(', ')}`;
  return {
    ...textsOf(query),
    ...(side === undefined ? {} : { side }),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    limit: Math.min(Math.max(limit ?? usual, 1), most),
  };
}

function textsOf(query: URLSearchParams): Pick<MessageFilter, 'charger' | 'action' | 'outcome'> {
  const [charger, action, outcome] = ['charger', 'action', 'outcome'].map((name) => query.get(name) ?? undefined);
  return { ...(charger && { charger }), ...(action && { action }), ...(outcome && { outcome }) };
}

/** NaN for what is no whole number. */
function numberOf(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  return /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
}

/** Ms since the epoch; NaN for what is no time. */
function timeOf(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  return /^\d{1,15}$/.test(value) ? Number(value) : Date.parse(value);
}
