import { isDeepStrictEqual } from 'node:util';
import { lowerLimits, profileLimits } from '../../../optimizer/external-limits.ts';
import type { PlanResult } from '../../../optimizer/plan-result.ts';
import type { ProfileStore } from '../../../optimizer/profile-store.ts';
import type { CeilingProfile, PerPhase, Scenario, SiteConnector } from '../../../optimizer/site.ts';
import { epochSeconds } from '../../../optimizer/time.ts';
import type { ChargerFacts } from '../../gateway/charging-port.ts';
import type { Payload } from '../../gateway/ports.ts';
import { OcppError } from '../../ocpp/errors.ts';
import { allowedA } from './allowance.ts';
import { Bay, placeOf, type Surroundings } from './bay.ts';
import { beginningOf } from './car.ts';
import { readMeterValues } from './meter-values.ts';
import { bayAlarms, overloads } from './site-alarms.ts';
import type { Alarm, News, SessionTarget, Signal, SiteInputs, SiteMemory } from './ports.ts';
import type { SiteSettings } from './settings.ts';
import { Signals } from './signals.ts';
import { type Stays, withStay } from './stays.ts';
import { added, noCurrent, withStray } from './stray.ts';
import { checkTarget, targetToldBy, tellsTarget } from './targets.ts';

/** What is known of a site, with what was remembered of it before. */
export function createSiteInputs(settings: SiteSettings, memory: SiteMemory | undefined): SiteInputs {
  return new KnownSite(settings, memory);
}

class KnownSite implements SiteInputs {
  #settings: SiteSettings;
  /** By place, and by charge point. */
  #bays: ReadonlyMap<string, Bay>;
  #stations: ReadonlyMap<string, readonly Bay[]>;
  readonly #signals: Signals;
  #stays: Stays;
  #plan: PlanResult | undefined;
  readonly #ceilings = new Map<string, ProfileStore>();
  #ceiling: ProfileStore;

