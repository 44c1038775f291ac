import { useSignal } from '@preact/signals';
import type { ChargerRow, ChargerSheet, ConnectorProfiles } from '../../operator/views/chargers.ts';
import { protocolOf, stateOf, stateTones } from '../charger-words.ts';
import { ago, moment, said } from '../format.ts';
import { chargers } from '../live.ts';
import { useLoaded, useRenewed } from '../load.ts';
import { Badge } from '../parts/badge.tsx';
import { Configuration } from '../parts/configuration.tsx';
import { ConnectorPanel } from '../parts/connector.tsx';
import { Facts, Section } from '../parts/facts.tsx';
import { LatestMessages } from '../parts/latest-messages.tsx';
import { Empty, WhenLoaded } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { Setup } from '../parts/setup.tsx';
import { Wish } from '../parts/wish.tsx';
import type { LinkDetails } from '../shapes.ts';
import { pageNames, terms, words } from '../words/words.ts';

const renewMs = 15_000;

export function ChargerPage({ id }: { readonly id: string }) {
  const path = `/api/chargers/${encodeURIComponent(id)}`;
  const sheet = useLoaded<{ readonly charger: ChargerSheet }>(path);
  const profiles = useLoaded<{ readonly connectors: readonly ConnectorProfiles[] }>(`${path}/profiles`);
  useRenewed(() => {
    sheet.again();
    profiles.again();
  }, renewMs);
  const live = chargers.value?.get(id);
  return (
    <WhenLoaded loaded={sheet.state.value} again={sheet.again}>
      {({ charger }) => {
        const row = live ?? charger.charger;
        const again = () => sheet.again();
        return (
          <Page title={id} aside={<Acts row={row} path={path} again={again} />}>
            <Reasons row={row} />
            <div class="columns">
              <div>
                <Connectors
                  row={row}
                  profiles={profiles.state.value.kind === 'here' ? profiles.state.value.value.connectors : []}
                />
                {profiles.state.value.kind === 'failed' && (
                  <WhenLoaded loaded={profiles.state.value} again={profiles.again}>
                    {() => null}
                  </WhenLoaded>
                )}
              </div>
              <div>
                <About row={row} sheet={charger} />
                <Transactions sheet={charger} />
                <Setup path={path} />
                <Configuration path={path} />
                <LatestMessages identity={id} />
              </div>
            </div>
          </Page>
        );
      }}
    </WhenLoaded>
  );
}

type ActsProps = { readonly row: ChargerRow; readonly path: string; readonly again: () => void };

function Acts({ row, path, again }: ActsProps) {
  const { charger: texts, chargers: listTexts } = words.value;
  return (
    <div class="actions">
      <Badge tone={stateTones[stateOf(row)]}>{listTexts.states[stateOf(row)]}</Badge>
      {row.standing !== 'accepted' && (
        <Wish
          texts={texts.adopt}
          title={texts.adopt.title(row.identity)}
          scope="operate"
          path={`${path}/adopt`}
          done={again}
          look="main"
        />
      )}
      {row.standing !== 'blocked' && (
        <Wish
          texts={texts.block}
          title={texts.block.title(row.identity)}
          scope="operate"
          path={`${path}/block`}
          done={again}
          isGrave
        />
      )}
    </div>
  );
}

/** What keeps the charger from being what it should be. */
function Reasons({ row }: { readonly row: ChargerRow }) {
  const { charger: texts } = words.value;
  return (
    <>
      {row.standing === 'quarantined' && <p class="notice warn">{texts.quarantined}</p>}
      {row.conflict && <p class="notice bad">{texts.conflict}</p>}
      {row.noCommandsReason !== undefined && (
        <p class="notice warn">
          <strong>{texts.noCommands}</strong> <span lang="en">{row.noCommandsReason}</span>
        </p>
      )}
    </>
  );
}

type ConnectorsProps = { readonly row: ChargerRow; readonly profiles: readonly ConnectorProfiles[] };

function Connectors({ row, profiles }: ConnectorsProps) {
  const { charger: texts } = words.value;
  const shown = useSignal(row.connectors[0]?.connector ?? 1);
  if (row.connectors.length === 0) return <Empty>{texts.noConnectors}</Empty>;
  return (
    <>
      {row.connectors.map((state) => (
        <ConnectorPanel
          key={state.connector}
          state={state}
          profiles={profiles.find(({ connector }) => connector === state.connector)}
          isOpen={shown.value === state.connector}
          onOpen={() => (shown.value = state.connector)}
        />
      ))}
    </>
  );
}

function About({ row, sheet }: { readonly row: ChargerRow & LinkDetails; readonly sheet: ChargerSheet }) {
  const { charger: texts, chargers: listTexts } = words.value;
  return (
    <Section title={terms.value.charger}>
      <Facts
        facts={[
          [texts.vendor, [row.vendor, row.model].filter(Boolean).join(' ')],
          [listTexts.firmware, row.firmware],
          [listTexts.protocol, `OCPP ${protocolOf(row)}`],
          [terms.value.site, row.site],
          [texts.link, texts.links[row.link]],
          [texts.linkError, row.linkError && <span lang="en">{row.linkError}</span>],
          [texts.csmsIdentity, row.csmsIdentity],
          [listTexts.seen, ago(row.lastSeenMs)],
          [texts.firstSeen, moment(sheet.firstSeenMs)],
          [texts.booted, sheet.bootAtMs && `${moment(sheet.bootAtMs)} · ${row.boot ?? '–'}`],
          [texts.csmsStatus, sheet.csmsStatus],
          [texts.source, row.source && <code>{row.source}</code>],
          [texts.callback, row.callback && <code>{row.callback}</code>],
          [pageNames.value.outbox, texts.messages(row.waiting, row.dead)],
          [texts.lacks, sheet.lacks.join(', ')],
          [texts.changedSettings, sheet.changedSettings.join(', ')],
        ]}
      />
    </Section>
  );
}

function Transactions({ sheet }: { readonly sheet: ChargerSheet }) {
  const { charger: texts } = words.value;
  if (sheet.transactions.length === 0) return null;
  return (
    <Section title={texts.transactions}>
      <ul class="plain">
        {sheet.transactions.map(({ connector, chargerTxId, csmsTxId, startedAt }) => (
          <li key={connector}>
            <strong>{texts.connector(connector)}</strong> {said(startedAt)}{' '}
            <span class="quiet">{texts.txIds(chargerTxId ?? '–', csmsTxId ?? '–')}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
