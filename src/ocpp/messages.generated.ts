// Generated from the WSDLs of OCPP 1.6 by `npm run generate`: edit those instead.

/** What a charger calls. */
export const chargerActions = [
  'Authorize',
  'BootNotification',
  'DataTransfer',
  'DiagnosticsStatusNotification',
  'FirmwareStatusNotification',
  'Heartbeat',
  'MeterValues',
  'StartTransaction',
  'StatusNotification',
  'StopTransaction',
] as const;

/** What a CSMS calls. */
export const csmsActions = [
  'CancelReservation',
  'ChangeAvailability',
  'ChangeConfiguration',
  'ClearCache',
  'ClearChargingProfile',
  'DataTransfer',
  'GetCompositeSchedule',
  'GetConfiguration',
  'GetDiagnostics',
  'GetLocalListVersion',
  'RemoteStartTransaction',
  'RemoteStopTransaction',
  'ReserveNow',
  'Reset',
  'SendLocalList',
  'SetChargingProfile',
  'TriggerMessage',
  'UnlockConnector',
  'UpdateFirmware',
] as const;

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

export type RegistrationStatus = 'Accepted' | 'Pending' | 'Rejected';

export type BootNotificationResponse = {
  readonly status: RegistrationStatus;
  readonly currentTime: string;
  readonly interval: number;
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

export type DiagnosticsStatus = 'Idle' | 'Uploaded' | 'UploadFailed' | 'Uploading';

export type DiagnosticsStatusNotificationRequest = {
  readonly status: DiagnosticsStatus;
};

export type DiagnosticsStatusNotificationResponse = Readonly<Record<string, never>>;

export type FirmwareStatus =
  | 'Downloaded'
  | 'DownloadFailed'
  | 'Downloading'
  | 'Idle'
  | 'InstallationFailed'
  | 'Installed'
  | 'Installing';

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
  | 'Other'
  | 'Sample.Clock'
  | 'Sample.Periodic'
  | 'Transaction.Begin'
  | 'Transaction.End'
  | 'Trigger';

export type ValueFormat = 'Raw' | 'SignedData';

export type Measurand =
  | 'Current.Export'
  | 'Current.Import'
  | 'Current.Offered'
  | 'Energy.Active.Export.Register'
  | 'Energy.Active.Import.Register'
  | 'Energy.Reactive.Export.Register'
  | 'Energy.Reactive.Import.Register'
  | 'Energy.Active.Export.Interval'
  | 'Energy.Active.Import.Interval'
  | 'Energy.Reactive.Export.Interval'
  | 'Energy.Reactive.Import.Interval'
  | 'Frequency'
  | 'Power.Active.Export'
  | 'Power.Active.Import'
  | 'Power.Factor'
  | 'Power.Offered'
  | 'Power.Reactive.Export'
  | 'Power.Reactive.Import'
  | 'RPM'
  | 'SoC'
  | 'Temperature'
  | 'Voltage';

export type Phase = 'L1' | 'L2' | 'L3' | 'N' | 'L1-N' | 'L2-N' | 'L3-N' | 'L1-L2' | 'L2-L3' | 'L3-L1';

export type Location = 'Body' | 'Cable' | 'EV' | 'Inlet' | 'Outlet';

export type UnitOfMeasure =
  | 'Celsius'
  | 'Fahrenheit'
  | 'Wh'
  | 'kWh'
  | 'varh'
  | 'kvarh'
  | 'W'
  | 'kW'
  | 'VA'
  | 'kVA'
  | 'var'
  | 'kvar'
  | 'A'
  | 'V'
  | 'K'
  | 'Percent'
  | 'Celcius'
  | 'Hertz';

export type SampledValue = {
  readonly value: string;
  readonly context?: ReadingContext;
  readonly format?: ValueFormat;
  readonly measurand?: Measurand;
  readonly phase?: Phase;
  readonly location?: Location;
  readonly unit?: UnitOfMeasure;
};

export type MeterValue = {
  readonly timestamp: string;
  readonly sampledValue: readonly SampledValue[];
};

export type MeterValuesRequest = {
  readonly connectorId: number;
  readonly transactionId?: number;
  readonly meterValue: readonly MeterValue[];
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

export type ChargePointStatus =
  | 'Available'
  | 'Preparing'
  | 'Charging'
  | 'SuspendedEV'
  | 'SuspendedEVSE'
  | 'Finishing'
  | 'Reserved'
  | 'Faulted'
  | 'Unavailable';

export type ChargePointErrorCode =
  | 'ConnectorLockFailure'
  | 'EVCommunicationError'
  | 'GroundFailure'
  | 'HighTemperature'
  | 'InternalError'
  | 'LocalListConflict'
  | 'NoError'
  | 'OtherError'
  | 'OverCurrentFailure'
  | 'OverVoltage'
  | 'PowerMeterFailure'
  | 'PowerSwitchFailure'
  | 'ReaderFailure'
  | 'ResetFailure'
  | 'UnderVoltage'
  | 'WeakSignal';

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

export type Reason =
  | 'EmergencyStop'
  | 'EVDisconnected'
  | 'HardReset'
  | 'Local'
  | 'Other'
  | 'PowerLoss'
  | 'Reboot'
  | 'Remote'
  | 'SoftReset'
  | 'UnlockCommand'
  | 'DeAuthorized';

export type StopTransactionRequest = {
  readonly transactionId: number;
  readonly idTag?: string;
  readonly timestamp: string;
  readonly meterStop: number;
  readonly reason?: Reason;
  readonly transactionData?: readonly MeterValue[];
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

export type ConfigurationStatus = 'Accepted' | 'NotSupported' | 'RebootRequired' | 'Rejected';

export type ChangeConfigurationResponse = {
  readonly status: ConfigurationStatus;
};

export type ClearCacheRequest = Readonly<Record<string, never>>;

export type ClearCacheStatus = 'Accepted' | 'Rejected';

export type ClearCacheResponse = {
  readonly status: ClearCacheStatus;
};

export type ChargingProfilePurposeType = 'ChargePointMaxProfile' | 'TxDefaultProfile' | 'TxProfile';

export type ClearChargingProfileRequest = {
  readonly id?: number;
  readonly connectorId?: number;
  readonly chargingProfilePurpose?: ChargingProfilePurposeType;
  readonly stackLevel?: number;
};

export type ClearChargingProfileStatus = 'Accepted' | 'Unknown';

export type ClearChargingProfileResponse = {
  readonly status: ClearChargingProfileStatus;
};

export type ChargingRateUnitType = 'W' | 'A';

export type GetCompositeScheduleRequest = {
  readonly connectorId: number;
  readonly duration: number;
  readonly chargingRateUnit?: ChargingRateUnitType;
};

export type GetCompositeScheduleStatus = 'Accepted' | 'Rejected';

export type ChargingSchedulePeriod = {
  readonly startPeriod: number;
  readonly limit: number;
  readonly numberPhases?: number;
};

export type ChargingSchedule = {
  readonly duration?: number;
  readonly startSchedule?: string;
  readonly chargingRateUnit: ChargingRateUnitType;
  readonly chargingSchedulePeriod: readonly ChargingSchedulePeriod[];
  readonly minChargingRate?: number;
};

export type GetCompositeScheduleResponse = {
  readonly status: GetCompositeScheduleStatus;
  readonly connectorId?: number;
  readonly scheduleStart?: string;
  readonly chargingSchedule?: ChargingSchedule;
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

export type ChargingProfileKindType = 'Absolute' | 'Recurring' | 'Relative';

export type RecurrencyKindType = 'Daily' | 'Weekly';

export type ChargingProfile = {
  readonly chargingProfileId: number;
  readonly transactionId?: number;
  readonly stackLevel: number;
  readonly chargingProfilePurpose: ChargingProfilePurposeType;
  readonly chargingProfileKind: ChargingProfileKindType;
  readonly recurrencyKind?: RecurrencyKindType;
  readonly validFrom?: string;
  readonly validTo?: string;
  readonly chargingSchedule: ChargingSchedule;
};

export type RemoteStartTransactionRequest = {
  readonly connectorId?: number;
  readonly idTag: string;
  readonly chargingProfile?: ChargingProfile;
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

export type AuthorizationData = {
  readonly idTag: string;
  readonly idTagInfo?: IdTagInfo;
};

export type UpdateType = 'Differential' | 'Full';

export type SendLocalListRequest = {
  readonly listVersion: number;
  readonly localAuthorizationList?: readonly AuthorizationData[];
  readonly updateType: UpdateType;
};

export type UpdateStatus = 'Accepted' | 'Failed' | 'NotSupported' | 'VersionMismatch';

export type SendLocalListResponse = {
  readonly status: UpdateStatus;
};

export type SetChargingProfileRequest = {
  readonly connectorId: number;
  readonly csChargingProfiles: ChargingProfile;
};

export type ChargingProfileStatus = 'Accepted' | 'Rejected' | 'NotSupported';

export type SetChargingProfileResponse = {
  readonly status: ChargingProfileStatus;
};

export type MessageTrigger =
  | 'BootNotification'
  | 'DiagnosticsStatusNotification'
  | 'FirmwareStatusNotification'
  | 'Heartbeat'
  | 'MeterValues'
  | 'StatusNotification';

export type TriggerMessageRequest = {
  readonly requestedMessage: MessageTrigger;
  readonly connectorId?: number;
};

export type TriggerMessageStatus = 'Accepted' | 'Rejected' | 'NotImplemented';

export type TriggerMessageResponse = {
  readonly status: TriggerMessageStatus;
};

export type UnlockConnectorRequest = {
  readonly connectorId: number;
};

export type UnlockStatus = 'Unlocked' | 'UnlockFailed' | 'NotSupported';

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
  readonly ClearChargingProfile: ClearChargingProfileRequest;
  readonly DataTransfer: DataTransferRequest;
  readonly DiagnosticsStatusNotification: DiagnosticsStatusNotificationRequest;
  readonly FirmwareStatusNotification: FirmwareStatusNotificationRequest;
  readonly GetCompositeSchedule: GetCompositeScheduleRequest;
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
  readonly SetChargingProfile: SetChargingProfileRequest;
  readonly StartTransaction: StartTransactionRequest;
  readonly StatusNotification: StatusNotificationRequest;
  readonly StopTransaction: StopTransactionRequest;
  readonly TriggerMessage: TriggerMessageRequest;
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
  readonly ClearChargingProfile: ClearChargingProfileResponse;
  readonly DataTransfer: DataTransferResponse;
  readonly DiagnosticsStatusNotification: DiagnosticsStatusNotificationResponse;
  readonly FirmwareStatusNotification: FirmwareStatusNotificationResponse;
  readonly GetCompositeSchedule: GetCompositeScheduleResponse;
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
  readonly SetChargingProfile: SetChargingProfileResponse;
  readonly StartTransaction: StartTransactionResponse;
  readonly StatusNotification: StatusNotificationResponse;
  readonly StopTransaction: StopTransactionResponse;
  readonly TriggerMessage: TriggerMessageResponse;
  readonly UnlockConnector: UnlockConnectorResponse;
  readonly UpdateFirmware: UpdateFirmwareResponse;
};
