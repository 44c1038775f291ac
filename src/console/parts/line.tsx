import { line, now } from '../live.ts';
import { words } from '../words/words.ts';

/** A dot and a word: are these numbers live? */
export function LineState() {
  const { line: texts } = words.value;
  const { kind } = line.value;
  return (
    <span class={`line ${kind}`}>
      <i aria-hidden="true" />
      {texts[kind]}
    </span>
  );
}

/** Says that what is seen is old, and when it is tried again. */
export function LineBanner() {
  const state = line.value;
  if (state.kind !== 'lost') return null;
  const { line: texts } = words.value;
  const seconds = Math.max(0, Math.ceil((state.againAtMs - now.value) / 1_000));
  return (
    <p class="notice warn" role="status">
      <strong>{texts[state.why.kind]}</strong> {texts.again(seconds)}{' '}
      <span class="quiet" lang="en">
        {state.why.text}
      </span>
    </p>
  );
}
