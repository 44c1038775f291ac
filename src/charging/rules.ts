import { compositeOf } from '../../optimizer/composite.ts';
import type { Phases } from '../../optimizer/exact.ts';
import { type AllowedPeriod, allowedPeriods, type ProfileLook } from '../../optimizer/profile-periods.ts';
import { type InstalledProfile, type ProfileStore, transactionOn } from '../../optimizer/profile-store.ts';
import { setOn, stacksOf, txDefaultsOf, txProfilesOf } from '../../optimizer/stacks.ts';
import type { Station } from '../../optimizer/station.ts';
import type { ConnectorRules, RulePeriod, RulesWindow, StackedProfile } from '../gateway/charging-port.ts';
import type { ChargingState } from './ports.ts';
import type { ChargingSettings } from './settings.ts';
import { nameOf } from './site/connectors.ts';
import type { SiteRule } from './site/ports.ts';
import { type Prevailing, whyOf } from './why.ts';

/** All that rules a charger, as it is at the beginning of the window. */
export type RulesSubject = {
  readonly identity: string;
  readonly settings: ChargingSettings;
  /** With what a site has told the charger as its local limits. */
  readonly station: Station;
  readonly state: ChargingState;
  readonly siteRules: ReadonlyMap<number, SiteRule>;
};

/** As many as can be drawn. */
const mostPeriods = 2_000;

/** What rules each connector, 1 first. */
export function rulesOf(subject: RulesSubject, window: RulesWindow): readonly ConnectorRules[] {
  const stacks = stacksOf(subject.station, subject.state.store);
  return subject.station.localLimits.map((_, index) => {
    const connector = index + 1;
    const query = {
      connectorId: connector,
      startS: window.fromS,
      durationS: window.toS - window.fromS,
      unit: 'A',
    } as const;
    const bounds = { maxDurationS: query.durationS, maxPeriods: mostPeriods, maxBorders: 100_000 };
    return {
      connector,
      fromMs: window.fromS * 1000,
      toMs: window.toS * 1000,
      why: why(subject, connector, window),
      profiles: stackOn(subject, connector, window),
      composite: compositeOf(stacks, query, bounds).periods.map(({ startPeriod, limit }) => ({
        atMs: (window.fromS + startPeriod) * 1000,
        limitA: limit,
      })),
    };
  });
}

function why(subject: RulesSubject, connector: number, window: RulesWindow): ConnectorRules['why'] {
  const { identity, settings, state, siteRules } = subject;
  return whyOf({
    name: nameOf(identity, connector),
    maxCurrentA: settings.maxCurrentA,
    site: siteRules.get(connector),
    prevailing: prevailingOn(subject, connector, window),
    written: state.written[connector] ?? state.written[0],
  });
}

// ------------------------------------------------------------------------------------------------ the stack

function stackOn(subject: RulesSubject, connector: number, window: RulesWindow): readonly StackedProfile[] {
  const look = lookAt(subject, connector, window);
  const { profiles } = subject.state.store;
  const ofCsms = profiles.filter(({ connectorId }) => connectorId === connector || connectorId === 0);
  const ofGateway = (subject.siteRules.get(connector)?.told ?? []).map(({ csChargingProfiles: profile }) => ({
    connectorId: connector,
    receivedAtS: window.fromS,
    profile,
  }));
  return [
    ...ofCsms.map((installed) => stacked(installed, 'csms', look)),
    ...ofGateway.map((installed) => stacked(installed, 'gateway', look)),
  ].toSorted((one, other) => other.stackLevel - one.stackLevel);
}

function stacked(installed: InstalledProfile, from: StackedProfile['from'], look: ProfileLook): StackedProfile {
  const { profile } = installed;
  return {
    id: profile.chargingProfileId,
    purpose: profile.chargingProfilePurpose,
    stackLevel: profile.stackLevel,
    from,
    kind: profile.chargingProfileKind,
    periods: allowedPeriods(installed, look).map((period, index, all) => shown(period, all[index + 1], look.endS)),
    profile,
  };
}

/** An end is told where nothing follows at once, within the window. */
function shown({ fromS, untilS, limitA }: AllowedPeriod, next: AllowedPeriod | undefined, endS: number): RulePeriod {
  const goesOn = untilS === endS || next?.fromS === untilS;
  return { atMs: fromS * 1000, limitA, ...(goesOn ? {} : { untilMs: untilS * 1000 }) };
}

function lookAt({ settings, state }: RulesSubject, connector: number, { fromS, toS }: RulesWindow): ProfileLook {
  return {
    startS: fromS,
    endS: toS,
    chargingStartS: transactionOn(state.store, connector)?.startedAtS,
    nominalVoltageV: settings.voltageV,
    phases: phasesOf(settings.phases),
    mostPeriods,
  };
}

function phasesOf(count: number): Phases {
  return count === 1 || count === 2 ? count : 3;
}

// ------------------------------------------------------------------------------------------------ what prevails

/** Of the station's limit and of the connector's own profiles (OCPP 1.6 §3.12.1) the highest that is active now. */
function prevailingOn(subject: RulesSubject, connector: number, { fromS }: RulesWindow): readonly Prevailing[] {
  const { store } = subject.state;
  const look = { ...lookAt(subject, connector, { fromS, toS: fromS + 1 }), mostPeriods: 1 };
  const highest = (profiles: readonly InstalledProfile[]) => highestNow(profiles, look);
  const own = highest(txProfilesOf(store, transactionOn(store, connector))) ?? highest(txDefaultsOf(store, connector));
  const ofStation = highest(stationLimits(store));
  return [ofStation, own].filter((prevailing) => prevailing !== undefined);
}

const stationLimits = (store: ProfileStore) => setOn(store, 0, 'ChargePointMaxProfile');

function highestNow(profiles: readonly InstalledProfile[], look: ProfileLook): Prevailing | undefined {
  const active = profiles.flatMap((installed) => {
    const [now] = allowedPeriods(installed, look);
    return now === undefined ? [] : [{ installed, limitA: now.limitA }];
  });
  return active.toSorted((a, b) => b.installed.profile.stackLevel - a.installed.profile.stackLevel)[0];
}
