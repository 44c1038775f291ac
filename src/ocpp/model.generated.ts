// Generated from the WSDLs of OCPP 1.6 by `npm run generate`: edit those instead.
import type { RecordType, ServiceModel, TextType } from './schema.ts';

const authorizeRequest: RecordType = {
  kind: 'record',
  name: 'AuthorizeRequest',
  fields: [{ name: 'idTag', type: { kind: 'string', maxLength: 20 }, required: true, list: false }],
};

const authorizationStatus: TextType = {
  kind: 'string',
  name: 'AuthorizationStatus',
  values: ['Accepted', 'Blocked', 'Expired', 'Invalid', 'ConcurrentTx'],
};

const idTagInfo: RecordType = {
  kind: 'record',
  name: 'IdTagInfo',
  fields: [
    { name: 'status', type: authorizationStatus, required: true, list: false },
    { name: 'expiryDate', type: { kind: 'dateTime' }, required: false, list: false },
    { name: 'parentIdTag', type: { kind: 'string', maxLength: 20 }, required: false, list: false },
  ],
};

const authorizeResponse: RecordType = {
  kind: 'record',
  name: 'AuthorizeResponse',
  fields: [{ name: 'idTagInfo', type: idTagInfo, required: true, list: false }],
};

const bootNotificationRequest: RecordType = {
  kind: 'record',
  name: 'BootNotificationRequest',
  fields: [
    { name: 'chargePointVendor', type: { kind: 'string', maxLength: 20 }, required: true, list: false },
    { name: 'chargePointModel', type: { kind: 'string', maxLength: 20 }, required: true, list: false },
    { name: 'chargePointSerialNumber', type: { kind: 'string', maxLength: 25 }, required: false, list: false },
    { name: 'chargeBoxSerialNumber', type: { kind: 'string', maxLength: 25 }, required: false, list: false },
    { name: 'firmwareVersion', type: { kind: 'string', maxLength: 50 }, required: false, list: false },
    { name: 'iccid', type: { kind: 'string', maxLength: 20 }, required: false, list: false },
    { name: 'imsi', type: { kind: 'string', maxLength: 20 }, required: false, list: false },
    { name: 'meterType', type: { kind: 'string', maxLength: 25 }, required: false, list: false },
    { name: 'meterSerialNumber', type: { kind: 'string', maxLength: 25 }, required: false, list: false },
  ],
};

const registrationStatus: TextType = {
  kind: 'string',
  name: 'RegistrationStatus',
  values: ['Accepted', 'Pending', 'Rejected'],
};

const bootNotificationResponse: RecordType = {
  kind: 'record',
  name: 'BootNotificationResponse',
  fields: [
    { name: 'status', type: registrationStatus, required: true, list: false },
    { name: 'currentTime', type: { kind: 'dateTime' }, required: true, list: false },
    { name: 'interval', type: { kind: 'int' }, required: true, list: false },
  ],
};

const dataTransferRequest: RecordType = {
  kind: 'record',
  name: 'DataTransferRequest',
  fields: [
    { name: 'vendorId', type: { kind: 'string', maxLength: 255 }, required: true, list: false },
    { name: 'messageId', type: { kind: 'string', maxLength: 50 }, required: false, list: false },
    { name: 'data', type: { kind: 'string' }, required: false, list: false },
  ],
};

const dataTransferStatus: TextType = {
  kind: 'string',
  name: 'DataTransferStatus',
  values: ['Accepted', 'Rejected', 'UnknownMessageId', 'UnknownVendorId'],
};

const dataTransferResponse: RecordType = {
  kind: 'record',
  name: 'DataTransferResponse',
  fields: [
    { name: 'status', type: dataTransferStatus, required: true, list: false },
    { name: 'data', type: { kind: 'string' }, required: false, list: false },
  ],
};

const diagnosticsStatus: TextType = {
  kind: 'string',
  name: 'DiagnosticsStatus',
  values: ['Idle', 'Uploaded', 'UploadFailed', 'Uploading'],
};

