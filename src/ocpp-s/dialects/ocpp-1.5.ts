import type * as House from '../../ocpp/messages.generated.ts';
import { bootConfirmation } from './boot.ts';
import { houseKey, oldKey, oldValue, toldConfiguration } from './configuration.ts';
import { type Dialect, meaning, type Path, same, type Translations, word } from './dialect.ts';
import type * as Old from './messages-1.5.generated.ts';
import { housePlace, houseValue15, oldValue15, placeInValue } from './meter-values.ts';
import { houseStatus } from './status.ts';
import {
  configurationWords,
  diagnosticsWords,
  errorMeanings15,
  errorWords15,
  firmwareWords,
  statusWords15,
  unlockMeanings,
  unlockWords,
  updateMeanings,
} from './words.ts';

const requests: Translations<Old.Requests, House.Requests> = {
  Authorize: same,
  BootNotification: same,
  CancelReservation: same,
  ChangeAvailability: same,
  ChangeConfiguration: {
    up: ({ key, value }) => ({ key: houseKey(key), value }),
    down: ({ key, value }, wording) => ({ key: oldKey(key, wording), value: oldValue(key, value) }),
  },
  ClearCache: same,
  DataTransfer: same,
  DiagnosticsStatusNotification: {
    up: (said) => said,
    down: ({ status }) => ({ status: word(diagnosticsWords, status, 'status') }),
  },
  FirmwareStatusNotification: {
    up: (said) => said,
    down: ({ status }) => ({ status: word(firmwareWords, status, 'status') }),
  },
  GetConfiguration: {
    up: ({ key }) => (key === undefined ? {} : { key: key.map(houseKey) }),
    down: ({ key }, wording) => (key === undefined ? {} : { key: key.map((name) => oldKey(name, wording)) }),
  },
  GetDiagnostics: same,
  GetLocalListVersion: same,
  Heartbeat: same,
  MeterValues: {
    up: ({ values, ...rest }) => ({ ...rest, meterValue: values?.map(houseValue15) ?? [] }),
    down: ({ meterValue, ...rest }) => ({ ...rest, values: meterValue.map(oldValue15) }),
    place: housePlace,
  },
  RemoteStartTransaction: {
    up: (said) => said,
    down: ({ idTag, connectorId }) => ({ idTag, ...(connectorId !== undefined && { connectorId }) }),
  },
  RemoteStopTransaction: same,
  ReserveNow: same,
  Reset: same,
  SendLocalList: {
    up: ({ updateType, listVersion, localAuthorisationList: list }) => ({
      listVersion,
      ...(list && { localAuthorizationList: list }),
      updateType,
    }),
    // How the hash is made was never said.
    down: ({ updateType, listVersion, localAuthorizationList: list }) => ({
      updateType,
      listVersion,
      ...(list && { localAuthorisationList: list }),
    }),
    place: ([field = '', ...rest]) => [field === 'localAuthorisationList' ? 'localAuthorizationList' : field, ...rest],
  },
  StartTransaction: {
    up: (said, { gaps }) => {
      gaps.push('status');
      return said;
    },
    down: (message) => message,
  },
  StatusNotification: {
    up: ({ status, errorCode, ...rest }, { gaps }) => ({
      ...rest,
      status: houseStatus(status, rest.connectorId, gaps),
      errorCode: meaning(errorMeanings15, errorCode),
    }),
    down: ({ status, errorCode, ...rest }) => ({
      ...rest,
      status: statusWords15[status],
      errorCode: errorWords15[errorCode],
      ...explained(errorCode, rest.info),
    }),
  },
  StopTransaction: {
    up: ({ transactionData, ...rest }, { gaps }) => {
      gaps.push('reason', 'status');
      const values = transactionData?.flatMap((data) => data.values ?? []);
      return { ...rest, ...(values && values.length > 0 && { transactionData: values.map(houseValue15) }) };
    },
    down: ({ transactionData, reason: _left, ...rest }) => ({
      ...rest,
      ...(transactionData && { transactionData: [{ values: transactionData.map(oldValue15) }] }),
    }),
    place: placeInData,
  },
  UnlockConnector: same,
  UpdateFirmware: same,
};

/** An error that 1.5 has no code for is told in words, where there is room for them. */
function explained(errorCode: House.ChargePointErrorCode, info: string | undefined): { readonly info?: string } {
  const isTold = errorWords15[errorCode] !== 'OtherError' || errorCode === 'OtherError' || info !== undefined;
  return isTold ? {} : { info: errorCode };
}

/** `transactionData[1].values[0].value[2].unit` → `transactionData[n].sampledValue[2].unit` */
function placeInData(path: Path, { transactionData = [] }: Old.StopTransactionRequest): Path {
  const [field = '', nth, , index, ...rest] = path;
  if (field !== 'transactionData' || typeof nth !== 'number' || typeof index !== 'number') return path;
  const before = transactionData.slice(0, nth).reduce((count, { values }) => count + (values?.length ?? 0), 0);
  return [field, before + index, ...placeInValue(rest)];
}

const responses: Translations<Old.Responses, House.Responses> = {
  Authorize: same,
  BootNotification: bootConfirmation,
  CancelReservation: same,
  ChangeAvailability: same,
  ChangeConfiguration: { up: (said) => said, down: ({ status }) => ({ status: configurationWords[status] }) },
  ClearCache: same,
  DataTransfer: same,
  DiagnosticsStatusNotification: same,
  FirmwareStatusNotification: same,
  GetConfiguration: {
    up: toldConfiguration,
    down: ({ configurationKey, unknownKey }, wording) => ({
      ...(configurationKey && {
        configurationKey: configurationKey.map((entry) => ({ ...entry, key: oldKey(entry.key, wording) })),
      }),
      ...(unknownKey && { unknownKey: unknownKey.map((key) => oldKey(key, wording)) }),
    }),
  },
  GetDiagnostics: same,
  GetLocalListVersion: same,
  Heartbeat: same,
  MeterValues: same,
  RemoteStartTransaction: same,
  RemoteStopTransaction: same,
  ReserveNow: same,
  Reset: same,
  SendLocalList: {
    up: ({ status }) => ({ status: meaning(updateMeanings, status) }),
    down: (message) => message,
  },
  StartTransaction: same,
  StatusNotification: same,
  StopTransaction: same,
  UnlockConnector: {
    up: ({ status }) => ({ status: meaning(unlockMeanings, status) }),
    down: ({ status }) => ({ status: unlockWords[status] }),
  },
  UpdateFirmware: same,
};

/** OCPP 1.5. */
export const ocpp15: Dialect = { requests, responses };
