import type { ConnectorProfiles, ConnectorState } from '../../operator/views/chargers.ts';
import { ago, amperes, fine, percent, wattHours, watts } from '../format.ts';
import { named, terms, words } from '../words/words.ts';
import { Badge, statusTone } from './badge.tsx';
import { Facts } from './facts.tsx';
import { Empty } from './notice.tsx';
import { ProfileStack } from './profile-stack.tsx';
import { WhyChain } from './why-chain.tsx';

type ConnectorPanelProps = {
  readonly state: ConnectorState;
  readonly profiles: ConnectorProfiles | undefined;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
};

/** A connector: what it does now, what it may draw, and why. */
export function ConnectorPanel({ state, profiles, isOpen, onOpen }: ConnectorPanelProps) {
  const { charger: texts, statuses } = words.value;
  return (
    <section class="panel connector">
      <header>
        <h2>{texts.connector(state.connector)}</h2>
        <Badge tone={statusTone(state.status)}>
          {state.status === undefined ? texts.unknownStatus : named(statuses, state.status)}
        </Badge>
        {state.errorCode !== undefined && <Badge tone="bad">{state.errorCode}</Badge>}
      </header>
      <div class="readings">
        <Reading title={terms.value.power} value={state.powerW === undefined ? '–' : watts(state.powerW)} />
        <Reading title={texts.limit} value={state.limitA === undefined ? texts.noLimit : amperes(state.limitA)} />
        <Reading title={texts.energy} value={state.energyWh === undefined ? '–' : wattHours(state.energyWh)} />
        <Reading title={texts.soc} value={state.socPercent === undefined ? '–' : percent(state.socPercent / 100)} />
      </div>
      <Facts
        facts={[
          [texts.current, state.currentA?.map((value, phase) => `L${phase + 1} ${fine(value)}`).join(' · ')],
          [texts.measured, state.measuredAtMs && ago(state.measuredAtMs)],
        ]}
      />
      {isOpen ? (
        <Rules profiles={profiles} />
      ) : (
        <button type="button" onClick={onOpen}>
          {texts.showWhy}
        </button>
      )}
    </section>
  );
}

function Reading({ title, value }: { readonly title: string; readonly value: string }) {
  return (
    <div>
      <span class="quiet">{title}</span>
      <b>{value}</b>
    </div>
  );
}

function Rules({ profiles }: { readonly profiles: ConnectorProfiles | undefined }) {
  const { charger: texts } = words.value;
  if (profiles === undefined) return <Empty>{texts.noRules}</Empty>;
  return (
    <>
      <h3>{texts.whyTitle}</h3>
      {profiles.why.length === 0 ? <Empty>{texts.noRules}</Empty> : <WhyChain steps={profiles.why} />}
      <h3>{texts.stackTitle}</h3>
      {profiles.profiles.length === 0 && <Empty>{texts.noProfiles}</Empty>}
      {(profiles.profiles.length > 0 || profiles.composite.length > 0) && <ProfileStack profiles={profiles} />}
    </>
  );
}