  constructor(settings: SiteSettings, memory: SiteMemory | undefined) {
    this.#settings = settings;
    this.#signals = new Signals(memory?.signals ?? []);
    this.#stays = memory?.stays ?? {};
    this.#ceiling = { profiles: memory?.ceiling ?? [], transactions: [] };
    this.#bays = new Map(
      settings.site.connectors.map((connector) => {
        const place = placeOf(connector.chargePoint, connector.connector);
        const bay = new Bay(connector, memory?.energies[place]);
        bay.target = memory?.targets[place];
        bay.chargerTarget = memory?.chargerTargets[place];
        return [place, bay];
      }),
    );
    this.#stations = byChargePoint(this.#bays);
  }

  configure(settings: SiteSettings): void {
    this.#settings = settings;
    this.#bays = new Map(
      settings.site.connectors.map((connector) => {
        const place = placeOf(connector.chargePoint, connector.connector);
        const bay = this.#bays.get(place) ?? new Bay(connector, undefined);
        bay.connector = connector;
        return [place, bay];
      }),
    );
    this.#stations = byChargePoint(this.#bays);
    for (const chargePoint of this.#ceilings.keys()) {
      if (!this.#stations.has(chargePoint)) this.#ceilings.delete(chargePoint);
    }
  }

  facts({ identity, transactions, statuses }: ChargerFacts, ceilings: ProfileStore, atS: number): News {
    const bays = this.#stations.get(identity);
    if (bays === undefined) return 'nothing';
    const areOther = !isDeepStrictEqual(this.#ceilings.get(identity)?.profiles ?? [], ceilings.profiles);
    this.#ceilings.set(identity, ceilings);
    const news = bays.map((bay): News => {
      const { connector } = bay.connector;
      const status = statuses[connector];
      if (status !== undefined) bay.saidBefore(status, atS);
      // of two, the older one's end was lost
      const transaction = transactions
        .filter(({ connectorId }) => connectorId === connector)
        .toSorted((a, b) => beginningOf(b, atS) - beginningOf(a, atS))[0];
      if (transaction !== undefined) return bay.runs(transaction, atS);
      return bay.rests(atS);
    });
    this.#learn(bays);
    return areOther ? 'session' : mostOf(news);
  }

  heard(chargePoint: string, action: string, payload: Payload, atS: number): News {
    const bays = this.#stations.get(chargePoint);
    if (bays === undefined) return 'nothing';
    const isTarget = action === 'DataTransfer' && tellsTarget(payload);
    const news = isTarget ? this.#told(chargePoint, payload, atS) : this.#heard(bays, action, payload, atS);
    this.#learn(bays);
    return news;
  }

  signal(signal: Signal, atS: number): News {
    return this.#signals.take(signal, atS);
  }

  target(target: SessionTarget, atS: number): News {
    const bay = this.#bayFor(target, atS);
    const isNew = !isDeepStrictEqual(bay.target, target);
    bay.target = target;
    return isNew && bay.hasCar ? 'session' : 'nothing';
  }

  get ceiling(): ProfileStore {
    return this.#ceiling;
  }

  limit(ceiling: ProfileStore): void {
    this.#ceiling = ceiling;
  }

  planned(plan: PlanResult): void {
    this.#plan = plan;
  }

  scenario(
    atS: number,
    isReserved: (connector: SiteConnector) => boolean = () => false,
  ): { readonly scenario: Scenario; readonly alarms: readonly Alarm[] } {
    const { isCautious, alarms, load, external, ...signals } = this.#signals.holding(this.#settings, atS);
    const { site } = this.#settings;
    const endS = atS + site.horizonHours * 3600;
    const allowed = profileLimits(this.#ceiling.profiles, site.nominalVoltageV, atS, endS);
    const bays = [...this.#bays.values()];
    const scenario: Scenario = {
      site: isCautious ? { ...site, engine: { ...site.engine, kind: 'share' } } : site,
      nowS: atS,
      sessions: bays.flatMap((bay) => bay.session(this.#allowedA(bay, atS), this.#surroundings, atS) ?? []),
      profiles: this.#profiles(),
      load,
      external: lowerLimits(external, allowed),
      ...signals,
    };
    const counted = bays.filter(({ connector }) => !isReserved(connector));
    const strayA = counted.map((bay) => bay.strayA(atS)).reduce(added, noCurrent);
    return {
      scenario: { ...scenario, load: withStray(load, strayA, atS) },
      alarms: [...alarms, ...overloads(scenario), ...bays.flatMap((bay) => bayAlarms(bay, atS))],
    };
  }

  nextChangeS(atS: number): number | undefined {
    const slotS = this.#settings.site.slotMinutes * 60;
    const extendedS = [...this.#bays.values()].flatMap((bay) => {
      const departureS = bay.departureS(this.#surroundings, atS);
      return departureS === undefined ? [] : [departureS - slotS];
    });
    const lossS = this.#signals.nextLossS(this.#settings, atS);
    const dueS = [...extendedS, ...(lossS === undefined ? [] : [lossS])].filter((nextS) => nextS > atS);
    return dueS.length === 0 ? undefined : Math.min(...dueS);
  }

  measuredA(chargePoint: string, connector: number, atS: number): PerPhase<number> | undefined {
    return this.#bays.get(placeOf(chargePoint, connector))?.measuredA(atS);
  }

  memory(): SiteMemory {
    const bays = [...this.#bays.values()];
    return {
      stays: this.#stays,
      targets: recordOf(bays, (bay) => bay.target),
      chargerTargets: recordOf(bays, (bay) => bay.chargerTarget),
      energies: recordOf(bays, (bay) => bay.energy),
      signals: this.#signals.memory(),
      ...(this.#ceiling.profiles.length === 0 ? {} : { ceiling: this.#ceiling.profiles }),
    };
  }

  // ---------------------------------------------------------------------------------------------- messages

  #heard(bays: readonly Bay[], action: string, payload: Payload, atS: number): News {
    switch (action) {
      case 'MeterValues':
        return this.#measured(bays, payload, atS);
      case 'StatusNotification':
        return this.#said(bays, payload, atS);
      case 'StartTransaction':
        return began(bays, payload);
      case 'StopTransaction':
        return stopped(bays, payload, atS);
      default:
        return 'nothing';
    }
  }

  #measured(bays: readonly Bay[], payload: Payload, atS: number): News {
    const report = readMeterValues(payload);
    if (report === undefined) return 'nothing';
    const bay = report.connector === 0 ? measuredByMain(bays) : bayOn(bays, report.connector);
    if (bay === undefined) return 'nothing';
    bay.rejects(report.rejected, atS);
    const isMain = report.connector === 0;
    return mostOf(
      report.samples.map((sample) => bay.hears(sample, isMain, this.#allowedA(bay, atS), this.#surroundings, atS)),
    );
  }

  #said(bays: readonly Bay[], { connectorId, status }: Payload, atS: number): News {
    const bay = bayOn(bays, connectorId);
    if (bay === undefined || typeof status !== 'string') return 'nothing';
    return bay.says(status, this.#allowedA(bay, atS), this.#surroundings, atS);
  }

  #told(chargePoint: string, payload: Payload, atS: number): News {
    const target = targetToldBy(chargePoint, payload);
    const bay = this.#bayFor(target, atS);
    const isNew = !isDeepStrictEqual(bay.chargerTarget, target);
    bay.chargerTarget = target;
    return isNew && bay.hasCar ? 'session' : 'nothing';
  }

  #learn(bays: readonly Bay[]): void {
    for (const bay of bays) {
      const stay = bay.takeStay();
      if (stay !== undefined) this.#stays = withStay(this.#stays, stay.idTag, stay.hours);
    }
  }

  // ---------------------------------------------------------------------------------------------- surroundings

  get #surroundings(): Surroundings {
    return { settings: this.#settings, stays: this.#stays };
  }

  /** The bay that a target is for. Throws OcppError. */
  #bayFor(target: SessionTarget, atS: number): Bay {
    const { chargePoint, connector } = target;
    const bay = this.#bays.get(placeOf(chargePoint, connector));
    if (bay !== undefined) {
      checkTarget(target, atS);
      return bay;
    }
    const expected = `a connector of site ${this.#settings.site.id}`;
    throw new OcppError(
      'PropertyConstraintViolation',
      `connector: expected ${expected}, found ${connector} of "${chargePoint}"`,
    );
  }

  /** Undefined while nothing was planned for the car that is there. */
  #allowedA({ connector }: Bay, atS: number): number | undefined {
    return this.#plan === undefined ? undefined : allowedA(this.#plan, connector, atS);
  }

  /** The profiles of the CSMS; those for transactions that are over rule nothing. */
  #profiles(): readonly CeilingProfile[] {
    return [...this.#ceilings].flatMap(([chargePoint, { profiles }]) =>
      profiles
        .filter(({ connectorId, profile: { transactionId } }) => {
          const running = this.#bays.get(placeOf(chargePoint, connectorId))?.transactionId;
          return transactionId === undefined || running === undefined || transactionId === running;
        })
        .map((profile) => ({ ...profile, chargePoint })),
    );
  }
}

function byChargePoint(bays: ReadonlyMap<string, Bay>): ReadonlyMap<string, readonly Bay[]> {
  const stations = new Map<string, Bay[]>();
  for (const bay of bays.values()) {
    const { chargePoint } = bay.connector;
    stations.set(chargePoint, [...(stations.get(chargePoint) ?? []), bay]);
  }
  return stations;
}

/** The facts will tell of the session; here its register is heard. */
function began(bays: readonly Bay[], { connectorId, idTag, timestamp, meterStart }: Payload): News {
  const sinceS = secondsOf(timestamp);
  if (typeof idTag !== 'string' || typeof meterStart !== 'number' || !(meterStart >= 0)) return 'nothing';
  if (sinceS !== undefined) {
    bayOn(bays, connectorId)?.begins({ idTag: idTag.toLowerCase(), sinceS, startWh: meterStart });
  }
  return 'nothing';
}

/** It ended by the charger's clock, if that may be. */
function stopped(bays: readonly Bay[], { transactionId, timestamp }: Payload, atS: number): News {
  const bay = bays.find((one) => one.transactionId !== undefined && one.transactionId === transactionId);
  return bay?.stops(Math.min(secondsOf(timestamp) ?? atS, atS)) ?? 'nothing';
}

function secondsOf(timestamp: unknown): number | undefined {
  return typeof timestamp === 'string' ? epochSeconds(timestamp) : undefined;
}

/** The only connector that its charge point's main meter can be about. */
function measuredByMain(bays: readonly Bay[]): Bay | undefined {
  const taken = bays.length === 1 ? bays : bays.filter(({ hasCar }) => hasCar);
  return taken.length === 1 ? taken[0] : undefined;
}

function bayOn(bays: readonly Bay[], connectorId: unknown): Bay | undefined {
  return bays.find(({ connector }) => connector.connector === connectorId);
}

function mostOf(news: readonly News[]): News {
  return news.includes('session') ? 'session' : news.includes('drift') ? 'drift' : 'nothing';
}

function recordOf<T>(bays: readonly Bay[], valueOf: (bay: Bay) => T | undefined): Readonly<Record<string, T>> {
  return Object.fromEntries(
    bays.flatMap((bay) => {
      const value = valueOf(bay);
      return value === undefined ? [] : [[bay.place, value] as const];
    }),
  );
}
