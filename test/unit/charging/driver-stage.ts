import { emptyStore, setProfile, startTransaction, stopTransaction } from '../../../optimizer/profiles.ts';
import type { ProfileStore } from '../../../optimizer/profile-store.ts';
import type { Driving } from '../../../src/charging/desk.ts';
import { createDriver } from '../../../src/charging/driver.ts';
import type { ChargerModel, DrivingSettings, Write } from '../../../src/charging/models.ts';
import type { ChargingState } from '../../../src/charging/ports.ts';
import { stationOf } from '../../../src/charging/settings.ts';
import type { ChargerFacts, ChargerLine, OpenTransaction } from '../../../src/gateway/charging-port.ts';
import type { ChargerWire, Delivery, Log, Payload } from '../../../src/gateway/ports.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

type Call = readonly [action: string, payload: Payload];

/** A charger that does what it is told, unless `script` says something else. */
export class ScriptedCharger implements ChargerLine {
  readonly calls: Call[] = [];
  readonly configuration = new Map<string, string>();
  script: (action: string, payload: Payload) => Delivery | undefined = () => undefined;
  /** What each connector was told by DataTransfer. */
  readonly transfers: Payload[] = [];

  async call(_identity: string, action: string, payload: Payload): Promise<Delivery> {
    this.calls.push([action, payload]);
    return this.script(action, payload) ?? answered(this.#do(action, payload));
  }

  facts: (identity: string) => Promise<ChargerFacts | undefined> = async () => undefined;

  async chargers(): Promise<readonly ChargerFacts[]> {
    return [];
  }

  /** The calls of one action, and forgets them all. */
  take(action: string): readonly Payload[] {
    const taken = this.calls.filter(([name]) => name === action).map(([, payload]) => payload);
    this.calls.length = 0;
    return taken;
  }

  #do(action: string, payload: Payload): Payload {
    if (action === 'ChangeConfiguration') this.configuration.set(String(payload['key']), String(payload['value']));
    if (action === 'DataTransfer') this.transfers.push(payload);
    if (action !== 'GetConfiguration') return { status: 'Accepted' };
    const keys = payload['key'] as readonly string[];
    const known = keys.flatMap((key) => {
      const value = this.configuration.get(key);
      return value === undefined ? [] : [{ key, readonly: false, value }];
    });
    return { configurationKey: known, unknownKey: keys.filter((key) => !this.configuration.has(key)) };
  }
}

export const answered = (payload: Payload): Delivery => ({ kind: 'answered', payload });
export const unheard: Delivery = { kind: 'unreachable', reason: 'no route', sent: false };
export const unanswered: Delivery = { kind: 'unreachable', reason: 'no answer in time', sent: true };

type Options = {
  readonly connectors?: number;
  readonly settings?: Partial<DrivingSettings>;
  readonly boot?: Payload;
  readonly written?: ChargingState['written'];
  readonly clock?: VirtualClock;
  readonly line?: ScriptedCharger;
};

/** A driver with one charger in its hands, and the desk's part of the work. */
export class Stage {
  readonly clock: VirtualClock;
  readonly line: ScriptedCharger;
  readonly logged: string[] = [];
  readonly anomalies: string[] = [];
  readonly driver: Driving;
  written: ChargingState['written'];
  store: ProfileStore = emptyStore;
  boot: Payload;
  wire: ChargerWire = 'ocpp1.5-soap';
  /** Nothing is kept before it resolves. */
  disk: Promise<void> = Promise.resolve();
  statuses: Record<number, string> = {};
  transactions: readonly OpenTransaction[] = [];
  #connectors: number;
  #transactionId = 100;
  #failing = false;

