import { effect, signal } from '@preact/signals';
import type { ChargerRow } from '../operator/views/chargers.ts';
import type { ReloadView } from '../operator/views/config.ts';
import type { MessageHead } from '../operator/views/messages.ts';
import type { Overview } from '../operator/views/overview.ts';
import { get, token } from './api.ts';
import type { SiteNews } from './shapes.ts';
import { type Line, openStream, type Topic } from './stream.ts';

/** What the stream has told last; undefined or empty until it has. */
export const overview = signal<Overview | undefined>(undefined);
export const chargers = signal<ReadonlyMap<string, ChargerRow> | undefined>(undefined);
export const sites = signal<readonly SiteNews[]>([]);
export const reloaded = signal<ReloadView | undefined>(undefined);
export const line = signal<Line>({ kind: 'connecting' });

/** How often the line came back: what was read before is read again. */
export const returns = signal(0);

/** Somebody looks at messages as they come. */
export const messagesWanted = signal<((heads: readonly MessageHead[]) => void) | undefined>(undefined);

/** The time for ages and countdowns, ms since the epoch. */
export const now = signal(Date.now());

const tickMs = 2_000;

/** Opens the stream, and another one when the token or what is looked at has changed. */
export function goLive(): void {
  setInterval(() => {
    now.value = Date.now();
  }, tickMs);
  effect(() => {
    const topics = messagesWanted.value === undefined ? always : [...always, 'messages' as const];
    return openStream(topics, token.value, { heard: hear, changed }).close;
  });
}

const always: readonly Topic[] = ['overview', 'chargers', 'sites', 'config'];

let wasLost = false;

function changed(next: Line): void {
  if (next.kind === 'lost') wasLost = true;
  if (next.kind === 'lost' && next.why.kind === 'refused') void readInstead();
  if (next.kind === 'open' && wasLost) {
    wasLost = false;
    returns.value += 1;
  }
  line.value = next;
}

/** A gateway with as many streams as it can have still answers: what the pages cannot do without is asked for. */
async function readInstead(): Promise<void> {
  const [seen, list] = await Promise.all([
    get<Overview>('/api/overview'),
    get<{ readonly chargers: readonly ChargerRow[] }>('/api/chargers'),
  ]);
  if (seen.kind === 'done') overview.value = seen.value;
  if (list.kind === 'done') chargers.value = new Map(list.value.chargers.map((row) => [row.identity, row]));
}

function hear(topic: string, data: unknown): void {
  // the stream is written from the same views that these types are of
  switch (topic) {
    case 'overview':
      overview.value = data as Overview;
      return;
    case 'chargers':
      chargers.value = changedBy(data as ChargersNews);
      return;
    case 'sites':
      sites.value = data as readonly SiteNews[];
      return;
    case 'messages':
      messagesWanted.peek()?.((data as { readonly heads: readonly MessageHead[] }).heads);
      return;
    case 'config':
      reloaded.value = data as ReloadView;
  }
}

type ChargersNews = { readonly rows: readonly ChargerRow[]; readonly gone: readonly string[] };

function changedBy({ rows, gone }: ChargersNews): ReadonlyMap<string, ChargerRow> {
  const next = new Map(chargers.peek());
  for (const row of rows) next.set(row.identity, row);
  for (const identity of gone) next.delete(identity);
  return next;
}
