import { signal } from '@preact/signals';

export const pages = ['overview', 'chargers', 'sessions', 'messages', 'transfers', 'plan', 'outbox', 'config'] as const;
export type PageName = (typeof pages)[number];

/** Where the reader is: `#/page/id?filter=value`, so that what is seen can be passed on. */
export type Place = { readonly page: PageName; readonly id: string | undefined; readonly query: URLSearchParams };

export const here = signal(placeOf(location.hash));

export function followHash(): void {
  window.addEventListener('hashchange', () => {
    here.value = placeOf(location.hash);
  });
}

function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [name, id] = path.split('/');
  const page = pages.find((known) => known === name) ?? 'overview';
  return { page, id: id === undefined || id === '' ? undefined : decoded(id), query: new URLSearchParams(query) };
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

/** Keeps filters in the address without a step in the history. */
export function keepQuery(query: Readonly<Record<string, string>>): void {
  const { page, id } = here.peek();
  history.replaceState(null, '', hashOf(page, id, query));
  here.value = placeOf(location.hash);
}
