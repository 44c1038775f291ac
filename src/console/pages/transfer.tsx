import { bytes, exact, moment } from '../format.ts';
import { useLoaded, useRenewed } from '../load.ts';
import { Badge } from '../parts/badge.tsx';
import { Facts, Section } from '../parts/facts.tsx';
import { Empty, WhenLoaded } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { Wish } from '../parts/wish.tsx';
import { hashOf } from '../route.ts';
import type { Transfer, TransferDetails } from '../shapes.ts';
import { named, terms, words } from '../words/words.ts';
import { transferTone } from './transfers.tsx';

const renewMs = 3_000;

export function TransferPage({ id }: { readonly id: string }) {
  const path = `/api/transfers/${encodeURIComponent(id)}`;
  const { state, again } = useLoaded<TransferDetails>(path);
  useRenewed(again, renewMs);
  const { transfers: texts } = words.value;
  return (
    <WhenLoaded loaded={state.value} again={again}>
      {({ transfer, lines }) => (
        <Page title={`${texts.kinds[transfer.kind]} #${id}`} aside={<Acts job={transfer} path={path} again={again} />}>
          <Section title={texts.job}>
            <JobFacts job={transfer} />
          </Section>
          <Section title={texts.transcript}>
            {lines.length === 0 ? (
              <Empty>{texts.noTranscript}</Empty>
            ) : (
              <ol class="transcript" lang="en">
                {lines.map(({ atMs, text }, index) => (
                  <li key={index}>
                    <time dateTime={new Date(atMs).toISOString()}>{exact(atMs)}</time> {text}
                  </li>
                ))}
              </ol>
            )}
          </Section>
        </Page>
      )}
    </WhenLoaded>
  );
}

function JobFacts({ job }: { readonly job: Transfer }) {
  const { transfers: texts } = words.value;
  return (
    <Facts
      facts={[
        [terms.value.charger, <a href={hashOf('chargers', job.station)}>{job.station}</a>],
        [texts.askedBy, texts.askers[job.askedBy]],
        [texts.created, moment(job.createdAtMs)],
        [texts.changed, moment(job.changedAtMs)],
        [texts.location, job.location && <code>{job.location}</code>],
        [texts.name, job.name],
        [terms.value.size, job.file && bytes(job.file.bytes)],
        [texts.sent, job.sentBytes === undefined ? undefined : bytes(job.sentBytes)],
        ['SHA-256', job.file && <code>{job.file.sha256}</code>],
        [texts.told, job.told],
        [texts.reason, job.reason && <span lang="en">{job.reason}</span>],
      ]}
    />
  );
}

type ActsProps = { readonly job: Transfer; readonly path: string; readonly again: () => void };

function Acts({ job, path, again }: ActsProps) {
  const { transfers: texts } = words.value;
  const verb = job.open ? 'cancel' : 'retry';
  return (
    <div class="actions">
      <Badge tone={transferTone(job)}>{named(texts.states, job.state)}</Badge>
      <Wish
        texts={texts.wishes[verb]}
        title={texts.wishes[verb].title(`#${job.id}`)}
        scope="operate"
        path={`${path}/${verb}`}
        done={again}
        isGrave={job.open}
      />
    </div>
  );
}
