import { useSignal } from '@preact/signals';
import type { ConfigurationKeys } from '../../operator/views/chargers.ts';
import { useLoaded } from '../load.ts';
import { mayOperate } from '../me.ts';
import { words } from '../words/words.ts';
import { Search } from './fields.tsx';
import { Section } from './facts.tsx';
import { Empty, WhenLoaded } from './notice.tsx';

/** Asked of the charger itself, so only when somebody wants to see them. */
export function Configuration({ path }: { readonly path: string }) {
  const { charger: texts, needsScope } = words.value;
  const isWanted = useSignal(false);
  return (
    <Section title={texts.configuration}>
      {isWanted.value ? (
        <Keys path={path} />
      ) : (
        <>
          <p class="quiet">{texts.configurationNote}</p>
          <button
            type="button"
            disabled={!mayOperate.value}
            title={mayOperate.value ? undefined : needsScope('operate')}
            onClick={() => (isWanted.value = true)}
          >
            {texts.askConfiguration}
          </button>
        </>
      )}
    </Section>
  );
}

function Keys({ path }: { readonly path: string }) {
  const { charger: texts, loading } = words.value;
  const { state, again } = useLoaded<{ readonly configuration: ConfigurationKeys }>(`${path}/configuration`);
  const search = useSignal('');
  if (state.value.kind === 'loading') return <Empty>{loading}</Empty>;
  return (
    <WhenLoaded loaded={state.value} again={again}>
      {({ configuration: { keys, unknown } }) => (
        <>
          <Search label={texts.searchKeys} value={search.value} onChange={(value) => (search.value = value)} />
          <dl class="keys">
            {keys
              .filter(({ key }) => key.toLowerCase().includes(search.value.trim().toLowerCase()))
              .map(({ key, value, readonly }) => (
                <div key={key}>
                  <dt>{key}</dt>
                  <dd>
                    <code>{value ?? '–'}</code>
                    {readonly && <span class="quiet"> {texts.readOnly}</span>}
                  </dd>
                </div>
              ))}
          </dl>
          {unknown.length > 0 && (
            <p class="quiet">
              {texts.unknownKeys} {unknown.join(', ')}
            </p>
          )}
        </>
      )}
    </WhenLoaded>
  );
}
