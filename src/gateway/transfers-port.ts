import type { Delivery, Payload } from './ports.ts';

/** What transfers must know of a charger. */
export type TransferCharger = {
  readonly identity: string;
  /** Where it speaks from; undefined until it has. */
  readonly address: string | undefined;
  /** It takes remote commands. */
  readonly commandable: boolean;
  /** Of its last BootNotification. */
  readonly firmwareVersion: string | undefined;
};

/** What firmware campaigns must know beside. */
export type FleetCharger = TransferCharger & {
  /** Of its last BootNotification. */
  readonly vendor: string | undefined;
  readonly model: string | undefined;
  /** It is served: neither blocked nor in quarantine. */
  readonly accepted: boolean;
  /** It has been quiet for so long that it counts as gone. */
  readonly silent: boolean;
  readonly openTransactions: number;
};

/** Calls of the CSMS that ask for a transfer. */
export type TransferAction = 'UpdateFirmware' | 'GetDiagnostics';

/** Messages that tell how a transfer goes. */
export type TransferStatusAction = 'FirmwareStatusNotification' | 'DiagnosticsStatusNotification';

/** The door of transfers: the gateway hands over what concerns firmware and diagnostics, `src/transfers/jobs` decides. */
export interface TransfersDoor {
  /** The conf for the CSMS; undefined: the call is for the charger itself. Throws OcppError. */
  answer(identity: string, action: TransferAction, payload: Payload): Promise<Payload | undefined>;
  /** The status that stands for the charger's, when the CSMS triggers such a message; undefined: the charger is to say it. */
  current(identity: string, action: TransferStatusAction): string | undefined;
  /**
   * A charger says how a transfer goes. `taken`: the CSMS hears of it, if it does, by `TransfersLine.tell`; `pass`: it is
   * for the CSMS as it stands. Rejects with StoreUnavailable.
   */
  status(identity: string, action: TransferStatusAction, status: string): Promise<'taken' | 'pass'>;
  /** The protocols of locations that the station takes (OCPP 1.6 §9.2.6); undefined: the charger is to say it. */
  protocols(identity: string): string | undefined;
  /** It has spoken. At once, and never throws. */
  heard(identity: string): void;
  /** It has booted. At once, and never throws. */
  booted(identity: string, firmwareVersion: string | undefined): void;
}

/** What transfers ask of the gateway. */
export interface TransfersLine {
  /** One call to a charger, in line with those of the CSMS. Never rejects. */
  call(identity: string, action: string, payload: Payload): Promise<Delivery>;
  charger(identity: string): TransferCharger | undefined;
  /** All chargers ever seen. Rejects with StoreUnavailable. */
  fleet(): Promise<readonly FleetCharger[]>;
  /** Keeps a status for the CSMS; one whose key was used before is not kept again. Rejects with StoreUnavailable. */
  tell(identity: string, action: TransferStatusAction, status: string, key: string): Promise<void>;
}

/** Every transfer is between the charger and the CSMS. */
export const directTransfers: TransfersDoor = {
  answer: () => Promise.resolve(undefined),
  current: () => undefined,
  status: () => Promise.resolve('pass'),
  protocols: () => undefined,
  heard: () => undefined,
  booted: () => undefined,
};
