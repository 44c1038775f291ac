import { type Payload, textOf } from '../payload.ts';
import type { CsmsTransaction } from './book.ts';
import type { Reply } from '../connection.ts';

export type AnswerSettings = {
  /** Heartbeat interval told to stations, in seconds. */
  readonly heartbeatS: number;
  /** Cards that are refused as Blocked; all others are accepted. */
  readonly blockedTags: ReadonlySet<string>;
};

/** The CSMS's answer to one of the ten messages of a station (OCPP 1.6 §4). */
export function answerStation(
  settings: AnswerSettings,
  action: string,
  payload: Payload,
  transaction: CsmsTransaction | undefined,
): Reply {
  const currentTime = new Date().toISOString();
  const idTagInfo = idTagInfoOf(settings, textOf(payload, 'idTag'));
  const results: Readonly<Record<string, Payload>> = {
    Authorize: { idTagInfo },
    BootNotification: { status: 'Accepted', currentTime, interval: settings.heartbeatS },
    DataTransfer: { status: 'UnknownVendorId' },
    DiagnosticsStatusNotification: {},
    FirmwareStatusNotification: {},
    Heartbeat: { currentTime },
    MeterValues: {},
    StartTransaction: { transactionId: transaction?.id ?? 0, idTagInfo },
    StatusNotification: {},
    StopTransaction: textOf(payload, 'idTag') === undefined ? {} : { idTagInfo },
  };
  const result = results[action];
  if (result === undefined) return { kind: 'error', code: 'NotImplemented', description: `no such action: ${action}` };
  return { kind: 'result', payload: result };
}

function idTagInfoOf(settings: AnswerSettings, idTag: string | undefined): Payload {
  return { status: settings.blockedTags.has(idTag ?? '') ? 'Blocked' : 'Accepted' };
}
