import { signal } from '@preact/signals';

/** Why a call came to nothing, so that a page can say what to do. */
export type Failure = {
  readonly kind: 'unreachable' | 'token' | 'scope' | 'missing' | 'busy' | 'refused' | 'broken';
  /** In the gateway's own words, in English; empty when it said none. */
  readonly message: string;
};

export type Reply<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly failure: Failure };

const tokenKey = 'ocpp-edge.token';

export type Token = { readonly text: string };

/** Of this tab alone; undefined: none was asked for yet. The same text given again is another token, which is tried anew. */
export const token = signal<Token | undefined>(keptToken());

function keptToken(): Token | undefined {
  const text = sessionStorage.getItem(tokenKey);
  return text === null ? undefined : { text };
}

/** The gateway wants a token, or another one. */
export const isTokenWanted = signal(false);

export function giveToken(text: string): void {
  sessionStorage.setItem(tokenKey, text);
  token.value = { text };
  isTokenWanted.value = false;
}

/** Headers of a request with a token. */
export function credentials(of: Token | undefined): Record<string, string> {
  return of === undefined ? {} : { authorization: `Bearer ${of.text}` };
}

const deadlineMs = 30_000;

/** Asks the gateway, and reads its JSON as what the route gives. Never rejects; an aborted call is `unreachable`. */
export async function ask<T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<Reply<T>> {
  const replied = await send(method, path, body);
  if (replied.kind === 'failed') return replied;
  try {
    // the one place where the wire becomes a type: the routes of the API are the contract
    return { kind: 'done', value: (await replied.value.json()) as T };
  } catch (thrown) {
    return failed('broken', String(thrown));
  }
}

export const get = <T>(path: string) => ask<T>('GET', path);
export const post = <T>(path: string, body: unknown = {}) => ask<T>('POST', path, body);

/** As `ask`, for an answer that is saved as it is. */
export async function fetchFile(path: string): Promise<Reply<Blob>> {
  const replied = await send('GET', path, undefined);
  if (replied.kind === 'failed') return replied;
  try {
    return { kind: 'done', value: await replied.value.blob() };
  } catch (thrown) {
    return failed('unreachable', String(thrown));
  }
}

async function send(method: string, path: string, body: unknown): Promise<Reply<Response>> {
  try {
    const response = await fetch(path, {
      method,
      headers: { ...credentials(token.peek()), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(deadlineMs),
    });
    return response.ok ? { kind: 'done', value: response } : refusalOf(response);
  } catch (thrown) {
    return failed('unreachable', String(thrown));
  }
}

async function refusalOf(response: Response): Promise<Reply<never>> {
  if (response.status === 401) isTokenWanted.value = true;
  return failed(kinds[response.status] ?? (response.status < 500 ? 'refused' : 'broken'), await reasonOf(response));
}

const kinds: Readonly<Record<number, Failure['kind']>> = { 401: 'token', 403: 'scope', 404: 'missing', 429: 'busy' };

/** What the gateway says of a request that it did not serve. */
export async function reasonOf(response: Response): Promise<string> {
  try {
    const body: unknown = await response.json();
    if (typeof body === 'object' && body !== null && 'error' in body) return String(body.error);
  } catch {
    // an answer that is no JSON comes from a proxy: its status says what it can
  }
  return `HTTP ${response.status}`;
}

const failed = (kind: Failure['kind'], message: string): Reply<never> => ({
  kind: 'failed',
  failure: { kind, message },
});

/** A path with its query; members that are undefined or empty are left out. */
export function pathOf(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') given.set(name, String(value));
  }
  const text = given.toString();
  return text === '' ? path : `${path}?${text}`;
}
