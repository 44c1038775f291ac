import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Anomaly } from '../../src/ocpp/anomalies.ts';
import type { Gap } from '../../src/ocpp/gaps.ts';
import type { ServiceModel } from '../../src/ocpp/schema.ts';
import * as model12 from '../../src/ocpp-s/dialects/model-1.2.generated.ts';
import * as model15 from '../../src/ocpp-s/dialects/model-1.5.generated.ts';
import type { ProfileStore } from '../../optimizer/profile-store.ts';
import { type Driving, openDesk } from '../../src/charging/desk.ts';
import type { SiteControl } from '../../src/charging/site/ports.ts';
import type { ChargingSettings } from '../../src/charging/settings.ts';
import type { ChargerFacts } from '../../src/gateway/charging-port.ts';
import { startGateway, type Gateway } from '../../src/gateway/gateway.ts';
import type {
  ChargerCaller,
  ChargerReply,
  ChargerTarget,
  ChargerWire,
  Claim,
  CsmsDoor,
  CsmsLinks,
  Delivery,
  LinkSettings,
  LinkState,
  Log,
  Payload,
} from '../../src/gateway/ports.ts';
import type { GatewaySettings, StationSettings } from '../../src/gateway/settings.ts';
import type { Store } from '../../src/gateway/store-port.ts';
import { directTransfers, type TransfersDoor, type TransfersLine } from '../../src/gateway/transfers-port.ts';
import { openStore } from '../../src/store/open.ts';
import type { CampaignStore } from '../../src/transfers/campaigns/ports.ts';
import type { TransferStore } from '../../src/transfers/jobs/ports.ts';
import { noSites } from '../../src/charging/site/no-sites.ts';
import { recordingMeters } from './recording-meters.ts';
import { atRest, VirtualClock } from './virtual-clock.ts';

export type Heard = { readonly station: string; readonly action: string; readonly payload: Payload };

/** A CSMS behind the port: what it hears in order, what it answers, whether it is there. */
export class ScriptedCsms implements CsmsLinks {
  readonly heard: Heard[] = [];
  readonly opened = new Map<string, LinkSettings>();
  up = true;
  /** Answers a message; by default as an obliging CSMS. Undefined: never answers. */
  answer: (message: Heard) => Delivery | undefined = (message) => this.oblige(message);
  nextTransactionId = 100;
  #door: CsmsDoor | undefined;
  readonly #states = new Map<string, LinkState>();
  readonly #hanging = new Set<() => void>();
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  attach(door: CsmsDoor): CsmsLinks {
    this.#door = door;
    return this;
  }

  oblige({ action, payload }: Heard): Delivery {
    switch (action) {
      case 'BootNotification':
        return answered({ status: 'Accepted', currentTime: '2026-03-01T12:00:00Z', interval: 300 });
      case 'Authorize':
        return answered({ idTagInfo: { status: 'Accepted' } });
      case 'StartTransaction':
        return answered({ transactionId: this.nextTransactionId++, idTagInfo: { status: 'Accepted' } });
      case 'DataTransfer':
        return answered({ status: 'Accepted', data: payload['data'] });
      case 'Heartbeat':
        return answered({ currentTime: '2026-03-01T12:00:00Z' });
      default:
        return answered({});
    }
  }

  /** What it heard of an action, or of everything. */
  of(action?: string): Payload[] {
    return this.heard
      .filter((message) => action === undefined || message.action === action)
      .map(({ payload }) => payload);
  }

  actions(): string[] {
    return this.heard.map(({ action }) => action);
  }

  open(station: string, settings: LinkSettings): void {
    this.opened.set(station, settings);
    if (this.up) this.#connect(station);
    else this.#states.set(station, { kind: 'connecting', attempts: 2, lastError: 'connection refused' });
  }

  close(station: string): void {
    this.#disconnect(station, { kind: 'closed' });
  }

  state(station: string): LinkState {
    return this.#states.get(station) ?? { kind: 'closed' };
  }

  deliver(station: string, action: string, payload: Payload, deadlineMs: number): Promise<Delivery> {
    if (this.state(station).kind !== 'open') return Promise.resolve(unreachable(false));
    const message = { station, action, payload };
    this.heard.push(message);
    const delivery = this.answer(message);
    if (delivery !== undefined) return Promise.resolve(delivery);
    return new Promise((resolve) => {
      const end = () => {
        this.#hanging.delete(end);
        cancel();
        resolve(unreachable(true));
      };
      const cancel = this.#clock.after(deadlineMs, end);
      this.#hanging.add(end);
    });
  }

  shutdown(): Promise<void> {
    this.goDown();
    this.opened.clear();
    this.#states.clear();
    return Promise.resolve();
  }

