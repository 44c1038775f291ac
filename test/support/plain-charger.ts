import type { Payload } from '../../src/gateway/ports.ts';
import type { OcppVersion } from '../../src/ocpp-s/message.ts';
import { type Called, type Reaction, SoapCharger } from './soap-charger.ts';

export type PlainChargerSettings = {
  readonly identity: string;
  readonly endpoint: string;
  readonly vendor: string;
  /** Default: 1.6. */
  readonly ocpp?: OcppVersion;
  /** Its configuration, by key. */
  readonly keys?: Readonly<Record<string, string>>;
  /** What it says to the calls of smart charging. */
  readonly incapable?: Reaction;
  /** What it says to RemoteStartTransaction; default: Accepted. */
  readonly remoteStart?: Reaction;
};

const profileActions = ['SetChargingProfile', 'ClearChargingProfile', 'GetCompositeSchedule'];

/** A charger without smart charging, of OCPP 1.6 without the profile or of an older version: it keeps configuration keys, and starts and stops sessions. */
export class PlainCharger {
  readonly keys: Map<string, string>;
  readonly #soap: SoapCharger;
  readonly #settings: PlainChargerSettings;

  constructor(settings: PlainChargerSettings) {
    this.#settings = settings;
    this.keys = new Map(Object.entries(settings.keys ?? {}));
    this.#soap = new SoapCharger({ ...settings, prefix: 'SOAP-ENV' });
    this.#soap.react = (action) => this.#react(action);
  }

  get identity(): string {
    return this.#settings.identity;
  }

  /** Listens, boots, and tells of connectors 1 and 2. */
  async start(): Promise<void> {
    await this.#soap.start();
    await this.boot();
    await this.say('StatusNotification', { connectorId: 2, errorCode: 'NoError', status: 'Available' });
  }

  boot(): Promise<unknown> {
    return this.say('BootNotification', { chargePointVendor: this.#settings.vendor, chargePointModel: 'Plain' });
  }

  say(action: string, payload: Payload): Promise<unknown> {
    return this.#soap.say(action, payload);
  }

  /** Starts a transaction; the id that it is told. */
  async startTransaction(connectorId: number, timestamp = new Date().toISOString()): Promise<number> {
    const request = { connectorId, idTag: 'TAG-1', timestamp, meterStart: 0 };
    return Number(((await this.say('StartTransaction', request)) as Payload)['transactionId']);
  }

  stopTransaction(transactionId: number): Promise<unknown> {
    return this.say('StopTransaction', { transactionId, timestamp: new Date().toISOString(), meterStop: 1 });
  }

  stop(): Promise<void> {
    return this.#soap.stop();
  }

  /** What it was asked under an action, oldest first. */
  asked(action: string): readonly Payload[] {
    return this.#soap.called.filter((call) => call.action === action).map((call) => call.payload as Payload);
  }

  /** What was written, oldest first: `key=value`. */
  get writes(): readonly string[] {
    return this.asked('ChangeConfiguration').map(({ key, value }) => `${String(key)}=${String(value)}`);
  }

  #react(action: string): Reaction {
    const payload = ((this.#soap.called.at(-1) as Called).payload ?? {}) as Payload;
    if (profileActions.includes(action)) return this.#settings.incapable ?? { fault: ['Receiver', 'NotSupported'] };
    if (action === 'RemoteStartTransaction') return this.#settings.remoteStart ?? { status: 'Accepted' };
    if (action === 'ChangeConfiguration') return this.#change(String(payload['key']), String(payload['value']));
    if (action === 'GetConfiguration') return this.#configuration([payload['key'] ?? []].flat().map(String));
    return { status: 'Accepted' };
  }

  #change(key: string, value: string): Reaction {
    if (!this.keys.has(key)) return { status: 'NotSupported' };
    this.keys.set(key, value);
    return { status: 'Accepted' };
  }

  #configuration(asked: readonly string[]): Reaction {
    const names = asked.length === 0 ? [...this.keys.keys()] : asked.filter((key) => this.keys.has(key));
    const unknownKey = asked.filter((key) => !this.keys.has(key));
    return {
      configurationKey: names.map((key) => ({ key, readonly: false, value: this.keys.get(key) })),
      ...(unknownKey.length === 0 ? {} : { unknownKey }),
    };
  }
}
