import type { Field, Operation, RecordType, ServiceName, TextType, ValueType } from './schema.ts';

/*
 * The eleven messages that the security whitepaper (edition 3) adds to OCPP-J 1.6. They have no WSDL, so they are
 * described here in the same model; a test holds them against the published JSON schemas.
 */

const int: ValueType = { kind: 'int' };
const dateTime: ValueType = { kind: 'dateTime' };

function text(maxLength: number): TextType {
  return { kind: 'string', maxLength };
}

function word(...values: readonly string[]): TextType {
  return { kind: 'string', values };
}

function must(name: string, type: ValueType): Field {
  return { name, type, required: true, list: false };
}

function may(name: string, type: ValueType): Field {
  return { name, type, required: false, list: false };
}

function record(name: string, ...fields: readonly Field[]): RecordType {
  return { kind: 'record', name, fields };
}

function operation(action: string, request: readonly Field[], response: readonly Field[] = []): Operation {
  return { action, request: record(`${action}.req`, ...request), response: record(`${action}.conf`, ...response) };
}

const certificate = text(5500);
const certificateUse = word('CentralSystemRootCertificate', 'ManufacturerRootCertificate');
const certificateHash = record(
  'CertificateHashDataType',
  must('hashAlgorithm', word('SHA256', 'SHA384', 'SHA512')),
  must('issuerNameHash', text(128)),
  must('issuerKeyHash', text(128)),
  must('serialNumber', text(40)),
);
const log = record(
  'LogParametersType',
  must('remoteLocation', text(512)),
  may('oldestTimestamp', dateTime),
  may('latestTimestamp', dateTime),
);
const firmware = record(
  'FirmwareType',
  must('location', text(512)),
  must('retrieveDateTime', dateTime),
  may('installDateTime', dateTime),
  must('signingCertificate', certificate),
  must('signature', text(800)),
);
const trigger = word(
  'BootNotification',
  'LogStatusNotification',
  'FirmwareStatusNotification',
  'Heartbeat',
  'MeterValues',
  'SignChargePointCertificate',
  'StatusNotification',
);
const logStatus = word(
  'BadMessage',
  'Idle',
  'NotSupportedOperation',
  'PermissionDenied',
  'Uploaded',
  'UploadFailure',
  'Uploading',
);
const firmwareStatus = word(
  'Downloaded',
  'DownloadFailed',
  'Downloading',
  'DownloadScheduled',
  'DownloadPaused',
  'Idle',
  'InstallationFailed',
  'Installing',
  'Installed',
  'InstallRebooting',
  'InstallScheduled',
  'InstallVerificationFailed',
  'InvalidSignature',
  'SignatureVerified',
);
const retries = [may('retries', int), may('retryInterval', int)];

/** The messages of the extension, by who answers them. */
export const securityExtension: Readonly<Record<ServiceName, readonly Operation[]>> = {
  CentralSystem: [
    operation('LogStatusNotification', [must('status', logStatus), may('requestId', int)]),
    operation('SecurityEventNotification', [
      must('type', text(50)),
      must('timestamp', dateTime),
      may('techInfo', text(255)),
    ]),
    operation('SignCertificate', [must('csr', certificate)], [must('status', word('Accepted', 'Rejected'))]),
    operation('SignedFirmwareStatusNotification', [must('status', firmwareStatus), may('requestId', int)]),
  ],
  ChargePoint: [
    operation(
      'CertificateSigned',
      [must('certificateChain', text(10_000))],
      [must('status', word('Accepted', 'Rejected'))],
    ),
    operation(
      'DeleteCertificate',
      [must('certificateHashData', certificateHash)],
      [must('status', word('Accepted', 'Failed', 'NotFound'))],
    ),
    operation(
      'ExtendedTriggerMessage',
      [must('requestedMessage', trigger), may('connectorId', int)],
      [must('status', word('Accepted', 'Rejected', 'NotImplemented'))],
    ),
    operation(
      'GetInstalledCertificateIds',
      [must('certificateType', certificateUse)],
      [
        { name: 'certificateHashData', type: certificateHash, required: false, list: true },
        must('status', word('Accepted', 'NotFound')),
      ],
    ),
    operation(
      'GetLog',
      [must('log', log), must('logType', word('DiagnosticsLog', 'SecurityLog')), must('requestId', int), ...retries],
      [must('status', word('Accepted', 'Rejected', 'AcceptedCanceled')), may('filename', text(255))],
    ),
    operation(
      'InstallCertificate',
      [must('certificateType', certificateUse), must('certificate', certificate)],
      [must('status', word('Accepted', 'Failed', 'Rejected'))],
    ),
    operation(
      'SignedUpdateFirmware',
      [...retries, must('requestId', int), must('firmware', firmware)],
      [must('status', word('Accepted', 'Rejected', 'AcceptedCanceled', 'InvalidCertificate', 'RevokedCertificate'))],
    ),
  ],
};

const actions: ReadonlySet<string> = new Set(
  [...securityExtension.CentralSystem, ...securityExtension.ChargePoint].map(({ action }) => action),
);

/** Whether a message is one that the extension adds. */
export function isSecurityAction(action: string): boolean {
  return actions.has(action);
}