  goDown(): void {
    this.up = false;
    for (const end of this.#hanging) end();
    for (const station of this.opened.keys()) {
      if (this.state(station).kind === 'closed') continue;
      this.#disconnect(station, { kind: 'connecting', attempts: 2, lastError: 'connection refused' });
    }
  }

  comeBack(): void {
    this.up = true;
    for (const station of this.opened.keys()) if (this.state(station).kind !== 'closed') this.#connect(station);
  }

  call(station: string, action: string, payload: Payload) {
    if (this.#door === undefined) throw new Error('no door');
    return this.#door.command(station, action, payload);
  }

  #connect(station: string): void {
    this.#states.set(station, { kind: 'open', sinceMs: 0 });
    this.#door?.linkOpened(station);
  }

  #disconnect(station: string, state: LinkState): void {
    const wasOpen = this.state(station).kind === 'open';
    this.#states.set(station, state);
    if (wasOpen) this.#door?.linkClosed(station);
  }
}

/** Of the versions that lack some of the operations of OCPP 1.6. */
const chargePoints: Partial<Record<ChargerWire, ServiceModel>> = {
  'ocpp1.2-soap': model12.chargePoint,
  'ocpp1.5-soap': model15.chargePoint,
};

/** Chargers behind the port: what they were asked, and what they answer. */
export class ScriptedChargers implements ChargerCaller {
  readonly asked: { readonly target: ChargerTarget; readonly action: string; readonly payload: Payload }[] = [];
  answer: (action: string, payload: Payload) => Delivery | Promise<Delivery> = () => answered({ status: 'Accepted' });

  can(wire: ChargerWire, action: string): boolean {
    const service = chargePoints[wire];
    return service === undefined || service.operations.some((operation) => operation.action === action);
  }

  async call(target: ChargerTarget, action: string, payload: Payload): Promise<Delivery> {
    this.asked.push({ target, action, payload });
    return this.answer(action, payload);
  }
}

export const answered = (payload: Payload): Delivery => ({ kind: 'answered', payload });
export const refused = (code: (Delivery & { kind: 'refused' })['code']): Delivery => {
  return { kind: 'refused', code, description: 'no', details: {} };
};
export const unreachable = (sent: boolean): Delivery => ({ kind: 'unreachable', reason: 'gone', sent });

export type SettingsChange = Partial<Omit<GatewaySettings, 'station'>> & {
  readonly station?: Partial<StationSettings>;
  readonly charging?: Partial<ChargingSettings>;
  readonly sites?: SiteControl;
  readonly transfers?: (line: TransfersLine, around: Around) => TransfersDoor;
};

/** What a harness builds other features on. */
export type Around = { readonly store: Store & TransferStore & CampaignStore; readonly clock: VirtualClock };

export type Driven = { readonly charger: ChargerFacts; readonly store: ProfileStore };

const chargingDefaults: ChargingSettings = {
  smartCharging: 'auto',
  compositeSource: 'charger',
  maxCurrentA: 32,
  phases: 3,
  voltageV: 230,
};

export type Harness = {
  readonly clock: VirtualClock;
  readonly csms: ScriptedCsms;
  readonly chargers: ScriptedChargers;
  readonly logged: { readonly level: string; readonly event: string; readonly fields: Payload }[];
  readonly counted: string[];
  /** What a charger without smart charging was to be driven by, as it changed. */
  readonly driven: Driven[];
  gateway(): Gateway;
  store(): Store & TransferStore & CampaignStore;
  /** A call of a charger, `CP1` from 10.0.0.7 unless told otherwise. */
  says(
    action: string,
    payload: Payload,
    about?: Partial<Claim> & { readonly anomalies?: readonly Anomaly[]; readonly gaps?: readonly Gap[] },
  ): Promise<ChargerReply>;
  /** As `says`; the payload of the answer, or an error. */
  asks(action: string, payload: Payload, about?: Parameters<Harness['says']>[2]): Promise<Payload>;
  /** Ends the gateway and its store, and starts both again on the same folder. */
  restart(changed?: Omit<SettingsChange, 'charging' | 'transfers'>): Promise<void>;
  /** Goes on under other settings. */
  reload(changed?: Omit<SettingsChange, 'charging' | 'transfers'>): Promise<void>;
  end(): Promise<void>;
};

export const bootPayload = { chargePointVendor: 'Acme', chargePointModel: 'Wall 1', firmwareVersion: '1.0' };

