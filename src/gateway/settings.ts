import type { LinkSettings, WireProfile } from './ports.ts';

/** What the gateway must be told before it starts; `main.ts` derives it from the config. */
export type GatewaySettings = {
  readonly unknownChargers: 'accept' | 'quarantine' | 'reject';
  readonly offline: OfflineSettings;
  readonly outbox: OutboxSettings;
  /** How long a CALL to the CSMS may take. */
  readonly csmsDeadlineMs: number;
  /** How long a CSMS waits for a charger's answer: 15 s (CSMSs give up after 20 to 30 s). */
  readonly commandDeadlineMs: number;
  /** Settings of one charger by its identity, compared without case; the defaults for strangers. */
  station(identity: string): StationSettings;
};

export type OfflineSettings = {
  /** How long a charger waits for the CSMS's own word before it gets ours. */
  readonly waitMs: number;
  /** OCPP 1.6 §9.1.2 AllowOfflineTxForUnknownId, at the gateway. */
  readonly unknownIdTag: 'reject' | 'accept';
  /** What a charger hears that boots while the CSMS, which never saw it, is away. */
  readonly firstBoot: 'Pending' | 'Accepted';
  readonly pendingIntervalS: number;
  /** What happens when the CSMS refuses a transaction that already runs. */
  readonly onLateInvalid: 'stop' | 'log';
  /** DataTransfer of these vendors is kept and answered Accepted while the CSMS is away. */
  readonly queueDataTransferVendorIds: readonly string[];
};

export type OutboxSettings = {
  /** CALLERRORs before a message becomes a dead letter (OCPP 1.6 §9.1.31 TransactionMessageAttempts). */
  readonly attempts: number;
  /** Multiplied by the number of preceding attempts (OCPP 1.6 §9.1.32 TransactionMessageRetryInterval). */
  readonly retryIntervalMs: number;
  /** How long natural keys of delivered messages are remembered. */
  readonly receiptsMs: number;
};

export type StationSettings = {
  /** Spelled as configured; strangers keep their own spelling. */
  readonly identity: string;
  /** Named in the config: never quarantined. */
  readonly registered: boolean;
  readonly blocked: boolean;
  readonly link: LinkSettings;
  readonly bootOnReconnect: 'if-charger-booted-or-csms-never-saw-it' | 'always' | 'never';
  readonly profile: WireProfile;
  readonly access: AccessSettings;
  readonly callback: CallbackSettings;
  readonly repair: RepairSettings;
  /** Serve other than transaction messages although no BootNotification was accepted. */
  readonly acceptBeforeBoot: boolean;
};

export type AccessSettings = {
  /** CIDRs that the charger may speak from; empty = anywhere, bound by trust on first use. */
  readonly allowFrom: readonly string[];
  /** When it speaks from another address than before. `alert`: allowed inside the same /24 (IPv6: /64), refused outside. */
  readonly sourceChange: 'block' | 'alert' | 'allow';
  readonly pathSecret: string | undefined;
  readonly basicPassword: string | undefined;
  /** Its client certificate's CN must be its identity. */
  readonly requireCertificate: boolean;
};

export type CallbackSettings = {
  /** Fixed URL: overrides whatever the charger says. */
  readonly endpoint: string | undefined;
  /** For chargers that say nothing usable: their address with this port and path. */
  readonly template: { readonly port: number; readonly path: string } | undefined;
  /** CIDRs that callbacks may point to, beside the address the request came from. */
  readonly allowedNetworks: readonly string[];
  readonly remoteCommands: boolean;
  readonly basic: { readonly user: string; readonly password: string } | undefined;
};

export type RepairSettings = {
  /** Vendor values in enumerations become the nearest legal ones; else the message is refused. */
  readonly vendorEnums: boolean;
  /** A transactionId that cannot be is replaced by the connector's open transaction; else it is left out. */
  readonly transactionId: boolean;
  /** Three readings of one quantity without a phase are those of L1, L2 and L3. */
  readonly phases: boolean;
  /** IANA zone for times without one. */
  readonly timezone: string;
};
