import type { ComponentChildren } from 'preact';
import type { Failure } from '../api.ts';
import type { Loaded } from '../load.ts';
import { words } from '../words/words.ts';

/** What went wrong, and what to do about it. */
export function Trouble({ failure, again }: { readonly failure: Failure; readonly again?: () => void }) {
  const { failures } = words.value;
  return (
    <div class="notice bad" role="alert">
      <p>
        <strong>{failures[failure.kind].what}</strong> {failures[failure.kind].todo}
      </p>
      {failure.message !== '' && (
        <p class="quiet" lang="en">
          {failure.message}
        </p>
      )}
      {again !== undefined && (
        <button type="button" onClick={again}>
          {failures.again}
        </button>
      )}
    </div>
  );
}

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

type WhenLoadedProps<T> = {
  readonly loaded: Loaded<T>;
  readonly again?: () => void;
  readonly children: (value: T) => ComponentChildren;
};

/** Never a blank place: it is loading, it is here, or it says why not. */
export function WhenLoaded<T>({ loaded, again, children }: WhenLoadedProps<T>) {
  switch (loaded.kind) {
    case 'loading':
      return <p class="empty">{words.value.loading}</p>;
    case 'failed':
      return <Trouble failure={loaded.failure} {...(again === undefined ? {} : { again })} />;
    case 'here':
      return <>{children(loaded.value)}</>;
  }
}
