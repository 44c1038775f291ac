import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { giveToken, isTokenWanted, token } from '../api.ts';
import { words } from '../words/words.ts';

/** Asks for a token when the gateway wants one. */
export function TokenPrompt() {
  return isTokenWanted.value ? <Prompt /> : null;
}

function Prompt() {
  const dialog = useRef<HTMLDialogElement>(null);
  const text = useSignal('');
  const { tokens } = words.value;
  useEffect(() => dialog.current?.showModal(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    if (text.value.trim() !== '') giveToken(text.value.trim());
  };
  return (
    <dialog ref={dialog} aria-labelledby="token-title" onCancel={(event) => event.preventDefault()}>
      <form onSubmit={submit}>
        <h2 id="token-title">{tokens.title}</h2>
        <p>{token.value === undefined ? tokens.why : tokens.wrong}</p>
        <label class="field">
          <span>{tokens.label}</span>
          <input
            type="password"
            autocomplete="off"
            value={text.value}
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
        </label>
        <p class="quiet">{tokens.kept}</p>
        <div class="actions">
          <button type="submit" class="main">
            {tokens.use}
          </button>
        </div>
      </form>
    </dialog>
  );
}
