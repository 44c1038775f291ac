import type { MessageHead } from '../../operator/views/messages.ts';
import { words } from '../words/words.ts';
import { Badge } from './badge.tsx';

type Props = { readonly head: MessageHead };

/** On which wire, and which way. */
export function Side({ head: { side, direction } }: Props) {
  const { messages: texts } = words.value;
  return (
    <span class={`side ${side}`}>
      <span aria-hidden="true">{direction === 'in' ? '←' : '→'}</span>
      <span class="unseen">{texts.directions[direction]}</span> {texts.sides[side]}
    </span>
  );
}

export function Outcome({ head: { outcome } }: Props) {
  const { messages: texts } = words.value;
  return outcome === 'answered' ? (
    <Badge tone="good">{texts.answered}</Badge>
  ) : (
    <Badge tone="bad">{outcome === 'unreachable' ? texts.unreachable : outcome}</Badge>
  );
}
