import type { Payload } from '../payload.ts';

type Setting = { readonly value: string; readonly readonly: boolean };

/** The configuration keys of a charger (OCPP 1.6 §9) that this one has. */
export class Configuration {
  readonly #settings: Map<string, Setting>;

  constructor(connectors: number) {
    const changeable = {
      HeartbeatInterval: '300',
      MeterValueSampleInterval: '60',
      ConnectionTimeOut: '60',
      LocalPreAuthorize: 'false',
      StopTransactionOnInvalidId: 'true',
    };
    const fixed = {
      AuthorizeRemoteTxRequests: 'false',
      NumberOfConnectors: String(connectors),
      SupportedFeatureProfiles:
        'Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger',
      SupportedFileTransferProtocols: 'FTP,HTTP',
      ChargeProfileMaxStackLevel: '10',
      ChargingScheduleAllowedChargingRateUnit: 'Current,Power',
      ChargingScheduleMaxPeriods: '24',
      MaxChargingProfilesInstalled: '20',
    };
    const settings = (values: Readonly<Record<string, string>>, readonly: boolean) =>
      Object.entries(values).map(([key, value]) => [key, { value, readonly }] as const);
    this.#settings = new Map([...settings(changeable, false), ...settings(fixed, true)]);
  }

  /** ChangeConfiguration.conf. */
  change(key: string, value: string): Payload {
    const name = this.#nameOf(key);
    const setting = name === undefined ? undefined : this.#settings.get(name);
    if (name === undefined || setting === undefined) return { status: 'NotSupported' };
    if (setting.readonly) return { status: 'Rejected' };
    this.#settings.set(name, { value, readonly: false });
    return { status: 'Accepted' };
  }

  /** GetConfiguration.conf; no keys asks for all. */
  read(keys: readonly string[]): Payload {
    const asked = keys.length === 0 ? [...this.#settings.keys()] : keys;
    const known = asked.flatMap((key) => this.#nameOf(key) ?? []);
    return {
      configurationKey: known.map((key) => {
        const setting = this.#settings.get(key);
        return { key, readonly: setting?.readonly ?? true, value: setting?.value ?? '' };
      }),
      unknownKey: asked.filter((key) => this.#nameOf(key) === undefined),
    };
  }

  // Keys are CiStrings: compared without case (OCPP 1.6 §5.3).
  #nameOf(key: string): string | undefined {
    return [...this.#settings.keys()].find((name) => name.toLowerCase() === key.toLowerCase());
  }
}