const diagnosticsStatusNotificationRequest: RecordType = {
  kind: 'record',
  name: 'DiagnosticsStatusNotificationRequest',
  fields: [{ name: 'status', type: diagnosticsStatus, required: true, list: false }],
};

const diagnosticsStatusNotificationResponse: RecordType = {
  kind: 'record',
  name: 'DiagnosticsStatusNotificationResponse',
  fields: [],
};

const firmwareStatus: TextType = {
  kind: 'string',
  name: 'FirmwareStatus',
  values: ['Downloaded', 'DownloadFailed', 'Downloading', 'Idle', 'InstallationFailed', 'Installed', 'Installing'],
};

const firmwareStatusNotificationRequest: RecordType = {
  kind: 'record',
  name: 'FirmwareStatusNotificationRequest',
  fields: [{ name: 'status', type: firmwareStatus, required: true, list: false }],
};

const firmwareStatusNotificationResponse: RecordType = {
  kind: 'record',
  name: 'FirmwareStatusNotificationResponse',
  fields: [],
};

const heartbeatRequest: RecordType = { kind: 'record', name: 'HeartbeatRequest', fields: [] };

const heartbeatResponse: RecordType = {
  kind: 'record',
  name: 'HeartbeatResponse',
  fields: [{ name: 'currentTime', type: { kind: 'dateTime' }, required: true, list: false }],
};

const readingContext: TextType = {
  kind: 'string',
  name: 'ReadingContext',
  values: [
    'Interruption.Begin',
    'Interruption.End',
    'Other',
    'Sample.Clock',
    'Sample.Periodic',
    'Transaction.Begin',
    'Transaction.End',
    'Trigger',
  ],
};

const valueFormat: TextType = { kind: 'string', name: 'ValueFormat', values: ['Raw', 'SignedData'] };

const measurand: TextType = {
  kind: 'string',
  name: 'Measurand',
  values: [
    'Current.Export',
    'Current.Import',
    'Current.Offered',
    'Energy.Active.Export.Register',
    'Energy.Active.Import.Register',
    'Energy.Reactive.Export.Register',
    'Energy.Reactive.Import.Register',
    'Energy.Active.Export.Interval',
    'Energy.Active.Import.Interval',
    'Energy.Reactive.Export.Interval',
    'Energy.Reactive.Import.Interval',
    'Frequency',
    'Power.Active.Export',
    'Power.Active.Import',
    'Power.Factor',
    'Power.Offered',
    'Power.Reactive.Export',
    'Power.Reactive.Import',
    'RPM',
    'SoC',
    'Temperature',
    'Voltage',
  ],
};

const phase: TextType = {
  kind: 'string',
  name: 'Phase',
  values: ['L1', 'L2', 'L3', 'N', 'L1-N', 'L2-N', 'L3-N', 'L1-L2', 'L2-L3', 'L3-L1'],
};

const location: TextType = { kind: 'string', name: 'Location', values: ['Body', 'Cable', 'EV', 'Inlet', 'Outlet'] };

const unitOfMeasure: TextType = {
  kind: 'string',
  name: 'UnitOfMeasure',
  values: [
    'Celsius',
    'Fahrenheit',
    'Wh',
    'kWh',
    'varh',
    'kvarh',
    'W',
    'kW',
    'VA',
    'kVA',
    'var',
    'kvar',
    'A',
    'V',
    'K',
    'Percent',
  ],
};

const sampledValue: RecordType = {
  kind: 'record',
  name: 'SampledValue',
  fields: [
    { name: 'value', type: { kind: 'string' }, required: true, list: false },
    { name: 'context', type: readingContext, required: false, list: false },
    { name: 'format', type: valueFormat, required: false, list: false },
    { name: 'measurand', type: measurand, required: false, list: false },
    { name: 'phase', type: phase, required: false, list: false },
    { name: 'location', type: location, required: false, list: false },
    { name: 'unit', type: unitOfMeasure, required: false, list: false },
  ],
};

