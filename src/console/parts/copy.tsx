import { useSignal } from '@preact/signals';
import { words } from '../words/words.ts';

/** A text to type in elsewhere, and a button that copies it. */
export function Copyable({ text }: { readonly text: string }) {
  const { copy } = words.value;
  const state = useSignal<'ready' | 'copied' | 'failed'>('ready');
  // a browser hands the clipboard to secure origins alone: the text can still be selected
  const act = async () => {
    try {
      await navigator.clipboard.writeText(text);
      state.value = 'copied';
    } catch {
      state.value = 'failed';
    }
  };
  return (
    <span class="copyable">
      <code>{text}</code>
      <button type="button" class="small" aria-label={`${copy.ready}: ${text}`} onClick={() => void act()}>
        {copy[state.value]}
      </button>
    </span>
  );
}
