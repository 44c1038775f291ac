import { signal } from '@preact/signals';

export const pages = ['overview', 'chargers', 'sessions', 'messages', 'transfers', 'plan', 'outbox', 'config'] as const;
export type PageName = (typeof pages)[number];

/** Where the reader is: `#/page/id?filter=value`, so that what is seen can be passed on. */
export type Place = { readonly page: PageName; readonly id: string | undefined };

export const here = signal<Place>({ page: 'overview', id: undefined });

/** The filters of the page; apart, so that a key in a search draws the page anew and nothing around it. */
export const query = signal(new URLSearchParams());

export function followHash(): void {
  const read = () => {
    clearTimeout(writing);
    const [path = '', filters = ''] = location.hash.replace(/^#\/?/, '').split('?');
    const [name, id] = path.split('/');
    const page = pages.find((known) => known === name) ?? 'overview';
    here.value = { page, id: id === undefined || id === '' ? undefined : decoded(id) };
    query.value = new URLSearchParams(filters);
  };
  window.addEventListener('hashchange', read);
  read();
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function hashOf(page: PageName, id?: string | number, query: Readonly<Record<string, string>> = {}): string {
  const filters = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return `#/${page}${id === undefined ? '' : `/${encodeURIComponent(id)}`}${filters === '' ? '' : `?${filters}`}`;
}

/** Browsers take only so many changes of the address in a while. */
const writeMs = 300;
let writing: ReturnType<typeof setTimeout> | undefined;

/** Filters from now on; they come to stand in the address, without a step in the history. */
export function keepQuery(filters: Readonly<Record<string, string>>): void {
  const { page, id } = here.peek();
  query.value = new URLSearchParams(Object.entries(filters).filter(([, value]) => value !== ''));
  clearTimeout(writing);
  writing = setTimeout(() => history.replaceState(null, '', hashOf(page, id, filters)), writeMs);
}
