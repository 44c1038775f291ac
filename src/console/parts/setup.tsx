import { useLoaded } from '../load.ts';
import { mayOperate } from '../me.ts';
import type { ChargerSetup } from '../shapes.ts';
import { words } from '../words/words.ts';
import { Copyable } from './copy.tsx';
import { Section } from './facts.tsx';
import { Empty, WhenLoaded } from './notice.tsx';

/** What is typed into the charger, to the letter. */
export function Setup({ path }: { readonly path: string }) {
  const { charger: texts, needsScope } = words.value;
  const { state, again } = useLoaded<{ readonly setup?: ChargerSetup }>(mayOperate.value ? `${path}/setup` : undefined);
  return (
    <Section title={texts.urls}>
      {mayOperate.value ? (
        <WhenLoaded loaded={state.value} again={again}>
          {({ setup }) => (setup === undefined ? <Empty>{texts.noSetup}</Empty> : <Urls setup={setup} />)}
        </WhenLoaded>
      ) : (
        <Empty>{needsScope('operate')}</Empty>
      )}
    </Section>
  );
}

function Urls({ setup }: { readonly setup: ChargerSetup }) {
  const { charger: texts } = words.value;
  return (
    <>
      <ul class="plain">
        {setup.urls.map(({ protocol, url }) => (
          <li key={`${protocol} ${url}`}>
            <span class="quiet">{protocol}</span> <Copyable text={url} />
          </li>
        ))}
      </ul>
      {setup.proofs.length > 0 && (
        <p class="quiet">
          {texts.proofs} <span lang="en">{setup.proofs.join(', ')}</span>
        </p>
      )}
      {!setup.registered && <p class="quiet">{texts.notRegistered}</p>}
    </>
  );
}