const meterValue: RecordType = {
  kind: 'record',
  name: 'MeterValue',
  fields: [
    { name: 'timestamp', type: { kind: 'dateTime' }, required: true, list: false },
    { name: 'sampledValue', type: sampledValue, required: true, list: true },
  ],
};

const meterValuesRequest: RecordType = {
  kind: 'record',
  name: 'MeterValuesRequest',
  fields: [
    { name: 'connectorId', type: { kind: 'int' }, required: true, list: false },
    { name: 'transactionId', type: { kind: 'int' }, required: false, list: false },
    { name: 'meterValue', type: meterValue, required: false, list: true },
  ],
};

const meterValuesResponse: RecordType = { kind: 'record', name: 'MeterValuesResponse', fields: [] };

const startTransactionRequest: RecordType = {
  kind: 'record',
  name: 'StartTransactionRequest',
  fields: [
    { name: 'connectorId', type: { kind: 'int' }, required: true, list: false },
    { name: 'idTag', type: { kind: 'string', maxLength: 20 }, required: true, list: false },
    { name: 'timestamp', type: { kind: 'dateTime' }, required: true, list: false },
    { name: 'meterStart', type: { kind: 'int' }, required: true, list: false },
    { name: 'reservationId', type: { kind: 'int' }, required: false, list: false },
  ],
};

const startTransactionResponse: RecordType = {
  kind: 'record',
  name: 'StartTransactionResponse',
  fields: [
    { name: 'transactionId', type: { kind: 'int' }, required: true, list: false },
    { name: 'idTagInfo', type: idTagInfo, required: true, list: false },
  ],
};

const chargePointStatus: TextType = {
  kind: 'string',
  name: 'ChargePointStatus',
  values: [
    'Available',
    'Preparing',
    'Charging',
    'SuspendedEV',
    'SuspendedEVSE',
    'Finishing',
    'Reserved',
    'Faulted',
    'Unavailable',
  ],
};

const chargePointErrorCode: TextType = {
  kind: 'string',
  name: 'ChargePointErrorCode',
  values: [
    'ConnectorLockFailure',
    'EVCommunicationError',
    'GroundFailure',
    'HighTemperature',
    'InternalError',
    'LocalListConflict',
    'NoError',
    'OtherError',
    'OverCurrentFailure',
    'OverVoltage',
    'PowerMeterFailure',
    'PowerSwitchFailure',
    'ReaderFailure',
    'ResetFailure',
    'UnderVoltage',
    'WeakSignal',
  ],
};

const statusNotificationRequest: RecordType = {
  kind: 'record',
  name: 'StatusNotificationRequest',
  fields: [
    { name: 'connectorId', type: { kind: 'int' }, required: true, list: false },
    { name: 'status', type: chargePointStatus, required: true, list: false },
    { name: 'errorCode', type: chargePointErrorCode, required: true, list: false },
    { name: 'info', type: { kind: 'string', maxLength: 50 }, required: false, list: false },
    { name: 'timestamp', type: { kind: 'dateTime' }, required: false, list: false },
    { name: 'vendorId', type: { kind: 'string', maxLength: 255 }, required: false, list: false },
    { name: 'vendorErrorCode', type: { kind: 'string', maxLength: 50 }, required: false, list: false },
  ],
};

const statusNotificationResponse: RecordType = { kind: 'record', name: 'StatusNotificationResponse', fields: [] };

const reason: TextType = {
  kind: 'string',
  name: 'Reason',
  values: [
    'EmergencyStop',
    'EVDisconnected',
    'HardReset',
    'Local',
    'Other',
    'PowerLoss',
    'Reboot',
    'Remote',
    'SoftReset',
    'UnlockCommand',
    'DeAuthorized',
  ],
};

const stopTransactionRequest: RecordType = {
  kind: 'record',
  name: 'StopTransactionRequest',
  fields: [
    { name: 'transactionId', type: { kind: 'int' }, required: true, list: false },
    { name: 'idTag', type: { kind: 'string', maxLength: 20 }, required: false, list: false },
    { name: 'timestamp', type: { kind: 'dateTime' }, required: true, list: false },
    { name: 'meterStop', type: { kind: 'int' }, required: true, list: false },
    { name: 'reason', type: reason, required: false, list: false },
    { name: 'transactionData', type: meterValue, required: false, list: true },
  ],
};

