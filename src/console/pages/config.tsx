import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ConfigValue, ConfigView, ReloadView } from '../../operator/views/config.ts';
import { moment } from '../format.ts';
import { reloaded } from '../live.ts';
import { useLoaded } from '../load.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import { Choice, Filters, Search } from '../parts/fields.tsx';
import { Section } from '../parts/facts.tsx';
import { Empty, WhenLoaded } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { Wish } from '../parts/wish.tsx';
import { pageNames, terms, words } from '../words/words.ts';

export function ConfigPage() {
  const { config: texts } = words.value;
  const { state, again } = useLoaded<ConfigView>('/api/config');
  useEffect(again, [reloaded.value]);
  return (
    <Page
      title={pageNames.value.config}
      aside={
        <Wish texts={texts.reload} title={texts.reload.title} scope="admin" path="/api/config/reload" done={again} />
      }
    >
      <WhenLoaded loaded={state.value} again={again}>
        {({ file, values, reload }) => (
          <>
            <p class="quiet">
              {texts.file} <code>{file}</code>
            </p>
            <RestartNeeded values={values} reload={reload} />
            <Reload reload={reload} />
            <Values values={values} />
          </>
        )}
      </WhenLoaded>
    </Page>
  );
}

function RestartNeeded({ values, reload }: { readonly values: readonly ConfigValue[]; readonly reload: ReloadView }) {
  const { config: texts } = words.value;
  const keys = new Set([...reload.restartNeeded, ...values.filter(({ pending }) => pending).map(({ key }) => key)]);
  if (keys.size === 0) return null;
  return (
    <p class="notice warn" role="status">
      <strong>{texts.restartNeeded}</strong> {texts.restartKeys} <code>{[...keys].join(', ')}</code>
    </p>
  );
}

const reloadTones: Readonly<Record<ReloadView['kind'], Tone>> = { none: 'idle', applied: 'good', refused: 'bad' };

function Reload({ reload }: { readonly reload: ReloadView }) {
  const { config: texts } = words.value;
  return (
    <Section
      title={texts.lastReload}
      aside={<Badge tone={reloadTones[reload.kind]}>{texts.reloads[reload.kind]}</Badge>}
    >
      <p class="quiet">
        {reload.atMs === undefined ? texts.never : moment(reload.atMs)}
        {reload.changed.length > 0 && ` · ${texts.changed} ${reload.changed.join(', ')}`}
      </p>
      {reload.mistakes.length > 0 && (
        <>
          <p>{texts.refused}</p>
          <ul class="mistakes" lang="en">
            {reload.mistakes.map((mistake) => (
              <li key={mistake}>
                <code>{mistake}</code>
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

const effectTones: Readonly<Record<ConfigValue['effect'], Tone>> = { live: 'good', reconnect: 'warn', restart: 'idle' };

function Values({ values }: { readonly values: readonly ConfigValue[] }) {
  const { config: texts } = words.value;
  const search = useSignal('');
  const which = useSignal('');
  const wanted = search.value.trim().toLowerCase();
  const shown = values.filter(
    ({ key, description, source }) =>
      (which.value === '' || source !== 'default') &&
      (wanted === '' || key.toLowerCase().includes(wanted) || description.toLowerCase().includes(wanted)),
  );
  return (
    <>
      <Filters>
        <Search label={terms.value.search} value={search.value} onChange={(value) => (search.value = value)} />
        <Choice
          label={terms.value.which}
          value={which.value}
          options={[
            ['', texts.all],
            ['set', texts.onlySet],
          ]}
          onChange={(value) => (which.value = value)}
        />
      </Filters>
      {shown.length === 0 && <Empty>{texts.noneFits}</Empty>}
      <dl class="settings">
        {shown.map((value) => (
          <Value key={value.key} value={value} />
        ))}
      </dl>
    </>
  );
}

function Value({ value: { key, value, source, effect, description, pending } }: { readonly value: ConfigValue }) {
  const { config: texts } = words.value;
  return (
    <div>
      <dt>
        <code>{key}</code>
        <span class="quiet" lang="en">
          {description}
        </span>
      </dt>
      <dd>
        <code class={source === 'default' ? 'value quiet' : 'value'}>{textOf(value)}</code>
        <span class="quiet">
          {source === 'default' ? texts.byDefault : source}{' '}
          <Badge tone={effectTones[effect]}>{texts.effects[effect]}</Badge>{' '}
          {pending && <Badge tone="warn">{texts.pending}</Badge>}
        </span>
      </dd>
    </div>
  );
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
