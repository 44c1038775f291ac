import { credentials, isTokenWanted, reasonOf, type Token } from './api.ts';

export type Topic = 'overview' | 'chargers' | 'sites' | 'messages' | 'config';

/** The line to the gateway, as people see it. */
export type Line =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  | { readonly kind: 'lost'; readonly againAtMs: number; readonly why: Why };

/** Why a line ended: the gateway answered, but gave no stream, or it was not there; `text` is in English. */
export type Why = { readonly kind: 'refused' | 'gone'; readonly text: string };

export type Listener = {
  /** Data of one event, parsed; its shape is that of its topic. */
  readonly heard: (topic: string, data: unknown) => void;
  readonly changed: (line: Line) => void;
};

const leastWaitMs = 1_000;
const mostWaitMs = 30_000;
/** The gateway says something every 15 s. */
const silenceMs = 40_000;

/**
 * Keeps one stream open until it is closed: fetched, so that it carries the token. A stream that ends, is refused or is
 * silent is opened again after a wait that doubles up to 30 s, with jitter, or at once when the browser is back online.
 * A 401 ends it: the token prompt opens another.
 */
export function openStream(
  topics: readonly Topic[],
  token: Token | undefined,
  listener: Listener,
): { readonly close: () => void } {
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let current = new AbortController();
  let isClosed = false;

  const again = (why: Why) => {
    const waitMs = Math.min(mostWaitMs, leastWaitMs * 2 ** tries) * (0.75 + Math.random() / 2);
    tries += 1;
    listener.changed({ kind: 'lost', againAtMs: Date.now() + waitMs, why });
    timer = setTimeout(begin, waitMs);
  };
  const begin = () => {
    clearTimeout(timer);
    timer = undefined;
    current = new AbortController();
    const opened = () => {
      tries = 0;
      listener.changed({ kind: 'open' });
    };
    void readOnce(topics, token, current, opened, listener.heard).then((why) => {
      if (!isClosed && why !== undefined) again(why);
    });
  };
  const online = () => {
    tries = 0;
    // one that is open since before may hang on a line that is gone
    current.abort();
    if (timer !== undefined) begin();
  };
  window.addEventListener('online', online);
  listener.changed({ kind: 'connecting' });
  begin();
  return {
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      window.removeEventListener('online', online);
      current.abort();
    },
  };
}

/** Reads a stream to its end, and says why it ended; undefined: the gateway wants a token. */
async function readOnce(
  topics: readonly Topic[],
  token: Token | undefined,
  controller: AbortController,
  opened: () => void,
  heard: Listener['heard'],
): Promise<Why | undefined> {
  let watch = setTimeout(() => controller.abort(), silenceMs);
  try {
    const response = await fetch(`/api/stream?topics=${topics.join(',')}`, {
      headers: { ...credentials(token), accept: 'text/event-stream' },
      signal: controller.signal,
    });
    if (response.status === 401) {
      isTokenWanted.value = true;
      return undefined;
    }
    if (!response.ok || response.body === null) return { kind: 'refused', text: await reasonOf(response) };
    opened();
    const take = eventReader(heard);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      clearTimeout(watch);
      watch = setTimeout(() => controller.abort(), silenceMs);
      take(part.value);
    }
    return { kind: 'gone', text: '' };
  } catch (thrown) {
    return { kind: 'gone', text: String(thrown) };
  } finally {
    clearTimeout(watch);
  }
}

/** Takes parts of an event stream (WHATWG HTML §9.2) as they come, and hands on whole events. */
function eventReader(heard: Listener['heard']): (part: string) => void {
  let rest = '';
  return (part) => {
    const blocks = (rest + part).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = block.split('\n').map((line) => line.split(/: ?(.*)/s));
      const topic = fields.find(([name]) => name === 'event')?.[1];
      const data = fields.filter(([name]) => name === 'data').map(([, value]) => value ?? '');
      if (topic !== undefined && data.length > 0) heard(topic, JSON.parse(data.join('\n')));
    }
  };
}
