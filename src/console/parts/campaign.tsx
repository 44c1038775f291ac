import { useSignal } from '@preact/signals';
import { ago, count, moment } from '../format.ts';
import { hashOf } from '../route.ts';
import type { Campaign, CampaignWave } from '../shapes.ts';
import { named, words } from '../words/words.ts';
import { Badge, type Tone } from './badge.tsx';
import { Wish } from './wish.tsx';

type CampaignProps = { readonly campaign: Campaign; readonly again: () => void };
type Verb = 'start' | 'pause' | 'resume' | 'abort';

const tones: Readonly<Record<Campaign['state'], Tone>> = {
  running: 'busy',
  paused: 'warn',
  aborted: 'bad',
  done: 'good',
};

/** What may be wished for in each state. */
const verbs: Readonly<Record<Campaign['state'], readonly Verb[]>> = {
  running: ['pause', 'abort'],
  paused: ['resume', 'abort'],
  aborted: ['start'],
  done: ['start'],
};

const memberTones: Readonly<Record<string, Tone>> = {
  updating: 'busy',
  updated: 'good',
  already: 'good',
  failed: 'bad',
  missed: 'warn',
};

/** A firmware campaign: how far its waves are, who is in them, and what can be done. */
export function CampaignPanel({ campaign, again }: CampaignProps) {
  const { transfers: texts } = words.value;
  const isOpen = useSignal(false);
  const { name, state, targetVersion, failures, abortAfterFailures, reason, opening, startedAtMs } = campaign;
  return (
    <section class="panel">
      <header>
        <h2>{name}</h2>
        <Badge tone={tones[state]}>{texts.campaignStates[state]}</Badge>
        <Wishes campaign={campaign} again={again} />
      </header>
      <p class="quiet">
        {texts.campaignNote(targetVersion, moment(startedAtMs), count(failures), count(abortAfterFailures))}
        {opening !== undefined && !opening.open && ` ${texts.opensAt(opening.nextMs && moment(opening.nextMs))}`}
      </p>
      {reason !== undefined && (
        <p class="notice warn" lang="en">
          {reason}
        </p>
      )}
      <ol class="waves">
        {campaign.waves.map((wave) => (
          <Wave key={wave.wave} wave={wave} />
        ))}
      </ol>
      <button type="button" class="small" aria-expanded={isOpen.value} onClick={() => (isOpen.value = !isOpen.value)}>
        {texts.members(count(campaign.members.length))}
      </button>
      {isOpen.value && <Members campaign={campaign} />}
    </section>
  );
}

function Wishes({ campaign: { name, state }, again }: CampaignProps) {
  const { wishes } = words.value.transfers;
  return (
    <span class="actions">
      {verbs[state].map((verb) => (
        <Wish
          key={verb}
          texts={wishes[verb]}
          title={wishes[verb].title(name)}
          scope="operate"
          path={`/api/campaigns/${encodeURIComponent(name)}/${verb}`}
          done={again}
          isGrave={verb === 'abort'}
        />
      ))}
    </span>
  );
}

function Wave({ wave: { wave, chargers, over, opensAtMs } }: { readonly wave: CampaignWave }) {
  const { transfers: texts } = words.value;
  return (
    <li>
      <span>{texts.wave(wave + 1)}</span>
      <progress max={Math.max(1, chargers)} value={over} aria-label={texts.wave(wave + 1)} />
      <span class="quiet">
        {texts.waveNote(count(over), count(chargers))}
        {over === 0 && opensAtMs !== undefined && opensAtMs > Date.now() && ` · ${texts.opensAt(moment(opensAtMs))}`}
      </span>
    </li>
  );
}

function Members({ campaign: { members } }: { readonly campaign: Campaign }) {
  const { transfers: texts } = words.value;
  return (
    <ul class="plain members">
      {members.map(({ station, wave, state, atMs, reason }) => (
        <li key={station}>
          <a href={hashOf('chargers', station)}>{station}</a>{' '}
          <Badge tone={memberTones[state] ?? 'idle'}>{named(texts.memberStates, state)}</Badge>{' '}
          <span class="quiet">
            {texts.wave(wave + 1)}
            {atMs !== undefined && ` · ${ago(atMs)}`}
          </span>{' '}
          {reason !== undefined && <span lang="en">{reason}</span>}
        </li>
      ))}
    </ul>
  );
}
