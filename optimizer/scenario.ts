import { chargingProfile } from './messages.ts';
import { flag, integer, optional, type Read, text } from './reading.ts';
import { atLeastOne, notNegative, phaseCount, time } from './scenario-fields.ts';
import { refuse, whole, wholeList } from './scenario-form.ts';
import { signalReaders } from './scenario-signals.ts';
import { readSite, type SessionDefaults } from './scenario-site.ts';
import type { Scenario, Session, Site } from './site.ts';

const session = whole({
  chargePoint: text,
  connector: optional(atLeastOne),
  since: optional(time),
  arrival: optional(time),
  departure: optional(time),
  energyKwh: optional(notNegative),
  energyServedKwh: optional(notNegative),
  maxCurrentA: optional(notNegative),
  phases: optional(phaseCount),
  priority: optional(integer),
  isCharging: optional(flag),
  transactionId: optional(integer),
});

const profile = whole({
  chargePoint: text,
  connectorId: integer,
  receivedAt: optional(time),
  csChargingProfiles: chargingProfile,
});

const scenario = whole({
  site: readSite,
  now: optional(time),
  sessions: optional(wholeList(session)),
  profiles: optional(wholeList(profile)),
  prices: optional(signalReaders.prices),
  load: optional(signalReaders.load),
  pv: optional(signalReaders.pv),
  external: optional(signalReaders.external),
  co2: optional(signalReaders.co2),
});

/**
 * Reads a scenario: `{site, now, sessions, profiles, prices, load, pv, external, co2}`, every absent key by its default
 * and an absent `now` as `nowS`. Throws ScenarioError with everything that is wrong.
 */
export function readScenario(value: unknown, nowS: number): Scenario {
  const given = scenario(value, '');
  const { site, sessionDefaults, co2WeightPerKg } = given.site;
  const startS = given.now ?? nowS;
  refuse(sessionViolations(site, given.sessions ?? []));
  return {
    site,
    nowS: startS,
    sessions: (given.sessions ?? []).map((one) => sessionOf(site, one, sessionDefaults, startS)),
    profiles: (given.profiles ?? []).map(({ receivedAt, csChargingProfiles, ...place }) => ({
      ...place,
      receivedAtS: receivedAt ?? startS,
      profile: csChargingProfiles,
    })),
    prices: ascending((given.prices ?? []).map(({ from, perKwh }) => ({ fromS: from, perKwh }))),
    load: ascending((given.load ?? []).map(({ from, currentA }) => ({ fromS: from, currentA }))),
    pv: ascending((given.pv ?? []).map(({ from, kw }) => ({ fromS: from, kw }))),
    external: ascending((given.external ?? []).map(({ from, ...limit }) => ({ fromS: from, ...limit }))),
    co2: ascending(co2Steps(given.co2 ?? [], co2WeightPerKg)),
  };
}

function co2Steps(
  given: readonly { readonly from: number; readonly gPerKwh: number }[],
  weightPerKg: number,
): Scenario['co2'] {
  return given.map(({ from, gPerKwh }) => ({ fromS: from, moneyPerKwh: (gPerKwh / 1000) * weightPerKg }));
}

/** A car without an arrival came when it was plugged in; one without either is there since now. */
function sessionOf(site: Site, given: Read<typeof session>, defaults: SessionDefaults, nowS: number): Session {
  const arrivalS = given.arrival ?? given.since ?? nowS;
  const number = given.connector ?? 1;
  const wired = site.connectors.find((known) => known.chargePoint === given.chargePoint && known.connector === number);
  return {
    chargePoint: given.chargePoint,
    connector: number,
    sinceS: given.since ?? arrivalS,
    arrivalS,
    departureS: given.departure ?? Math.max(arrivalS, nowS) + defaults.stayHours * 3600,
    energyKwh: given.energyKwh ?? defaults.energyKwh,
    energyServedKwh: given.energyServedKwh ?? 0,
    maxCurrentA: given.maxCurrentA ?? defaults.maxCurrentA,
    phases: given.phases ?? defaults.phases,
    priority: given.priority ?? wired?.priority ?? 1,
    ...(given.isCharging === undefined ? {} : { isCharging: given.isCharging }),
    ...(given.transactionId === undefined ? {} : { transactionId: given.transactionId }),
  };
}

function sessionViolations(site: Site, sessions: readonly Read<typeof session>[]): readonly string[] {
  return sessions.flatMap(({ chargePoint, connector = 1 }, index) => {
    const isKnown = site.connectors.some((known) => known.chargePoint === chargePoint && known.connector === connector);
    return isKnown
      ? []
      : [
          `sessions[${index}]: expected a connector of site.connectors, found connector ${connector} of "${chargePoint}"`,
        ];
  });
}

function ascending<S extends { readonly fromS: number }>(steps: readonly S[]): readonly S[] {
  return steps.toSorted((a, b) => a.fromS - b.fromS);
}
