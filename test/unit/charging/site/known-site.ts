import { planWith } from '../../../../optimizer/plan.ts';
import type { PlanResult } from '../../../../optimizer/plan-result.ts';
import type { ProfileStore } from '../../../../optimizer/profile-store.ts';
import { emptyStore } from '../../../../optimizer/profiles.ts';
import type { Session, SiteConnector } from '../../../../optimizer/site.ts';
import { enginesWithoutWasm } from '../../../../optimizer/solver.ts';
import { isoTime } from '../../../../optimizer/time.ts';
import { createSiteInputs } from '../../../../src/charging/site/inputs.ts';
import type { News, SiteInputs, SiteMemory } from '../../../../src/charging/site/ports.ts';
import type { SiteSettings } from '../../../../src/charging/site/settings.ts';
import type { ChargerFacts, OpenTransaction } from '../../../../src/gateway/charging-port.ts';
import { morningS, plainSite } from '../../optimizer/depot.ts';

export { morningS } from '../../optimizer/depot.ts';

export function connectorOn(chargePoint: string, connector = 1): SiteConnector {
  return {
    chargePoint,
    connector,
    parent: 'main',
    phases: ['L1', 'L2', 'L3'],
    minCurrentA: 6,
    maxCurrentA: 32,
    priority: 1,
  };
}

/** One fuse of 40 A, charge points cp-1 and cp-2 with a connector each, 20 kWh and 8 hours by default. */
export const plainSettings: SiteSettings = {
  site: { ...plainSite, connectors: [connectorOn('cp-1'), connectorOn('cp-2')] },
  sessionDefaults: { energyKwh: 20, stayHours: 8, maxCurrentA: 16, phases: 3 },
  drivers: new Map(),
  learnStays: true,
  co2WeightPerKg: 0,
  replan: { onEvents: true, minIntervalS: 10, everyS: 900 },
  leaseS: 1800,
  calendar: undefined,
  load: { maxAgeS: 300, onLoss: 'keepLast' },
  pv: { maxAgeS: 900, onLoss: 'release' },
  external: { maxAgeS: 900, onLoss: 'keepLast' },
};

/** A site and what happens on it; time goes on by `pass`. */
export class KnownSite {
  readonly inputs: SiteInputs;
  nowS = morningS;

  constructor(changes: Partial<SiteSettings> = {}, memory?: SiteMemory) {
    this.inputs = createSiteInputs({ ...plainSettings, ...changes }, memory);
  }

  pass(seconds: number): void {
    this.nowS += seconds;
  }

  facts(chargePoint: string, transactions: readonly OpenTransaction[], ceilings: ProfileStore = emptyStore): News {
    const charger: ChargerFacts = {
      identity: chargePoint,
      wire: 'ocpp1.6-soap',
      connectors: 2,
      boot: undefined,
      transactions,
      statuses: {},
    };
    return this.inputs.facts(charger, ceilings, this.nowS);
  }

  /** A transaction that begins now. */
  begin(chargePoint = 'cp-1', changes: Partial<OpenTransaction> = {}): OpenTransaction {
    const transaction = {
      connectorId: 1,
      transactionId: 71,
      idTag: 'TAG-1',
      startedAtMs: this.nowS * 1000,
      ...changes,
    };
    this.facts(chargePoint, [transaction]);
    return transaction;
  }

  start(meterStart: number, idTag = 'TAG-1'): void {
    this.hear('StartTransaction', { connectorId: 1, idTag, timestamp: isoTime(this.nowS), meterStart });
  }

  stop(transactionId: number): News {
    return this.hear('StopTransaction', { transactionId, timestamp: isoTime(this.nowS), meterStop: 0 });
  }

  hear(action: string, payload: Readonly<Record<string, unknown>>, chargePoint = 'cp-1'): News {
    return this.inputs.heard(chargePoint, action, payload, this.nowS);
  }

  status(status: string, chargePoint = 'cp-1'): News {
    return this.hear('StatusNotification', { connectorId: 1, status, errorCode: 'NoError' }, chargePoint);
  }

  /** MeterValues with these sampled values; `[measurand, value, more]`. */
  meter(...sampled: readonly Sampled[]): News {
    return this.meterOf('cp-1', 1, ...sampled);
  }

  meterOf(chargePoint: string, connectorId: number, ...sampled: readonly Sampled[]): News {
    const sampledValue = sampled.map(([measurand, value, more]) => ({ measurand, value, ...more }));
    const meterValue = [{ timestamp: isoTime(this.nowS), sampledValue }];
    return this.hear('MeterValues', { connectorId, meterValue }, chargePoint);
  }

  /** Currents on the pins. */
  currents(...currents: readonly (number | string)[]): News {
    return this.meter(
      ...currents.map((value, pin): Sampled => ['Current.Import', String(value), { phase: `L${pin + 1}` }]),
    );
  }

  /** The same currents, again and again, until so many seconds have passed. */
  currentsFor(seconds: number, ...currents: readonly number[]): readonly News[] {
    const news: News[] = [];
    for (let passedS = 0; passedS < seconds; passedS += 30) {
      this.pass(30);
      news.push(this.currents(...currents));
    }
    return news;
  }

  measured(): readonly number[] | undefined {
    return this.inputs.measuredA('cp-1', 1, this.nowS);
  }

  /** The sessions of the scenario. */
  get sessions(): readonly Session[] {
    return this.inputs.scenario(this.nowS).scenario.sessions;
  }

  get session(): Session {
    const [session, ...others] = this.sessions;
    if (session === undefined || others.length > 0) throw new Error(`${others.length + 1} sessions, expected one`);
    return session;
  }

  get alarms(): readonly string[] {
    return this.inputs.scenario(this.nowS).alarms.map(({ kind, about }) => `${kind} ${about}`);
  }

  /** The plan of now, which is in force from now on. */
  plan(): PlanResult {
    const { scenario } = this.inputs.scenario(this.nowS);
    const greedily = { ...scenario.site, engine: { ...scenario.site.engine, kind: 'greedy' as const } };
    const plan = planWith(enginesWithoutWasm, { ...scenario, site: greedily });
    this.inputs.planned(plan);
    return plan;
  }

  /** As if a plan had allowed this much on three phases for an hour. */
  allow(currentA: number): void {
    const plan = this.plan();
    const connectors = plan.connectors.map((one) => ({ ...one, currentA: one.currentA.map(() => currentA) }));
    this.inputs.planned({ ...plan, connectors });
  }
}

export type Sampled = readonly [
  measurand: string | undefined,
  value: unknown,
  more?: Readonly<Record<string, unknown>>,
];
