import type * as House from '../../ocpp/messages.generated.ts';
import { bootConfirmation } from './boot.ts';
import { houseKey, oldKey } from './configuration.ts';
import { type Dialect, meaning, same, type Translations, word } from './dialect.ts';
import type * as Old from './messages-1.2.generated.ts';
import { housePlace, houseValue12, oldValue12 } from './meter-values.ts';
import { houseStatus } from './status.ts';
import {
  configurationWords,
  diagnosticsWords,
  errorMeanings12,
  errorWords12,
  firmwareWords,
  statusWords12,
  unlockMeanings,
  unlockWords,
} from './words.ts';

const requests: Translations<Old.Requests, House.Requests> = {
  Authorize: same,
  BootNotification: same,
  ChangeAvailability: same,
  ChangeConfiguration: {
    up: ({ key, value }) => ({ key: houseKey(key), value }),
    down: ({ key, value }, wording) => ({ key: oldKey(key, wording), value }),
  },
  ClearCache: same,
  DiagnosticsStatusNotification: {
    up: (said) => said,
    down: ({ status }) => ({ status: word(diagnosticsWords, status, 'status') }),
  },
  FirmwareStatusNotification: {
    up: (said) => said,
    down: ({ status }) => ({ status: word(firmwareWords, status, 'status') }),
  },
  GetDiagnostics: same,
  Heartbeat: same,
  MeterValues: {
    up: ({ connectorId, values }, { gaps }) => {
      gaps.push('transactionId');
      return { connectorId, meterValue: values?.map(houseValue12) ?? [] };
    },
    down: ({ connectorId, meterValue }) => ({ connectorId, values: meterValue.map(oldValue12) }),
    place: housePlace,
  },
  RemoteStartTransaction: {
    up: (said) => said,
    down: ({ idTag, connectorId }) => ({ idTag, ...(connectorId !== undefined && { connectorId }) }),
  },
  RemoteStopTransaction: same,
  Reset: same,
  StartTransaction: {
    up: (said, { gaps }) => {
      gaps.push('status');
      return said;
    },
    down: ({ connectorId, idTag, timestamp, meterStart }) => ({ connectorId, idTag, timestamp, meterStart }),
  },
  StatusNotification: {
    up: ({ connectorId, status, errorCode }, { gaps }) => ({
      connectorId,
      status: houseStatus(status, connectorId, gaps),
      errorCode: meaning(errorMeanings12, errorCode),
    }),
    down: ({ connectorId, status, errorCode }) => ({
      connectorId,
      status: statusWords12[status],
      errorCode: word(errorWords12, errorCode, 'errorCode'),
    }),
  },
  StopTransaction: {
    up: (said, { gaps }) => {
      gaps.push('reason', 'status');
      return said;
    },
    down: ({ transactionId, idTag, timestamp, meterStop }) => ({
      transactionId,
      ...(idTag !== undefined && { idTag }),
      timestamp,
      meterStop,
    }),
  },
  UnlockConnector: same,
  UpdateFirmware: same,
};

const responses: Translations<Old.Responses, House.Responses> = {
  Authorize: same,
  BootNotification: bootConfirmation,
  ChangeAvailability: same,
  ChangeConfiguration: { up: (said) => said, down: ({ status }) => ({ status: configurationWords[status] }) },
  ClearCache: same,
  DiagnosticsStatusNotification: same,
  FirmwareStatusNotification: same,
  GetDiagnostics: same,
  Heartbeat: same,
  MeterValues: same,
  RemoteStartTransaction: same,
  RemoteStopTransaction: same,
  Reset: same,
  StartTransaction: same,
  StatusNotification: same,
  StopTransaction: same,
  UnlockConnector: {
    up: ({ status }) => ({ status: meaning(unlockMeanings, status) }),
    down: ({ status }) => ({ status: unlockWords[status] }),
  },
  UpdateFirmware: same,
};

/** OCPP 1.2. */
export const ocpp12: Dialect = { requests, responses };