/** A gateway on a real store in a folder of its own, between a scripted CSMS and scripted chargers, in virtual time. */
export async function startHarness({
  charging: chargingChange,
  sites = noSites,
  transfers = () => directTransfers,
  ...change
}: SettingsChange = {}): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  const clock = new VirtualClock();
  const logged: { level: string; event: string; fields: Payload }[] = [];
  const counted: string[] = [];
  const log = recordingLog(logged);
  const settings = { ...settingsWith(change) };
  const csms = new ScriptedCsms(clock);
  const chargers = new ScriptedChargers();
  const meters = recordingMeters(counted);
  const charging = { ...chargingDefaults, ...chargingChange };
  const driven: Driven[] = [];
  const driving = () => recordingDriving(driven);
  const start = async () => {
    const store = await openStore({ folder, log });
    const gateway = await startGateway({
      settings,
      store,
      clock,
      log,
      meters,
      caller: chargers,
      links: (door) => csms.attach(door),
      charging: (line) => openDesk({ store, line, clock, log, meters, sites, settings: () => charging, driving }),
      transfers: (line) => transfers(line, { store, clock }),
    });
    return { store, gateway };
  };
  const stop = async () => {
    await running.gateway.stop();
    await atRest();
    await running.store.close();
  };
  let running = await start();
  const says: Harness['says'] = (action, payload, about = {}) => {
    const { anomalies = [], gaps = [], ...claim } = about;
    return running.gateway.chargers.receive({ ...claimOfCp1, ...claim }, { action, payload, anomalies, gaps });
  };
  return {
    clock,
    csms,
    chargers,
    logged,
    counted,
    driven,
    gateway: () => running.gateway,
    store: () => running.store,
    says,
    asks: async (action, payload, about) => payloadOf(await says(action, payload, about)),
    restart: async (changed) => {
      const wasUp = csms.up;
      await stop();
      csms.up = wasUp;
      Object.assign(settings, settingsWith({ ...change, ...changed }));
      running = await start();
    },
    reload: async (changed) => {
      const next = settingsWith({ ...change, ...changed });
      const changeOver = running.gateway.prepare(next);
      Object.assign(settings, next);
      changeOver();
      await atRest();
    },
    end: async () => {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

const claimOfCp1: Claim = {
  identity: 'CP1',
  peerAddress: '10.0.0.7',
  wire: 'ocpp1.6-soap',
  callbacks: ['http://10.0.0.7:8081/ocpp'],
};

function payloadOf(reply: ChargerReply): Payload {
  if (reply.kind === 'answered') return reply.payload;
  throw reply.kind === 'refused' ? reply.error : new Error(reply.reason);
}

function settingsWith({ station, ...change }: SettingsChange): GatewaySettings {
  return {
    unknownChargers: 'accept',
    offline: {
      waitMs: 8_000,
      unknownIdTag: 'reject',
      firstBoot: 'Pending',
      pendingIntervalS: 60,
      onLateInvalid: 'stop',
      queueDataTransferVendorIds: [],
    },
    outbox: { attempts: 5, retryIntervalMs: 60_000, receiptsMs: 7 * 86_400_000 },
    csmsDeadlineMs: 30_000,
    commandDeadlineMs: 15_000,
    station: (identity) => ({ ...stationDefaults(identity), ...station }),
    ...change,
  };
}

export function stationDefaults(identity: string): StationSettings {
  return {
    identity,
    registered: false,
    blocked: false,
    link: { url: 'ws://127.0.0.1:1/ocpp', csmsIdentity: identity, tls: {}, pingIntervalS: 60 },
    bootOnReconnect: 'if-charger-booted-or-csms-never-saw-it',
    profile: {
      mustUnderstand: true,
      responseTo: 'anonymous',
      responseHeaders: 'full',
      soapAction: false,
      faultHttpStatus: 'soap12',
    },
    access: {
      allowFrom: [],
      sourceChange: 'alert',
      pathSecret: undefined,
      basicPassword: undefined,
      requireCertificate: false,
    },
    callback: {
      endpoint: undefined,
      template: undefined,
      allowedNetworks: [],
      remoteCommands: true,
      basic: undefined,
    },
    repair: { vendorEnums: false, transactionId: false, phases: false, timezone: 'UTC' },
    acceptBeforeBoot: false,
  };
}

function recordingLog(logged: { level: string; event: string; fields: Payload }[]): Log {
  const at =
    (level: string) =>
    (event: string, fields: Payload = {}) => {
      logged.push({ level, event, fields });
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: (event, fields, cause) => {
      logged.push({ level: 'error', event, fields: { ...fields, cause } });
    },
  };
}

function recordingDriving(driven: Driven[]): Driving {
  return {
    update: (charger, _station, store) => driven.push({ charger, store }) > 0,
    release: () => undefined,
    settled: () => Promise.resolve(),
    rest: () => Promise.resolve(),
  };
}