const stopTransactionResponse: RecordType = {
  kind: 'record',
  name: 'StopTransactionResponse',
  fields: [{ name: 'idTagInfo', type: idTagInfo, required: false, list: false }],
};

const cancelReservationRequest: RecordType = {
  kind: 'record',
  name: 'CancelReservationRequest',
  fields: [{ name: 'reservationId', type: { kind: 'int' }, required: true, list: false }],
};

const cancelReservationStatus: TextType = {
  kind: 'string',
  name: 'CancelReservationStatus',
  values: ['Accepted', 'Rejected'],
};

const cancelReservationResponse: RecordType = {
  kind: 'record',
  name: 'CancelReservationResponse',
  fields: [{ name: 'status', type: cancelReservationStatus, required: true, list: false }],
};

const availabilityType: TextType = { kind: 'string', name: 'AvailabilityType', values: ['Inoperative', 'Operative'] };

const changeAvailabilityRequest: RecordType = {
  kind: 'record',
  name: 'ChangeAvailabilityRequest',
  fields: [
    { name: 'connectorId', type: { kind: 'int' }, required: true, list: false },
    { name: 'type', type: availabilityType, required: true, list: false },
  ],
};

const availabilityStatus: TextType = {
  kind: 'string',
  name: 'AvailabilityStatus',
  values: ['Accepted', 'Rejected', 'Scheduled'],
};

const changeAvailabilityResponse: RecordType = {
  kind: 'record',
  name: 'ChangeAvailabilityResponse',
  fields: [{ name: 'status', type: availabilityStatus, required: true, list: false }],
};

const changeConfigurationRequest: RecordType = {
  kind: 'record',
  name: 'ChangeConfigurationRequest',
  fields: [
    { name: 'key', type: { kind: 'string', maxLength: 50 }, required: true, list: false },
    { name: 'value', type: { kind: 'string', maxLength: 500 }, required: true, list: false },
  ],
};

const configurationStatus: TextType = {
  kind: 'string',
  name: 'ConfigurationStatus',
  values: ['Accepted', 'NotSupported', 'RebootRequired', 'Rejected'],
};

const changeConfigurationResponse: RecordType = {
  kind: 'record',
  name: 'ChangeConfigurationResponse',
  fields: [{ name: 'status', type: configurationStatus, required: true, list: false }],
};

const clearCacheRequest: RecordType = { kind: 'record', name: 'ClearCacheRequest', fields: [] };

const clearCacheStatus: TextType = { kind: 'string', name: 'ClearCacheStatus', values: ['Accepted', 'Rejected'] };

const clearCacheResponse: RecordType = {
  kind: 'record',
  name: 'ClearCacheResponse',
  fields: [{ name: 'status', type: clearCacheStatus, required: true, list: false }],
};

const chargingProfilePurposeType: TextType = {
  kind: 'string',
  name: 'ChargingProfilePurposeType',
  values: ['ChargePointMaxProfile', 'TxDefaultProfile', 'TxProfile'],
};

const clearChargingProfileRequest: RecordType = {
  kind: 'record',
  name: 'ClearChargingProfileRequest',
  fields: [
    { name: 'id', type: { kind: 'int' }, required: false, list: false },
    { name: 'connectorId', type: { kind: 'int' }, required: false, list: false },
    { name: 'chargingProfilePurpose', type: chargingProfilePurposeType, required: false, list: false },
    { name: 'stackLevel', type: { kind: 'int' }, required: false, list: false },
  ],
};

const clearChargingProfileStatus: TextType = {
  kind: 'string',
  name: 'ClearChargingProfileStatus',
  values: ['Accepted', 'Unknown'],
};

const clearChargingProfileResponse: RecordType = {
  kind: 'record',
  name: 'ClearChargingProfileResponse',
  fields: [{ name: 'status', type: clearChargingProfileStatus, required: true, list: false }],
};

