import type { MessageHead, MessagePage } from '../../operator/views/messages.ts';
import { pathOf } from '../api.ts';
import { milliseconds, second } from '../format.ts';
import { useLoaded, useRenewed } from '../load.ts';
import { hashOf } from '../route.ts';
import { pageNames, words } from '../words/words.ts';
import { Section } from './facts.tsx';
import { Outcome, Side } from './message-marks.tsx';
import { Empty, WhenLoaded } from './notice.tsx';

const renewMs = 10_000;

/** What a charger said and was told last. */
export function LatestMessages({ identity }: { readonly identity: string }) {
  const { charger: texts } = words.value;
  const { state, again } = useLoaded<MessagePage>(pathOf('/api/messages', { charger: identity, limit: 12 }));
  useRenewed(again, renewMs);
  return (
    <Section
      title={pageNames.value.messages}
      aside={<a href={hashOf('messages', undefined, { charger: identity })}>{texts.allMessages}</a>}
    >
      <WhenLoaded loaded={state.value} again={again}>
        {({ messages }) =>
          messages.length === 0 ? (
            <Empty>{texts.noMessages}</Empty>
          ) : (
            <ul class="plain latest">
              {messages.map((head) => (
                <Latest key={head.id} head={head} />
              ))}
            </ul>
          )
        }
      </WhenLoaded>
    </Section>
  );
}

function Latest({ head }: { readonly head: MessageHead }) {
  return (
    <li>
      <span class="quiet">{second(head.atMs)}</span> <Side head={head} />{' '}
      <a href={hashOf('messages', head.id)}>{head.action || '–'}</a> <Outcome head={head} />{' '}
      <span class="quiet">{head.latencyMs === undefined ? '' : milliseconds(head.latencyMs)}</span>
    </li>
  );
}
