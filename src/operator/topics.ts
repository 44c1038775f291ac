import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChargerRow } from './views/chargers.ts';
import type { ReloadView } from './views/config.ts';
import type { MessageHead } from './views/messages.ts';
import type { Overview } from './views/overview.ts';
import type { SitePulse } from './views/sites.ts';

/** Where the topics of the stream come from; one that is absent stays silent. Asked only while somebody listens. */
export type TopicSources = {
  readonly overview?: () => Promise<Overview>;
  readonly chargers?: () => Promise<readonly ChargerRow[]>;
  readonly sites?: () => Promise<readonly SitePulse[]>;
  /** The messages after this id, in the order of their ids; without one, the last few, so that their ids are known. */
  readonly messages?: (afterId: number | undefined) => Promise<readonly MessageHead[]>;
  readonly config?: () => Promise<ReloadView>;
};

export type TopicName = keyof TopicSources;

export const topicNames: readonly TopicName[] = ['overview', 'chargers', 'sites', 'messages', 'config'];

/** What one look at a topic found, each as one line of JSON. */
export type Found = {
  /** For those who know what was found before; undefined: nothing is new. */
  readonly news: string | undefined;
  /** For those who know nothing yet; undefined: they wait for the next news. */
  readonly all: () => string | undefined;
  /** Looks again, knowing what was found now. */
  readonly next: Look;
};

export type Look = () => Promise<Found>;

export type Topic = {
  /** Time between looks, at least. */
  readonly everyMs: number;
  /** Looks without knowing anything. */
  readonly first: Look;
};

/** The topics that have a source. */
export function topicsFrom(sources: TopicSources): ReadonlyMap<TopicName, Topic> {
  const { overview, chargers, sites, messages, config } = sources;
  const topics: readonly (readonly [TopicName, Topic | undefined])[] = [
    ['overview', overview && { everyMs: 1_000, first: wholeAfter(overview, undefined) }],
    ['chargers', chargers && { everyMs: 500, first: rowsAfter(chargers, new Map()) }],
    ['sites', sites && { everyMs: 1_000, first: wholeAfter(sites, undefined) }],
    ['messages', messages && { everyMs: 250, first: eventsAfter(messages, undefined) }],
    ['config', config && { everyMs: 1_000, first: wholeAfter(config, undefined) }],
  ];
  return new Map(topics.flatMap(([name, topic]) => (topic === undefined ? [] : [[name, topic] as const])));
}

/** A value that is told as a whole whenever it has changed. */
function wholeAfter(source: () => Promise<unknown>, before: string | undefined): Look {
  return async () => {
    const now = JSON.stringify(await source());
    return { news: now === before ? undefined : now, all: () => now, next: wholeAfter(source, now) };
  };
}

/** Rows by identity: those that changed are told, and who is gone. */
function rowsAfter(source: () => Promise<readonly ChargerRow[]>, before: ReadonlyMap<string, string>): Look {
  return async () => {
    const now = await textsOf(await source());
    const changed = [...now].filter(([identity, text]) => before.get(identity) !== text).map(([, text]) => text);
    const gone = [...before.keys()].filter((identity) => !now.has(identity));
    return {
      news: changed.length + gone.length === 0 ? undefined : rowsText(changed, gone),
      all: () => rowsText([...now.values()], []),
      next: rowsAfter(source, now),
    };
  };
}

/** Chargers are heard between the parts of a long list. */
const rowsPerTurn = 50;

async function textsOf(rows: readonly ChargerRow[]): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const [index, row] of rows.entries()) {
    if (index % rowsPerTurn === rowsPerTurn - 1) await nextTurn();
    texts.set(row.identity, JSON.stringify(row));
  }
  return texts;
}

const rowsText = (changed: readonly string[], gone: readonly string[]): string =>
  `{"rows":[${changed.join(',')}],"gone":${JSON.stringify(gone)}}`;

type MessageSource = (afterId: number | undefined) => Promise<readonly MessageHead[]>;

/** Messages as they come; the first look only finds out where the log is. */
function eventsAfter(source: MessageSource, afterId: number | undefined): Look {
  return async () => {
    const heads = await source(afterId);
    const silent = afterId === undefined || heads.length === 0;
    return {
      news: silent ? undefined : JSON.stringify({ heads }),
      all: () => undefined,
      next: eventsAfter(source, heads.at(-1)?.id ?? afterId ?? 0),
    };
  };
}