const chargingRateUnitType: TextType = { kind: 'string', name: 'ChargingRateUnitType', values: ['W', 'A'] };

const getCompositeScheduleRequest: RecordType = {
  kind: 'record',
  name: 'GetCompositeScheduleRequest',
  fields: [
    { name: 'connectorId', type: { kind: 'int' }, required: true, list: false },
    { name: 'duration', type: { kind: 'int' }, required: true, list: false },
    { name: 'chargingRateUnit', type: chargingRateUnitType, required: false, list: false },
  ],
};

const getCompositeScheduleStatus: TextType = {
  kind: 'string',
  name: 'GetCompositeScheduleStatus',
  values: ['Accepted', 'Rejected'],
};

const chargingSchedulePeriod: RecordType = {
  kind: 'record',
  name: 'ChargingSchedulePeriod',
  fields: [
    { name: 'startPeriod', type: { kind: 'int' }, required: true, list: false },
    { name: 'limit', type: { kind: 'decimal', fractionDigits: 1 }, required: true, list: false },
    { name: 'numberPhases', type: { kind: 'int' }, required: false, list: false },
  ],
};

const chargingSchedule: RecordType = {
  kind: 'record',
  name: 'ChargingSchedule',
  fields: [
    { name: 'duration', type: { kind: 'int' }, required: false, list: false },
    { name: 'startSchedule', type: { kind: 'dateTime' }, required: false, list: false },
    { name: 'chargingRateUnit', type: chargingRateUnitType, required: true, list: false },
    { name: 'chargingSchedulePeriod', type: chargingSchedulePeriod, required: true, list: true },
    { name: 'minChargingRate', type: { kind: 'decimal', fractionDigits: 1 }, required: false, list: false },
  ],
};

const getCompositeScheduleResponse: RecordType = {
  kind: 'record',
  name: 'GetCompositeScheduleResponse',
  fields: [
    { name: 'status', type: getCompositeScheduleStatus, required: true, list: false },
    { name: 'connectorId', type: { kind: 'int' }, required: false, list: false },
    { name: 'scheduleStart', type: { kind: 'dateTime' }, required: false, list: false },
    { name: 'chargingSchedule', type: chargingSchedule, required: false, list: false },
  ],
};

const getConfigurationRequest: RecordType = {
  kind: 'record',
  name: 'GetConfigurationRequest',
  fields: [{ name: 'key', type: { kind: 'string', maxLength: 50 }, required: false, list: true }],
};

const keyValue: RecordType = {
  kind: 'record',
  name: 'KeyValue',
  fields: [
    { name: 'key', type: { kind: 'string', maxLength: 50 }, required: true, list: false },
    { name: 'readonly', type: { kind: 'boolean' }, required: true, list: false },
    { name: 'value', type: { kind: 'string', maxLength: 500 }, required: false, list: false },
  ],
};

const getConfigurationResponse: RecordType = {
  kind: 'record',
  name: 'GetConfigurationResponse',
  fields: [
    { name: 'configurationKey', type: keyValue, required: false, list: true },
    { name: 'unknownKey', type: { kind: 'string', maxLength: 50 }, required: false, list: true },
  ],
};

const getDiagnosticsRequest: RecordType = {
  kind: 'record',
  name: 'GetDiagnosticsRequest',
  fields: [
    { name: 'location', type: { kind: 'uri' }, required: true, list: false },
    { name: 'startTime', type: { kind: 'dateTime' }, required: false, list: false },
    { name: 'stopTime', type: { kind: 'dateTime' }, required: false, list: false },
    { name: 'retries', type: { kind: 'int' }, required: false, list: false },
    { name: 'retryInterval', type: { kind: 'int' }, required: false, list: false },
  ],
};

const getDiagnosticsResponse: RecordType = {
  kind: 'record',
  name: 'GetDiagnosticsResponse',
  fields: [{ name: 'fileName', type: { kind: 'string', maxLength: 255 }, required: false, list: false }],
};

const getLocalListVersionRequest: RecordType = { kind: 'record', name: 'GetLocalListVersionRequest', fields: [] };

