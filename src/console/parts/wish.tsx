import { post } from '../api.ts';
import { mayAdminister, mayOperate } from '../me.ts';
import { words } from '../words/words.ts';
import { confirm } from './confirm.tsx';

type WishProps = {
  readonly texts: { readonly verb: string; readonly effect: string };
  readonly title: string;
  /** What the token must allow. */
  readonly scope: 'operate' | 'admin';
  /** Where it is asked for. */
  readonly path: string;
  readonly done: () => void;
  readonly isGrave?: boolean;
  readonly look?: 'main' | 'small';
};

/** A button that says what will happen, and does it when that is confirmed. What the token does not allow cannot be pressed. */
export function Wish({ texts: { verb, effect }, title, scope, path, done, isGrave = false, look }: WishProps) {
  const may = scope === 'operate' ? mayOperate.value : mayAdminister.value;
  return (
    <button
      type="button"
      class={look}
      disabled={!may}
      title={may ? undefined : words.value.needsScope(scope)}
      onClick={() => confirm({ title, effect, verb, isGrave, act: () => post(path), done })}
    >
      {verb} …
    </button>
  );
}