  constructor(models: readonly ChargerModel[], options: Options = {}) {
    this.clock = options.clock ?? new VirtualClock();
    this.line = options.line ?? new ScriptedCharger();
    this.boot = options.boot ?? { chargePointVendor: 'Maker', chargePointModel: 'One' };
    this.written = options.written ?? {};
    this.#connectors = options.connectors ?? 1;
    this.driver = createDriver({
      models: () => models,
      settings: () => ({ driveBy: 'model', model: undefined, restCurrentA: undefined, ...options.settings }),
      line: this.line,
      clock: this.clock,
      log: this.#log(),
      meters: { anomaly: (kind) => this.anomalies.push(kind) },
      remember: async (_identity, written) => {
        await this.disk;
        if (this.#failing) throw new Error('the disk is full');
        this.written = written;
      },
      chance: () => 0,
    });
  }

  /** The CSMS limits a connector (0: all of them, each) by a TxDefaultProfile, and the driver is told. */
  limit(limitA: number, connectorId = 0): Promise<void> {
    return this.set(connectorId, { purpose: 'TxDefaultProfile', periods: [[0, limitA]] });
  }

  set(connectorId: number, profile: Profile): Promise<void> {
    const outcome = setProfile(
      this.#station(),
      this.store,
      { connectorId, csChargingProfiles: messageOf(connectorId, profile) },
      this.#nowS(),
    );
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
    this.store = outcome.store;
    return this.update();
  }

  begin(connectorId: number, idTag = 'TAG-1'): Promise<void> {
    this.#transactionId += 1;
    const startedAtMs = this.clock.now();
    const transaction = { connectorId, transactionId: this.#transactionId, startedAtS: Math.floor(startedAtMs / 1000) };
    this.transactions = [...this.transactions, { connectorId, transactionId: this.#transactionId, idTag, startedAtMs }];
    this.store = startTransaction(this.#station(), this.store, transaction);
    return this.update();
  }

  end(connectorId: number): Promise<void> {
    this.transactions = this.transactions.filter((transaction) => transaction.connectorId !== connectorId);
    this.store = stopTransaction(this.store, connectorId);
    return this.update();
  }

  /** It booted with the same BootNotification as before. */
  reboot(): Promise<void> {
    this.boot = { ...this.boot };
    return this.update();
  }

  status(connectorId: number, status: string): Promise<void> {
    this.statuses = { ...this.statuses, [connectorId]: status };
    return this.update();
  }

  connectors(count: number): Promise<void> {
    this.#connectors = count;
    return this.update();
  }

  fillDisk(): void {
    this.#failing = true;
  }

  facts(): ChargerFacts {
    const { wire, boot, transactions, statuses } = this;
    return { identity: 'CP-1', wire, connectors: this.#connectors, boot, transactions, statuses };
  }

  async update(): Promise<void> {
    const { store, written } = this;
    const facts = this.facts();
    const capability = { smartCharging: 'no', firmwareVersion: undefined } as const;
    this.driver.update(facts, this.#station(), store, { store, capability, written, awaited: {} });
    await this.clock.advance(0);
  }

  minutes(count: number): Promise<void> {
    return this.clock.advance(count * 60_000);
  }

  seconds(count: number): Promise<void> {
    return this.clock.advance(count * 1000);
  }

  /** The values written since it was asked last. */
  values(): readonly unknown[] {
    return this.line.take('ChangeConfiguration').map(({ value }) => value);
  }

  #station() {
    const limits = { maxCurrentA: 32, phases: 3, voltageV: 230 };
    return stationOf({ smartCharging: 'gateway', compositeSource: 'gateway', ...limits }, this.#connectors, true);
  }

  #nowS(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  #log(): Log {
    const note = (event: string) => this.logged.push(event);
    return { debug: note, info: note, warn: note, error: note };
  }
}

export type Profile = {
  readonly purpose: 'TxDefaultProfile' | 'ChargePointMaxProfile' | 'TxProfile';
  readonly periods: readonly (readonly [startS: number, limit: number])[];
  readonly unit?: 'A' | 'W';
};

/** Absolute, from the beginning of the virtual clock. */
function messageOf(connectorId: number, { purpose, periods, unit = 'A' }: Profile): Payload {
  return {
    chargingProfileId: { TxDefaultProfile: 100, ChargePointMaxProfile: 200, TxProfile: 300 }[purpose] + connectorId,
    stackLevel: 0,
    chargingProfilePurpose: purpose,
    chargingProfileKind: 'Absolute',
    chargingSchedule: {
      startSchedule: '2026-03-01T12:00:00Z',
      chargingRateUnit: unit,
      chargingSchedulePeriod: periods.map(([startPeriod, limit]) => ({ startPeriod, limit })),
    },
  };
}

type KeyWrite = Extract<Write, { readonly kind: 'changeConfiguration' }>;

/** A model whose key holds whole amperes per connector, 0 to pause. */
export function keyModel(write: Partial<KeyWrite> = {}, model: Partial<ChargerModel> = {}): ChargerModel {
  return {
    name: 'maker',
    vendors: ['Maker*'],
    models: ['*'],
    write: {
      kind: 'changeConfiguration',
      keys: ['Limit{connector}'],
      rebootNeeded: false,
      unit: 'A',
      scope: 'connector',
      step: 1,
      minimum: 6,
      below: 'zero',
      writableDuringSession: true,
      minIntervalS: 300,
      ...write,
    },
    stopStart: undefined,
    restA: 6,
    ...model,
  };
}

export const stopStartModel: ChargerModel = {
  ...keyModel(),
  write: undefined,
  stopStart: { fromA: 6, minOnS: 60, minOffS: 300 },
};

export const actions = (stage: Stage) => stage.line.calls.map(([action]) => action);

/** A session on connector 1 that has run long enough to be stopped. */
export async function charging(models = [stopStartModel], connectors = 1): Promise<Stage> {
  const stage = new Stage(models, { connectors });
  await stage.begin(1);
  await stage.minutes(2);
  stage.line.take('');
  return stage;
}

/** Its session was stopped for its limit, and is over. */
export async function paused(): Promise<Stage> {
  const stage = await charging();
  await stage.limit(5);
  await stage.end(1);
  stage.line.take('');
  return stage;
}
