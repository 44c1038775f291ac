// Generated from the WSDLs of OCPP 1.2 by `npm run generate`: edit those instead.

export type AuthorizeRequest = {
  readonly idTag: string;
};

export type AuthorizationStatus = 'Accepted' | 'Blocked' | 'Expired' | 'Invalid' | 'ConcurrentTx';

export type IdTagInfo = {
  readonly status: AuthorizationStatus;
  readonly expiryDate?: string;
  readonly parentIdTag?: string;
};

export type AuthorizeResponse = {
  readonly idTagInfo: IdTagInfo;
};

export type BootNotificationRequest = {
  readonly chargePointVendor: string;
  readonly chargePointModel: string;
  readonly chargePointSerialNumber?: string;
  readonly chargeBoxSerialNumber?: string;
  readonly firmwareVersion?: string;
  readonly iccid?: string;
  readonly imsi?: string;
  readonly meterType?: string;
  readonly meterSerialNumber?: string;
};

export type RegistrationStatus = 'Accepted' | 'Rejected';

export type BootNotificationResponse = {
  readonly status: RegistrationStatus;
  readonly currentTime?: string;
  readonly heartbeatInterval?: number;
};

export type DiagnosticsStatus = 'Uploaded' | 'UploadFailed';

export type DiagnosticsStatusNotificationRequest = {
  readonly status: DiagnosticsStatus;
};

export type DiagnosticsStatusNotificationResponse = Readonly<Record<string, never>>;

export type FirmwareStatus = 'Downloaded' | 'DownloadFailed' | 'InstallationFailed' | 'Installed';

export type FirmwareStatusNotificationRequest = {
  readonly status: FirmwareStatus;
};

export type FirmwareStatusNotificationResponse = Readonly<Record<string, never>>;

export type HeartbeatRequest = Readonly<Record<string, never>>;

export type HeartbeatResponse = {
  readonly currentTime: string;
};

export type MeterValue = {
  readonly timestamp: string;
  readonly value: number;
};

export type MeterValuesRequest = {
  readonly connectorId: number;
  readonly values?: readonly MeterValue[];
};

export type MeterValuesResponse = Readonly<Record<string, never>>;

export type StartTransactionRequest = {
  readonly connectorId: number;
  readonly idTag: string;
  readonly timestamp: string;
  readonly meterStart: number;
};

export type StartTransactionResponse = {
  readonly transactionId: number;
  readonly idTagInfo: IdTagInfo;
};

export type ChargePointStatus = 'Available' | 'Occupied' | 'Faulted' | 'Unavailable';

export type ChargePointErrorCode =
  | 'ConnectorLockFailure'
  | 'HighTemperature'
  | 'Mode3Error'
  | 'NoError'
  | 'PowerMeterFailure'
  | 'PowerSwitchFailure'
  | 'ReaderFailure'
  | 'ResetFailure';

export type StatusNotificationRequest = {
  readonly connectorId: number;
  readonly status: ChargePointStatus;
  readonly errorCode: ChargePointErrorCode;
};

export type StatusNotificationResponse = Readonly<Record<string, never>>;

export type StopTransactionRequest = {
  readonly transactionId: number;
  readonly idTag?: string;
  readonly timestamp: string;
  readonly meterStop: number;
};

export type StopTransactionResponse = {
  readonly idTagInfo?: IdTagInfo;
};

export type AvailabilityType = 'Inoperative' | 'Operative';

export type ChangeAvailabilityRequest = {
  readonly connectorId: number;
  readonly type: AvailabilityType;
};

export type AvailabilityStatus = 'Accepted' | 'Rejected' | 'Scheduled';

export type ChangeAvailabilityResponse = {
  readonly status: AvailabilityStatus;
};

export type ChangeConfigurationRequest = {
  readonly key: string;
  readonly value: string;
};

export type ConfigurationStatus = 'Accepted' | 'Rejected' | 'NotSupported';

export type ChangeConfigurationResponse = {
  readonly status: ConfigurationStatus;
};

