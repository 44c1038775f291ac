import type { MessageFull, MessageStory } from '../../operator/views/messages.ts';
import { bytes, exact, milliseconds } from '../format.ts';
import { useLoaded } from '../load.ts';
import { Copyable } from '../parts/copy.tsx';
import { Facts } from '../parts/facts.tsx';
import { Outcome, Side } from '../parts/message-marks.tsx';
import { WhenLoaded } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { pretty } from '../pretty.ts';
import { hashOf } from '../route.ts';
import { terms, words } from '../words/words.ts';

export function MessagePage({ id }: { readonly id: string }) {
  const { state, again } = useLoaded<MessageStory>(`/api/messages/${encodeURIComponent(id)}`);
  return (
    <WhenLoaded loaded={state.value} again={again}>
      {(story) => <Story story={story} />}
    </WhenLoaded>
  );
}

/** Every text of a message: the wire to the charger on the left, the one to the CSMS on the right. */
function Story({ story: { message, related } }: { readonly story: MessageStory }) {
  const { messages: texts } = words.value;
  const all = [message, ...related].toSorted((a, b) => a.atMs - b.atMs || a.id - b.id);
  const charger = all.filter(({ side }) => side !== 'json');
  const csms = all.filter(({ side }) => side === 'json');
  return (
    <Page
      title={message.action || texts.unreadable}
      aside={
        <div class="actions">
          <Outcome head={message} />
          <a href={hashOf('chargers', message.charger)}>{message.charger}</a>
        </div>
      }
    >
      <Facts
        facts={[
          [texts.at, exact(message.atMs)],
          [texts.latency, message.latencyMs === undefined ? undefined : milliseconds(message.latencyMs)],
          [texts.seq, message.seq],
          [texts.permalink, <Copyable key="link" text={location.href} />],
        ]}
      />
      <p>
        {texts.idsNote} <mark>id</mark>
      </p>
      <div class="both-wires">
        <Wire title={terms.value.charger} messages={charger} none={texts.noOther} current={message.id} />
        <Wire title={texts.sides.json} messages={csms} none={texts.noOther} current={message.id} />
      </div>
    </Page>
  );
}

type WireProps = {
  readonly title: string;
  readonly messages: readonly MessageFull[];
  readonly none: string;
  readonly current: number;
};

function Wire({ title, messages, none, current }: WireProps) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {messages.length === 0 && <p class="empty">{none}</p>}
      {messages.map((message) => (
        <Texts key={message.id} message={message} isCurrent={message.id === current} />
      ))}
    </section>
  );
}

function Texts({ message, isCurrent }: { readonly message: MessageFull; readonly isCurrent: boolean }) {
  const { messages: texts } = words.value;
  return (
    <article class={isCurrent ? 'panel text current' : 'panel text'}>
      <header>
        <h3>
          <Side head={message} /> {message.action || texts.unreadable}
        </h3>
        <Outcome head={message} />
        <span class="quiet">
          {exact(message.atMs)} · {bytes(message.bytes)}
          {message.latencyMs !== undefined && ` · ${milliseconds(message.latencyMs)}`}
        </span>
      </header>
      <Source title={texts.request} text={message.request} />
      {message.answer === undefined ? (
        <p class="empty">{texts.noAnswer}</p>
      ) : (
        <Source title={texts.answer} text={message.answer} />
      )}
    </article>
  );
}

function Source({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <>
      <h4>{title}</h4>
      <pre tabIndex={0} role="region" aria-label={title}>
        {pretty(text).map(({ kind, text: piece }, index) => {
          if (kind === 'id') return <mark key={index}>{piece}</mark>;
          return kind === 'frame' ? (
            <span key={index} class="frame">
              {piece}
            </span>
          ) : (
            piece
          );
        })}
      </pre>
    </>
  );
}