const getLocalListVersionResponse: RecordType = {
  kind: 'record',
  name: 'GetLocalListVersionResponse',
  fields: [{ name: 'listVersion', type: { kind: 'int' }, required: true, list: false }],
};

const chargingProfileKindType: TextType = {
  kind: 'string',
  name: 'ChargingProfileKindType',
  values: ['Absolute', 'Recurring', 'Relative'],
};

const recurrencyKindType: TextType = { kind: 'string', name: 'RecurrencyKindType', values: ['Daily', 'Weekly'] };

const chargingProfile: RecordType = {
  kind: 'record',
  name: 'ChargingProfile',
  fields: [
    { name: 'chargingProfileId', type: { kind: 'int' }, required: true, list: false },
    { name: 'transactionId', type: { kind: 'int' }, required: false, list: false },
    { name: 'stackLevel', type: { kind: 'int' }, required: true, list: false },
    { name: 'chargingProfilePurpose', type: chargingProfilePurposeType, required: true, list: false },
    { name: 'chargingProfileKind', type: chargingProfileKindType, required: true, list: false },
    { name: 'recurrencyKind', type: recurrencyKindType, required: false, list: false },
    { name: 'validFrom', type: { kind: 'dateTime' }, required: false, list: false },
    { name: 'validTo', type: { kind: 'dateTime' }, required: false, list: false },
    { name: 'chargingSchedule', type: chargingSchedule, required: true, list: false },
  ],
};

const remoteStartTransactionRequest: RecordType = {
  kind: 'record',
  name: 'RemoteStartTransactionRequest',
  fields: [
    { name: 'connectorId', type: { kind: 'int' }, required: false, list: false },
    { name: 'idTag', type: { kind: 'string', maxLength: 20 }, required: true, list: false },
    { name: 'chargingProfile', type: chargingProfile, required: false, list: false },
  ],
};

const remoteStartStopStatus: TextType = {
  kind: 'string',
  name: 'RemoteStartStopStatus',
  values: ['Accepted', 'Rejected'],
};

const remoteStartTransactionResponse: RecordType = {
  kind: 'record',
  name: 'RemoteStartTransactionResponse',
  fields: [{ name: 'status', type: remoteStartStopStatus, required: true, list: false }],
};

const remoteStopTransactionRequest: RecordType = {
  kind: 'record',
  name: 'RemoteStopTransactionRequest',
  fields: [{ name: 'transactionId', type: { kind: 'int' }, required: true, list: false }],
};

const remoteStopTransactionResponse: RecordType = {
  kind: 'record',
  name: 'RemoteStopTransactionResponse',
  fields: [{ name: 'status', type: remoteStartStopStatus, required: true, list: false }],
};

const reserveNowRequest: RecordType = {
  kind: 'record',
  name: 'ReserveNowRequest',
  fields: [
    { name: 'connectorId', type: { kind: 'int' }, required: true, list: false },
    { name: 'expiryDate', type: { kind: 'dateTime' }, required: true, list: false },
    { name: 'idTag', type: { kind: 'string', maxLength: 20 }, required: true, list: false },
    { name: 'parentIdTag', type: { kind: 'string', maxLength: 20 }, required: false, list: false },
    { name: 'reservationId', type: { kind: 'int' }, required: true, list: false },
  ],
};

const reservationStatus: TextType = {
  kind: 'string',
  name: 'ReservationStatus',
  values: ['Accepted', 'Faulted', 'Occupied', 'Rejected', 'Unavailable'],
};

const reserveNowResponse: RecordType = {
  kind: 'record',
  name: 'ReserveNowResponse',
  fields: [{ name: 'status', type: reservationStatus, required: true, list: false }],
};

const resetType: TextType = { kind: 'string', name: 'ResetType', values: ['Hard', 'Soft'] };

const resetRequest: RecordType = {
  kind: 'record',
  name: 'ResetRequest',
  fields: [{ name: 'type', type: resetType, required: true, list: false }],
};

const resetStatus: TextType = { kind: 'string', name: 'ResetStatus', values: ['Accepted', 'Rejected'] };

