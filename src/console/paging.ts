import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type Failure, get, token } from './api.ts';
import { returns } from './live.ts';

export type Paged<Row> = {
  readonly kind: 'loading' | 'here' | 'failed';
  readonly rows: readonly Row[];
  /** Asks for what is older; undefined: there is nothing. */
  readonly before: number | undefined;
  readonly failure: Failure | undefined;
};

export type Pages<Row> = {
  readonly state: Signal<Paged<Row>>;
  readonly older: () => void;
  readonly again: () => void;
};

/** What the API calls the rows of a page. */
type Page<Row> = {
  readonly sessions?: readonly Row[];
  readonly messages?: readonly Row[];
  readonly before?: number;
};

/** A list that is read page by page, newest first, and anew when its path or the token changes. */
export function usePages<Row>(path: string): Pages<Row> {
  const state = useSignal<Paged<Row>>(nothing);
  const asked = useRef(0);
  const ask = (before: number | undefined) => {
    asked.current += 1;
    const turn = asked.current;
    const joint = path.includes('?') ? '&' : '?';
    void get<Page<Row>>(before === undefined ? path : `${path}${joint}before=${before}`).then((reply) => {
      if (turn !== asked.current) return;
      const kept = before === undefined ? [] : state.peek().rows;
      state.value =
        reply.kind === 'failed'
          ? { ...state.peek(), kind: 'failed', failure: reply.failure }
          : { kind: 'here', rows: [...kept, ...rowsOf(reply.value)], before: reply.value.before, failure: undefined };
    });
  };
  useEffect(() => ask(undefined), [path, token.value, returns.value]);
  return { state, older: () => ask(state.peek().before), again: () => ask(undefined) };
}

const nothing = { kind: 'loading', rows: [], before: undefined, failure: undefined } as const;

function rowsOf<Row>({ sessions, messages }: Page<Row>): readonly Row[] {
  return sessions ?? messages ?? [];
}
