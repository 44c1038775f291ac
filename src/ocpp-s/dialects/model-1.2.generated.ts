// Generated from the WSDLs of OCPP 1.2 by `npm run generate`: edit those instead.
import type { RecordType, ServiceModel, TextType } from '../../ocpp/schema.ts';

const authorizeRequest: RecordType = {
  kind: 'record',
  name: 'AuthorizeRequest',
  fields: [{ name: 'idTag', type: { kind: 'string' }, required: true, list: false }],
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
    { name: 'parentIdTag', type: { kind: 'string' }, required: false, list: false },
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
    { name: 'chargePointVendor', type: { kind: 'string' }, required: true, list: false },
    { name: 'chargePointModel', type: { kind: 'string' }, required: true, list: false },
    { name: 'chargePointSerialNumber', type: { kind: 'string' }, required: false, list: false },
    { name: 'chargeBoxSerialNumber', type: { kind: 'string' }, required: false, list: false },
    { name: 'firmwareVersion', type: { kind: 'string' }, required: false, list: false },
    { name: 'iccid', type: { kind: 'string' }, required: false, list: false },
    { name: 'imsi', type: { kind: 'string' }, required: false, list: false },
    { name: 'meterType', type: { kind: 'string' }, required: false, list: false },
    { name: 'meterSerialNumber', type: { kind: 'string' }, required: false, list: false },
  ],
};

const registrationStatus: TextType = { kind: 'string', name: 'RegistrationStatus', values: ['Accepted', 'Rejected'] };

const bootNotificationResponse: RecordType = {
  kind: 'record',
  name: 'BootNotificationResponse',
  fields: [
    { name: 'status', type: registrationStatus, required: true, list: false },
    { name: 'currentTime', type: { kind: 'dateTime' }, required: false, list: false },
    { name: 'heartbeatInterval', type: { kind: 'int' }, required: false, list: false },
  ],
};

const diagnosticsStatus: TextType = { kind: 'string', name: 'DiagnosticsStatus', values: ['Uploaded', 'UploadFailed'] };

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
  values: ['Downloaded', 'DownloadFailed', 'InstallationFailed', 'Installed'],
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

const meterValue: RecordType = {
  kind: 'record',
  name: 'MeterValue',
  fields: [
    { name: 'timestamp', type: { kind: 'dateTime' }, required: true, list: false },
    { name: 'value', type: { kind: 'int' }, required: true, list: false },
  ],
};

const meterValuesRequest: RecordType = {
  kind: 'record',
  name: 'MeterValuesRequest',
  fields: [
    { name: 'connectorId', type: { kind: 'int' }, required: true, list: false },
    { name: 'values', type: meterValue, required: false, list: true },
  ],
};

const meterValuesResponse: RecordType = { kind: 'record', name: 'MeterValuesResponse', fields: [] };

const startTransactionRequest: RecordType = {
  kind: 'record',
  name: 'StartTransactionRequest',
  fields: [
    { name: 'connectorId', type: { kind: 'int' }, required: true, list: false },
    { name: 'idTag', type: { kind: 'string' }, required: true, list: false },
    { name: 'timestamp', type: { kind: 'dateTime' }, required: true, list: false },
    { name: 'meterStart', type: { kind: 'int' }, required: true, list: false },
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
  values: ['Available', 'Occupied', 'Faulted', 'Unavailable'],
};

const chargePointErrorCode: TextType = {
  kind: 'string',
  name: 'ChargePointErrorCode',
  values: [
    'ConnectorLockFailure',
    'HighTemperature',
    'Mode3Error',
    'NoError',
    'PowerMeterFailure',
    'PowerSwitchFailure',
    'ReaderFailure',
    'ResetFailure',
  ],
};

const statusNotificationRequest: RecordType = {
  kind: 'record',
  name: 'StatusNotificationRequest',
  fields: [
    { name: 'connectorId', type: { kind: 'int' }, required: true, list: false },
    { name: 'status', type: chargePointStatus, required: true, list: false },
    { name: 'errorCode', type: chargePointErrorCode, required: true, list: false },
  ],
};

const statusNotificationResponse: RecordType = { kind: 'record', name: 'StatusNotificationResponse', fields: [] };

const stopTransactionRequest: RecordType = {
  kind: 'record',
  name: 'StopTransactionRequest',
  fields: [
    { name: 'transactionId', type: { kind: 'int' }, required: true, list: false },
    { name: 'idTag', type: { kind: 'string' }, required: false, list: false },
    { name: 'timestamp', type: { kind: 'dateTime' }, required: true, list: false },
    { name: 'meterStop', type: { kind: 'int' }, required: true, list: false },
  ],
};

const stopTransactionResponse: RecordType = {
  kind: 'record',
  name: 'StopTransactionResponse',
  fields: [{ name: 'idTagInfo', type: idTagInfo, required: false, list: false }],
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
    { name: 'key', type: { kind: 'string' }, required: true, list: false },
    { name: 'value', type: { kind: 'string' }, required: true, list: false },
  ],
};

const configurationStatus: TextType = {
  kind: 'string',
  name: 'ConfigurationStatus',
  values: ['Accepted', 'Rejected', 'NotSupported'],
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
  fields: [{ name: 'fileName', type: { kind: 'string' }, required: false, list: false }],
};

const remoteStartTransactionRequest: RecordType = {
  kind: 'record',
  name: 'RemoteStartTransactionRequest',
  fields: [
    { name: 'idTag', type: { kind: 'string' }, required: true, list: false },
    { name: 'connectorId', type: { kind: 'int' }, required: false, list: false },
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

const unlockConnectorRequest: RecordType = {
  kind: 'record',
  name: 'UnlockConnectorRequest',
  fields: [{ name: 'connectorId', type: { kind: 'int' }, required: true, list: false }],
};

const unlockStatus: TextType = { kind: 'string', name: 'UnlockStatus', values: ['Accepted', 'Rejected'] };

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
  namespace: 'urn://Ocpp/Cs/2010/08/',
  operations: [
    { action: 'Authorize', request: authorizeRequest, response: authorizeResponse },
    { action: 'BootNotification', request: bootNotificationRequest, response: bootNotificationResponse },
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
  namespace: 'urn://Ocpp/Cp/2010/08/',
  operations: [
    { action: 'ChangeAvailability', request: changeAvailabilityRequest, response: changeAvailabilityResponse },
    { action: 'ChangeConfiguration', request: changeConfigurationRequest, response: changeConfigurationResponse },
    { action: 'ClearCache', request: clearCacheRequest, response: clearCacheResponse },
    { action: 'GetDiagnostics', request: getDiagnosticsRequest, response: getDiagnosticsResponse },
    {
      action: 'RemoteStartTransaction',
      request: remoteStartTransactionRequest,
      response: remoteStartTransactionResponse,
    },
    { action: 'RemoteStopTransaction', request: remoteStopTransactionRequest, response: remoteStopTransactionResponse },
    { action: 'Reset', request: resetRequest, response: resetResponse },
    { action: 'UnlockConnector', request: unlockConnectorRequest, response: unlockConnectorResponse },
    { action: 'UpdateFirmware', request: updateFirmwareRequest, response: updateFirmwareResponse },
  ],
};

/** Of the WSDLs' texts: what has the same need not be read again. */
export const wsdlHashes = {
  centralSystem: 'WkBH7t7og3bC96Vf5i-WrG1ieyjSrhrAZAqy_4iw9SA',
  chargePoint: '4W9tkxMapRXz8pTyc9wGx4t8HP8hoGOIPSNDLXzKBoc',
};