export type ClearCacheRequest = Readonly<Record<string, never>>;

export type ClearCacheStatus = 'Accepted' | 'Rejected';

export type ClearCacheResponse = {
  readonly status: ClearCacheStatus;
};

export type GetDiagnosticsRequest = {
  readonly location: string;
  readonly startTime?: string;
  readonly stopTime?: string;
  readonly retries?: number;
  readonly retryInterval?: number;
};

export type GetDiagnosticsResponse = {
  readonly fileName?: string;
};

export type RemoteStartTransactionRequest = {
  readonly idTag: string;
  readonly connectorId?: number;
};

export type RemoteStartStopStatus = 'Accepted' | 'Rejected';

export type RemoteStartTransactionResponse = {
  readonly status: RemoteStartStopStatus;
};

export type RemoteStopTransactionRequest = {
  readonly transactionId: number;
};

export type RemoteStopTransactionResponse = {
  readonly status: RemoteStartStopStatus;
};

export type ResetType = 'Hard' | 'Soft';

export type ResetRequest = {
  readonly type: ResetType;
};

export type ResetStatus = 'Accepted' | 'Rejected';

export type ResetResponse = {
  readonly status: ResetStatus;
};

export type UnlockConnectorRequest = {
  readonly connectorId: number;
};

export type UnlockStatus = 'Accepted' | 'Rejected';

export type UnlockConnectorResponse = {
  readonly status: UnlockStatus;
};

export type UpdateFirmwareRequest = {
  readonly retrieveDate: string;
  readonly location: string;
  readonly retries?: number;
  readonly retryInterval?: number;
};

export type UpdateFirmwareResponse = Readonly<Record<string, never>>;

/** Requests by action. */
export type Requests = {
  readonly Authorize: AuthorizeRequest;
  readonly BootNotification: BootNotificationRequest;
  readonly ChangeAvailability: ChangeAvailabilityRequest;
  readonly ChangeConfiguration: ChangeConfigurationRequest;
  readonly ClearCache: ClearCacheRequest;
  readonly DiagnosticsStatusNotification: DiagnosticsStatusNotificationRequest;
  readonly FirmwareStatusNotification: FirmwareStatusNotificationRequest;
  readonly GetDiagnostics: GetDiagnosticsRequest;
  readonly Heartbeat: HeartbeatRequest;
  readonly MeterValues: MeterValuesRequest;
  readonly RemoteStartTransaction: RemoteStartTransactionRequest;
  readonly RemoteStopTransaction: RemoteStopTransactionRequest;
  readonly Reset: ResetRequest;
  readonly StartTransaction: StartTransactionRequest;
  readonly StatusNotification: StatusNotificationRequest;
  readonly StopTransaction: StopTransactionRequest;
  readonly UnlockConnector: UnlockConnectorRequest;
  readonly UpdateFirmware: UpdateFirmwareRequest;
};

/** Responses by action. */
export type Responses = {
  readonly Authorize: AuthorizeResponse;
  readonly BootNotification: BootNotificationResponse;
  readonly ChangeAvailability: ChangeAvailabilityResponse;
  readonly ChangeConfiguration: ChangeConfigurationResponse;
  readonly ClearCache: ClearCacheResponse;
  readonly DiagnosticsStatusNotification: DiagnosticsStatusNotificationResponse;
  readonly FirmwareStatusNotification: FirmwareStatusNotificationResponse;
  readonly GetDiagnostics: GetDiagnosticsResponse;
  readonly Heartbeat: HeartbeatResponse;
  readonly MeterValues: MeterValuesResponse;
  readonly RemoteStartTransaction: RemoteStartTransactionResponse;
  readonly RemoteStopTransaction: RemoteStopTransactionResponse;
  readonly Reset: ResetResponse;
  readonly StartTransaction: StartTransactionResponse;
  readonly StatusNotification: StatusNotificationResponse;
  readonly StopTransaction: StopTransactionResponse;
  readonly UnlockConnector: UnlockConnectorResponse;
  readonly UpdateFirmware: UpdateFirmwareResponse;
};