const resetResponse: RecordType = {
  kind: 'record',
  name: 'ResetResponse',
  fields: [{ name: 'status', type: resetStatus, required: true, list: false }],
};

const authorizationData: RecordType = {
  kind: 'record',
  name: 'AuthorizationData',
  fields: [
    { name: 'idTag', type: { kind: 'string', maxLength: 20 }, required: true, list: false },
    { name: 'idTagInfo', type: idTagInfo, required: false, list: false },
  ],
};

const updateType: TextType = { kind: 'string', name: 'UpdateType', values: ['Differential', 'Full'] };

const sendLocalListRequest: RecordType = {
  kind: 'record',
  name: 'SendLocalListRequest',
  fields: [
    { name: 'listVersion', type: { kind: 'int' }, required: true, list: false },
    { name: 'localAuthorizationList', type: authorizationData, required: false, list: true },
    { name: 'updateType', type: updateType, required: true, list: false },
  ],
};

const updateStatus: TextType = {
  kind: 'string',
  name: 'UpdateStatus',
  values: ['Accepted', 'Failed', 'NotSupported', 'VersionMismatch'],
};

const sendLocalListResponse: RecordType = {
  kind: 'record',
  name: 'SendLocalListResponse',
  fields: [{ name: 'status', type: updateStatus, required: true, list: false }],
};

const setChargingProfileRequest: RecordType = {
  kind: 'record',
  name: 'SetChargingProfileRequest',
  fields: [
    { name: 'connectorId', type: { kind: 'int' }, required: true, list: false },
    { name: 'csChargingProfiles', type: chargingProfile, required: true, list: false },
  ],
};

const chargingProfileStatus: TextType = {
  kind: 'string',
  name: 'ChargingProfileStatus',
  values: ['Accepted', 'Rejected', 'NotSupported'],
};

const setChargingProfileResponse: RecordType = {
  kind: 'record',
  name: 'SetChargingProfileResponse',
  fields: [{ name: 'status', type: chargingProfileStatus, required: true, list: false }],
};

const messageTrigger: TextType = {
  kind: 'string',
  name: 'MessageTrigger',
  values: [
    'BootNotification',
    'DiagnosticsStatusNotification',
    'FirmwareStatusNotification',
    'Heartbeat',
    'MeterValues',
    'StatusNotification',
  ],
};

const triggerMessageRequest: RecordType = {
  kind: 'record',
  name: 'TriggerMessageRequest',
  fields: [
    { name: 'requestedMessage', type: messageTrigger, required: true, list: false },
    { name: 'connectorId', type: { kind: 'int' }, required: false, list: false },
  ],
};

const triggerMessageStatus: TextType = {
  kind: 'string',
  name: 'TriggerMessageStatus',
  values: ['Accepted', 'Rejected', 'NotImplemented'],
};

const triggerMessageResponse: RecordType = {
  kind: 'record',
  name: 'TriggerMessageResponse',
  fields: [{ name: 'status', type: triggerMessageStatus, required: true, list: false }],
};

const unlockConnectorRequest: RecordType = {
  kind: 'record',
  name: 'UnlockConnectorRequest',
  fields: [{ name: 'connectorId', type: { kind: 'int' }, required: true, list: false }],
};

const unlockStatus: TextType = {
  kind: 'string',
  name: 'UnlockStatus',
  values: ['Unlocked', 'UnlockFailed', 'NotSupported'],
};

const unlockConnectorResponse: RecordType = {
  kind: 'record',
  name: 'UnlockConnectorResponse',
  fields: [{ name: 'status', type: unlockStatus, required: true, list: false }],
};

const updateFirmwareRequest: RecordType = {
  kind: 'record',
  name: 'UpdateFirmwareRequest',
  fields: [
    { name: 'retrieveDate', type: { kind: 'dateTime' }, required: true, list: false },
    { name: 'location', type: { kind: 'uri' }, required: true, list: false },
    { name: 'retries', type: { kind: 'int' }, required: false, list: false },
    { name: 'retryInterval', type: { kind: 'int' }, required: false, list: false },
  ],
};

