import { signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Failure, Reply } from '../api.ts';
import { words } from '../words/words.ts';
import { Trouble } from './notice.tsx';

export type Question = {
  readonly title: string;
  /** What will happen. */
  readonly effect: string;
  readonly verb: string;
  readonly isGrave?: boolean;
  readonly act: () => Promise<Reply<unknown>>;
  /** After it was done. */
  readonly done: () => void;
};

const question = signal<Question | undefined>(undefined);

/** Asks before something is done that cannot be taken back at once. */
export function confirm(asked: Question): void {
  question.value = asked;
}

/** Stands once on the page; the browser keeps the focus inside, and Escape means no. */
export function Confirmation() {
  const asked = question.value;
  return asked === undefined ? null : <Dialog key={asked.title} asked={asked} />;
}

function Dialog({ asked }: { readonly asked: Question }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const failure = useSignal<Failure | undefined>(undefined);
  const isBusy = useSignal(false);
  useEffect(() => dialog.current?.showModal(), []);
  const close = () => {
    dialog.current?.close();
    question.value = undefined;
  };
  const act = async () => {
    isBusy.value = true;
    const reply = await asked.act();
    isBusy.value = false;
    if (reply.kind === 'failed') {
      failure.value = reply.failure;
      return;
    }
    asked.done();
    close();
  };
  return (
    <dialog ref={dialog} aria-labelledby="question" onClose={close}>
      <h2 id="question">{asked.title}</h2>
      <p>{asked.effect}</p>
      {failure.value !== undefined && <Trouble failure={failure.value} />}
      <div class="actions">
        <button type="button" onClick={close}>
          {words.value.cancel}
        </button>
        <button
          type="button"
          class={asked.isGrave ? 'grave' : 'main'}
          disabled={isBusy.value}
          onClick={() => void act()}
        >
          {asked.verb}
        </button>
      </div>
    </dialog>
  );
}
