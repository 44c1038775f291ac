import type { LimitStep } from '../../operator/views/chargers.ts';
import { amperes } from '../format.ts';
import { words } from '../words/words.ts';

/** From the grid to the connector: how far each step lets the current through, and which one holds. */
export function WhyChain({ steps }: { readonly steps: readonly LimitStep[] }) {
  const { charger: texts } = words.value;
  const most = Math.max(1, ...steps.flatMap(({ limitA }) => limitA ?? []));
  return (
    <ol class="why" aria-label={texts.whyTitle}>
      {steps.map(({ kind, about, limitA, binding, words: sentence }, index) => (
        <li key={index} class={binding ? 'binding' : ''}>
          <div class="what">
            <strong>{texts.steps[kind]}</strong> <span class="about">{about}</span>
            {binding && <span class="tag">{texts.binding}</span>}
          </div>
          <div class="limit">{limitA === undefined ? texts.noLimit : amperes(limitA)}</div>
          <div class="bar" aria-hidden="true">
            <i style={{ width: `${limitA === undefined ? 100 : Math.max(1, (limitA / most) * 100)}%` }} />
          </div>
          <p class="quiet" lang="en">
            {sentence}
          </p>
        </li>
      ))}
    </ol>
  );
}