const updateFirmwareResponse: RecordType = { kind: 'record', name: 'UpdateFirmwareResponse', fields: [] };

/** What the charger calls and the gateway answers. */
export const centralSystem: ServiceModel = {
  service: 'CentralSystem',
  namespace: 'urn://Ocpp/Cs/2015/10/',
  operations: [
    { action: 'Authorize', request: authorizeRequest, response: authorizeResponse },
    { action: 'BootNotification', request: bootNotificationRequest, response: bootNotificationResponse },
    { action: 'DataTransfer', request: dataTransferRequest, response: dataTransferResponse },
    {
      action: 'DiagnosticsStatusNotification',
      request: diagnosticsStatusNotificationRequest,
      response: diagnosticsStatusNotificationResponse,
    },
    {
      action: 'FirmwareStatusNotification',
      request: firmwareStatusNotificationRequest,
      response: firmwareStatusNotificationResponse,
    },
    { action: 'Heartbeat', request: heartbeatRequest, response: heartbeatResponse },
    { action: 'MeterValues', request: meterValuesRequest, response: meterValuesResponse },
    { action: 'StartTransaction', request: startTransactionRequest, response: startTransactionResponse },
    { action: 'StatusNotification', request: statusNotificationRequest, response: statusNotificationResponse },
    { action: 'StopTransaction', request: stopTransactionRequest, response: stopTransactionResponse },
  ],
};

/** What the gateway calls and the charger answers. */
export const chargePoint: ServiceModel = {
  service: 'ChargePoint',
  namespace: 'urn://Ocpp/Cp/2015/10/',
  operations: [
    { action: 'CancelReservation', request: cancelReservationRequest, response: cancelReservationResponse },
    { action: 'ChangeAvailability', request: changeAvailabilityRequest, response: changeAvailabilityResponse },
    { action: 'ChangeConfiguration', request: changeConfigurationRequest, response: changeConfigurationResponse },
    { action: 'ClearCache', request: clearCacheRequest, response: clearCacheResponse },
    { action: 'ClearChargingProfile', request: clearChargingProfileRequest, response: clearChargingProfileResponse },
    { action: 'DataTransfer', request: dataTransferRequest, response: dataTransferResponse },
    { action: 'GetCompositeSchedule', request: getCompositeScheduleRequest, response: getCompositeScheduleResponse },
    { action: 'GetConfiguration', request: getConfigurationRequest, response: getConfigurationResponse },
    { action: 'GetDiagnostics', request: getDiagnosticsRequest, response: getDiagnosticsResponse },
    { action: 'GetLocalListVersion', request: getLocalListVersionRequest, response: getLocalListVersionResponse },
    {
      action: 'RemoteStartTransaction',
      request: remoteStartTransactionRequest,
      response: remoteStartTransactionResponse,
    },
    { action: 'RemoteStopTransaction', request: remoteStopTransactionRequest, response: remoteStopTransactionResponse },
    { action: 'ReserveNow', request: reserveNowRequest, response: reserveNowResponse },
    { action: 'Reset', request: resetRequest, response: resetResponse },
    { action: 'SendLocalList', request: sendLocalListRequest, response: sendLocalListResponse },
    { action: 'SetChargingProfile', request: setChargingProfileRequest, response: setChargingProfileResponse },
    { action: 'TriggerMessage', request: triggerMessageRequest, response: triggerMessageResponse },
    { action: 'UnlockConnector', request: unlockConnectorRequest, response: unlockConnectorResponse },
    { action: 'UpdateFirmware', request: updateFirmwareRequest, response: updateFirmwareResponse },
  ],
};

/** Of the WSDLs' texts: what has the same need not be read again. */
export const wsdlHashes = {
  centralSystem: 'z-6zfn6e_6s-yaDkoYiaB34f4JiJPxj0is9sRYC1kAo',
  chargePoint: 'ytBQjT3G35-p2cOS8yWbW_vVoDW5ANcLHuQ_tvWda2I',
};
