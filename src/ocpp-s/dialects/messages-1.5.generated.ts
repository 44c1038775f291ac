// Generated from the WSDLs of OCPP 1.5 by `npm run generate`: edit those instead.

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
  readonly currentTime: string;
  readonly heartbeatInterval: number;
};

export type DataTransferRequest = {
  readonly vendorId: string;
  readonly messageId?: string;
  readonly data?: string;
};

export type DataTransferStatus = 'Accepted' | 'Rejected' | 'UnknownMessageId' | 'UnknownVendorId';

export type DataTransferResponse = {
  readonly status: DataTransferStatus;
  readonly data?: string;
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

export type ReadingContext =
  | 'Interruption.Begin'
  | 'Interruption.End'
  | 'Sample.Clock'
  | 'Sample.Periodic'
  | 'Transaction.Begin'
  | 'Transaction.End';

export type ValueFormat = 'Raw' | 'SignedData';

export type Measurand =
  | 'Energy.Active.Export.Register'
  | 'Energy.Active.Import.Register'
  | 'Energy.Reactive.Export.Register'
  | 'Energy.Reactive.Import.Register'
  | 'Energy.Active.Export.Interval'
  | 'Energy.Active.Import.Interval'
  | 'Energy.Reactive.Export.Interval'
  | 'Energy.Reactive.Import.Interval'
  | 'Power.Active.Export'
  | 'Power.Active.Import'
  | 'Power.Reactive.Export'
  | 'Power.Reactive.Import'
  | 'Current.Export'
  | 'Current.Import'
  | 'Voltage'
  | 'Temperature';

export type Location = 'Inlet' | 'Outlet' | 'Body';

export type UnitOfMeasure = 'Wh' | 'kWh' | 'varh' | 'kvarh' | 'W' | 'kW' | 'var' | 'kvar' | 'Amp' | 'Volt' | 'Celsius';

export type MeterValueValue = {
  readonly value: string;
  readonly context?: ReadingContext;
  readonly format?: ValueFormat;
  readonly measurand?: Measurand;
  readonly location?: Location;
  readonly unit?: UnitOfMeasure;
};

export type MeterValue = {
  readonly timestamp: string;
  readonly value: readonly MeterValueValue[];
};

export type MeterValuesRequest = {
  readonly connectorId: number;
  readonly transactionId?: number;
  readonly values?: readonly MeterValue[];
};

export type MeterValuesResponse = Readonly<Record<string, never>>;

export type StartTransactionRequest = {
  readonly connectorId: number;
  readonly idTag: string;
  readonly timestamp: string;
  readonly meterStart: number;
  readonly reservationId?: number;
};

export type StartTransactionResponse = {
  readonly transactionId: number;
  readonly idTagInfo: IdTagInfo;
};

export type ChargePointStatus = 'Available' | 'Occupied' | 'Faulted' | 'Unavailable' | 'Reserved';

export type ChargePointErrorCode =
  | 'ConnectorLockFailure'
  | 'HighTemperature'
  | 'Mode3Error'
  | 'NoError'
  | 'PowerMeterFailure'
  | 'PowerSwitchFailure'
  | 'ReaderFailure'
  | 'ResetFailure'
  | 'GroundFailure'
  | 'OverCurrentFailure'
  | 'UnderVoltage'
  | 'WeakSignal'
  | 'OtherError';

export type StatusNotificationRequest = {
  readonly connectorId: number;
  readonly status: ChargePointStatus;
  readonly errorCode: ChargePointErrorCode;
  readonly info?: string;
  readonly timestamp?: string;
  readonly vendorId?: string;
  readonly vendorErrorCode?: string;
};

export type StatusNotificationResponse = Readonly<Record<string, never>>;

export type TransactionData = {
  readonly values?: readonly MeterValue[];
};

export type StopTransactionRequest = {
  readonly transactionId: number;
  readonly idTag?: string;
  readonly timestamp: string;
  readonly meterStop: number;
  readonly transactionData?: readonly TransactionData[];
};

export type StopTransactionResponse = {
  readonly idTagInfo?: IdTagInfo;
};

export type CancelReservationRequest = {
  readonly reservationId: number;
};

export type CancelReservationStatus = 'Accepted' | 'Rejected';

export type CancelReservationResponse = {
  readonly status: CancelReservationStatus;
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

export type GetConfigurationRequest = {
  readonly key?: readonly string[];
};

export type KeyValue = {
  readonly key: string;
  readonly readonly: boolean;
  readonly value?: string;
};

export type GetConfigurationResponse = {
  readonly configurationKey?: readonly KeyValue[];
  readonly unknownKey?: readonly string[];
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

export type GetLocalListVersionRequest = Readonly<Record<string, never>>;

export type GetLocalListVersionResponse = {
  readonly listVersion: number;
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

export type ReserveNowRequest = {
  readonly connectorId: number;
  readonly expiryDate: string;
  readonly idTag: string;
  readonly parentIdTag?: string;
  readonly reservationId: number;
};

export type ReservationStatus = 'Accepted' | 'Faulted' | 'Occupied' | 'Rejected' | 'Unavailable';

export type ReserveNowResponse = {
  readonly status: ReservationStatus;
};

export type ResetType = 'Hard' | 'Soft';

export type ResetRequest = {
  readonly type: ResetType;
};

export type ResetStatus = 'Accepted' | 'Rejected';

export type ResetResponse = {
  readonly status: ResetStatus;
};

export type UpdateType = 'Differential' | 'Full';

export type AuthorisationData = {
  readonly idTag: string;
  readonly idTagInfo?: IdTagInfo;
};

export type SendLocalListRequest = {
  readonly updateType: UpdateType;
  readonly listVersion: number;
  readonly localAuthorisationList?: readonly AuthorisationData[];
  readonly hash?: string;
};

export type UpdateStatus = 'Accepted' | 'Failed' | 'HashError' | 'NotSupported' | 'VersionMismatch';

export type SendLocalListResponse = {
  readonly status: UpdateStatus;
  readonly hash?: string;
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
  readonly CancelReservation: CancelReservationRequest;
  readonly ChangeAvailability: ChangeAvailabilityRequest;
  readonly ChangeConfiguration: ChangeConfigurationRequest;
  readonly ClearCache: ClearCacheRequest;
  readonly DataTransfer: DataTransferRequest;
  readonly DiagnosticsStatusNotification: DiagnosticsStatusNotificationRequest;
  readonly FirmwareStatusNotification: FirmwareStatusNotificationRequest;
  readonly GetConfiguration: GetConfigurationRequest;
  readonly GetDiagnostics: GetDiagnosticsRequest;
  readonly GetLocalListVersion: GetLocalListVersionRequest;
  readonly Heartbeat: HeartbeatRequest;
  readonly MeterValues: MeterValuesRequest;
  readonly RemoteStartTransaction: RemoteStartTransactionRequest;
  readonly RemoteStopTransaction: RemoteStopTransactionRequest;
  readonly ReserveNow: ReserveNowRequest;
  readonly Reset: ResetRequest;
  readonly SendLocalList: SendLocalListRequest;
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
  readonly CancelReservation: CancelReservationResponse;
  readonly ChangeAvailability: ChangeAvailabilityResponse;
  readonly ChangeConfiguration: ChangeConfigurationResponse;
  readonly ClearCache: ClearCacheResponse;
  readonly DataTransfer: DataTransferResponse;
  readonly DiagnosticsStatusNotification: DiagnosticsStatusNotificationResponse;
  readonly FirmwareStatusNotification: FirmwareStatusNotificationResponse;
  readonly GetConfiguration: GetConfigurationResponse;
  readonly GetDiagnostics: GetDiagnosticsResponse;
  readonly GetLocalListVersion: GetLocalListVersionResponse;
  readonly Heartbeat: HeartbeatResponse;
  readonly MeterValues: MeterValuesResponse;
  readonly RemoteStartTransaction: RemoteStartTransactionResponse;
  readonly RemoteStopTransaction: RemoteStopTransactionResponse;
  readonly ReserveNow: ReserveNowResponse;
  readonly Reset: ResetResponse;
  readonly SendLocalList: SendLocalListResponse;
  readonly StartTransaction: StartTransactionResponse;
  readonly StatusNotification: StatusNotificationResponse;
  readonly StopTransaction: StopTransactionResponse;
  readonly UnlockConnector: UnlockConnectorResponse;
  readonly UpdateFirmware: UpdateFirmwareResponse;
};
