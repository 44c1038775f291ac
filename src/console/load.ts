import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type Failure, get, token } from './api.ts';
import { returns } from './live.ts';

export type Loaded<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'here'; readonly value: T }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** What a path of the API says: asked when the path or the token changes, and by `again`; undefined: nothing is asked. */
export function useLoaded<T>(path: string | undefined): {
  readonly state: Signal<Loaded<T>>;
  readonly again: () => void;
} {
  const state = useSignal<Loaded<T>>({ kind: 'loading' });
  const asked = useRef(0);
  const shownPath = useRef(path);
  const ask = () => {
    asked.current += 1;
    const turn = asked.current;
    if (path === undefined) return;
    void get<T>(path).then((reply) => {
      // an answer that another question has overtaken
      if (turn !== asked.current) return;
      if (reply.kind === 'done') state.value = { kind: 'here', value: reply.value };
      else if (!isKept(state.peek(), reply.failure)) state.value = { kind: 'failed', failure: reply.failure };
    });
  };
  useEffect(() => {
    if (shownPath.current !== path) state.value = { kind: 'loading' };
    shownPath.current = path;
    ask();
  }, [path, token.value, returns.value]);
  return { state, again: ask };
}

/** What was read stays in sight while the gateway cannot be reached, as the banner says, or asks for patience. */
function isKept(state: Loaded<unknown>, { kind }: Failure): boolean {
  return state.kind === 'here' && (kind === 'unreachable' || kind === 'busy');
}

/** Calls `again` while the page is seen, so often. */
export function useRenewed(again: () => void, everyMs: number): void {
  const latest = useRef(again);
  latest.current = again;
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') latest.current();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}
