import type { PerPhase, Scenario, Session, Site } from '../../../optimizer/site.ts';
import { planAround } from './around.ts';
import { connectorAt } from './connectors.ts';
import type { Situation } from './glance.ts';
import type { SessionTarget, SiteChange } from './ports.ts';
import type { SiteSettings } from './settings.ts';

/** Two such plans and the way to their thread end before whoever asks gives up. */
const longestSolveMs = 4_000;

/** The scenario of a site as it is now, and as it would be with a change; nothing of the site is touched. */
export function trialOf(
  settings: SiteSettings,
  { scenario, reserved, signals }: Situation,
  change: SiteChange,
  nowS: number,
): { readonly present: Scenario; readonly changed: Scenario } {
  const present = atNow(scenario, nowS);
  const co2 = signals.flatMap(({ signal }) => (signal.kind === 'co2' ? signal.steps : []));
  const { co2WeightPerKg } = change;
  const weighed =
    co2WeightPerKg === undefined
      ? present.co2
      : co2.map(({ fromS, gPerKwh }) => ({ fromS, moneyPerKwh: (gPerKwh / 1000) * co2WeightPerKg }));
  const changed = { ...changedScenario(settings, present, change), co2: weighed };
  return { present: planAround(present, reserved), changed: planAround(changed, reserved) };
}

/** A car that should have left stays for one more slot, as in every plan. */
function atNow(scenario: Scenario, nowS: number): Scenario {
  const { site, sessions } = scenario;
  const leastS = nowS + site.slotMinutes * 60;
  const timeLimitMs = Math.min(site.engine.timeLimitMs, longestSolveMs);
  return {
    ...scenario,
    nowS,
    site: { ...site, engine: { ...site.engine, timeLimitMs } },
    sessions: sessions.map((session) => ({ ...session, departureS: Math.max(session.departureS, leastS) })),
  };
}

function changedScenario(settings: SiteSettings, present: Scenario, change: SiteChange): Scenario {
  const { limitA, sessions: targets = [], prices, unmetPerKwh, urgencyPerKwhHour, peakPolicy, fairness } = change;
  const { site, shares, ...rest } = present;
  const objective = {
    ...site.objective,
    ...(unmetPerKwh === undefined ? {} : { unmetPerKwh }),
    ...(urgencyPerKwhHour === undefined ? {} : { urgencyPerKwhHour }),
    ...(peakPolicy === undefined ? {} : { peakPolicy }),
    ...(fairness === undefined ? {} : { fairness }),
  };
  return {
    ...rest,
    // safe shares are of the limit that they were made for
    ...(shares === undefined || limitA !== undefined ? {} : { shares }),
    site: { ...site, objective, tree: limitA === undefined ? site.tree : withRootLimit(site, limitA) },
    sessions: targets.reduce<readonly Session[]>(
      (sessions, target) => withTarget(settings, present.nowS, sessions, target),
      present.sessions,
    ),
    ...(prices === undefined ? {} : { prices }),
  };
}

function withRootLimit({ tree }: Site, limitA: number): Site['tree'] {
  const maxCurrentA: PerPhase<number> = [limitA, limitA, limitA];
  return tree.map((node) => (node.parent === undefined ? { ...node, maxCurrentA } : node));
}

/** Another wish of the car that is there; on an empty connector, of one that comes now. */
function withTarget(
  settings: SiteSettings,
  nowS: number,
  sessions: readonly Session[],
  target: SessionTarget,
): readonly Session[] {
  const { chargePoint, connector, departureS, ...wishes } = target;
  const isOn = (session: Session) => session.chargePoint === chargePoint && session.connector === connector;
  const wished = { ...wishes, ...(departureS === undefined ? {} : { departureS }) };
  const present = sessions.find(isOn);
  if (present !== undefined)
    return sessions.map((session) => (session === present ? { ...session, ...wished } : session));
  return [...sessions, { ...newcomer(settings, nowS, target), ...wished }];
}

function newcomer(settings: SiteSettings, nowS: number, { chargePoint, connector }: SessionTarget): Session {
  const { energyKwh, maxCurrentA, phases, stayHours } = settings.sessionDefaults;
  return {
    chargePoint,
    connector,
    sinceS: nowS,
    arrivalS: nowS,
    departureS: nowS + stayHours * 3600,
    energyKwh,
    energyServedKwh: 0,
    maxCurrentA,
    phases,
    priority: connectorAt(settings.site, chargePoint, connector)?.priority ?? 1,
  };
}
