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

/** Calls of the CSMS that ask for a transfer; the latter two are of the security extension. */
export type TransferAction = 'UpdateFirmware' | 'GetDiagnostics' | 'SignedUpdateFirmware' | 'GetLog';

/** Messages by which a charger tells how a transfer goes. */
export type TransferStatusAction = 'FirmwareStatusNotification' | 'DiagnosticsStatusNotification';

/** Messages that tell the CSMS how a transfer goes; the latter two are of the security extension. */
export type TransferNewsAction = TransferStatusAction | 'SignedFirmwareStatusNotification' | 'LogStatusNotification';

/** What the CSMS is told of transfers. */
export type TransferNotice = {
  readonly action: TransferNewsAction | 'SecurityEventNotification';
  readonly payload: Payload;
};

/** The door of transfers: the gateway hands over what concerns firmware and diagnostics, `src/transfers/jobs` decides. */
export interface TransfersDoor {
  /**
   * The conf for the CSMS; undefined: the call is for the charger itself, or nobody's if it is of the security extension.
   * Throws OcppError.
   */
  answer(identity: string, action: TransferAction, payload: Payload): Promise<Payload | undefined>;
  /**
   * What stands for the charger's own, when the CSMS triggers such a message: in the form in which it asked for the open
   * job. Undefined: the charger is to say it.
   */
  current(identity: string, action: TransferNewsAction): TransferNotice | undefined;
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
  /** Keeps a notice for the CSMS; one whose key was used before is not kept again. Rejects with StoreUnavailable. */
  tell(identity: string, notice: TransferNotice, key: string): Promise<void>;
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
