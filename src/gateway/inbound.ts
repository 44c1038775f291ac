import { OcppError } from '../ocpp/errors.ts';
import { authorizeOffline } from './authorization.ts';
import { csmsAcceptedBoot } from './boot.ts';
import type { Context } from './context.ts';
import { naturalKey } from './natural-key.ts';
import type { ChargerCall, Payload } from './ports.ts';
import type { Pump } from './pump.ts';
import type { Repaired } from './repair.ts';
import { numberOf, textOf, type Station } from './stations.ts';
import type { InboundEntry, StartAnswer, TransactionEffect } from './store-port.ts';

/*
 * Messages that are kept before they are answered. What a charger was told stays true: a repeated message gets the
 * stored answer, and the answer to a StartTransaction is decided in the store, by whoever comes first: the CSMS
 * (`complete`) or the deadline (`settleStart`).
 */

/** What a charger is answered, and the number in the outbox under which its message is kept, if it is. */
export type Kept = { readonly conf: Payload; readonly seq?: number };

/** Keeps a StartTransaction and answers with the CSMS's word if it comes in time, else with a provisional id. */
export async function answerStart(
  context: Context,
  station: Station,
  pump: Pump,
  call: ChargerCall,
  { payload }: Repaired,
): Promise<Kept> {
  const offline = !station.linkOpen;
  const entry = transactionEntry(context, station, call, payload, { offline, transaction: startEffect(payload) });
  const appended = await context.store.appendInbound(entry);
  if (appended.kind === 'duplicate') {
    context.meters.duplicate('charger');
    if (appended.answer !== undefined) return { conf: appended.answer, seq: appended.seq };
  }
  const answer = await startAnswer(context, station, pump, appended.seq, textOf(payload, 'idTag') ?? '');
  return { conf: { transactionId: answer.transactionId, idTagInfo: answer.idTagInfo }, seq: appended.seq };
}

async function startAnswer(
  context: Context,
  station: Station,
  pump: Pump,
  seq: number,
  idTag: string,
): Promise<StartAnswer> {
  const answer = await pump.started(seq, context.settings.offline.waitMs);
  if (answer !== undefined) return answer;
  const idTagInfo = await authorizeOffline(context, station, idTag);
  return context.store.settleStart(seq, idTagInfo, context.clock.now());
}

/** Keeps a MeterValues or StopTransaction and answers at once. */
export async function answerKept(
  context: Context,
  station: Station,
  pump: Pump,
  call: ChargerCall,
  repaired: Repaired,
): Promise<Kept> {
  const { payload } = repaired;
  if (call.action === 'MeterValues' && isEmptyList(payload['meterValue'])) return { conf: {} };
  const transaction = call.action === 'StopTransaction' ? stopEffect(payload) : updateEffect(repaired);
  const offline = !station.linkOpen;
  const entry = transactionEntry(context, station, call, payload, { offline, transaction, answer: {} });
  const appended = await context.store.appendInbound(entry);
  if (appended.kind === 'duplicate') context.meters.duplicate('charger');
  else pump.kick();
  return { conf: {}, seq: appended.seq };
}

/** Keeps a StatusNotification or the status of a transfer, and answers at once. */
export async function answerNotice(
  context: Context,
  station: Station,
  pump: Pump,
  action: string,
  payload: Payload,
): Promise<Kept> {
  if (action !== 'StatusNotification') station.transfers.set(action, textOf(payload, 'status') ?? '');
  const seq = await keepNotice(context, station, pump, { action, payload });
  return { conf: {}, seq };
}

/** A notice for the CSMS; one whose key was used before is not kept again. */
export type Notice = Pick<InboundEntry, 'action' | 'payload' | 'dedupeKey'>;

/** Keeps a notice, and tells its number in the outbox; while the CSMS is away only the last one of its sort counts. */
export async function keepNotice(context: Context, station: Station, pump: Pump, notice: Notice): Promise<number> {
  const listens = station.linkOpen && csmsAcceptedBoot(station);
  const replaceKey = listens ? undefined : replaceKeyOf(notice.action, notice.payload);
  const { seq } = await context.store.appendInbound({
    station: station.identity,
    ...notice,
    lane: 'notice',
    atMs: context.clock.now(),
    answer: {},
    offline: !listens,
    ...(replaceKey === undefined ? {} : { replaceKey }),
  });
  pump.kick();
  return seq;
}

/** Errors and final statuses are history that counts; everything else is replaced by what comes after it. */
function replaceKeyOf(action: string, payload: Payload): string | undefined {
  switch (action) {
    case 'StatusNotification':
      return payload['errorCode'] === 'NoError' ? `status ${String(payload['connectorId'])}` : undefined;
    case 'FirmwareStatusNotification':
      return finalFirmware.has(textOf(payload, 'status') ?? '') ? undefined : 'firmware';
    case 'DiagnosticsStatusNotification':
      return finalDiagnostics.has(textOf(payload, 'status') ?? '') ? undefined : 'diagnostics';
    case 'SignedFirmwareStatusNotification':
      return finalFirmware.has(textOf(payload, 'status') ?? '') ? undefined : 'signed firmware';
    case 'LogStatusNotification':
      return passingLog.has(textOf(payload, 'status') ?? '') ? 'log' : undefined;
    default:
      return undefined;
  }
}

const finalFirmware = new Set([
  'DownloadFailed',
  'InstallationFailed',
  'Installed',
  'InstallVerificationFailed',
  'InvalidSignature',
]);
const finalDiagnostics = new Set(['Uploaded', 'UploadFailed']);
const passingLog = new Set(['Idle', 'Uploading']);

type EntryRest = Pick<InboundEntry, 'offline' | 'transaction' | 'answer'>;

function transactionEntry(
  context: Context,
  station: Station,
  call: ChargerCall,
  payload: Payload,
  rest: EntryRest,
): InboundEntry {
  return {
    station: station.identity,
    action: call.action,
    payload,
    lane: 'transaction',
    atMs: context.clock.now(),
    dedupeKey: naturalKey(call.action, call.payload),
    ...rest,
  };
}

function startEffect(payload: Payload): TransactionEffect {
  const reservationId = numberOf(payload, 'reservationId');
  return {
    kind: 'start',
    connector: required(numberOf(payload, 'connectorId'), 'connectorId'),
    idTag: required(textOf(payload, 'idTag'), 'idTag'),
    startedAt: required(textOf(payload, 'timestamp'), 'timestamp'),
    meterStart: required(numberOf(payload, 'meterStart'), 'meterStart'),
    ...(reservationId === undefined ? {} : { reservationId }),
  };
}

function stopEffect(payload: Payload): TransactionEffect {
  const meterStopWh = numberOf(payload, 'meterStop');
  const stoppedAt = textOf(payload, 'timestamp');
  const reason = textOf(payload, 'reason');
  return {
    kind: 'stop',
    chargerTxId: required(numberOf(payload, 'transactionId'), 'transactionId'),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    ...(meterStopWh === undefined ? {} : { meterStopWh }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** MeterValues outside transactions have no effect on any. */
function updateEffect({ payload, guessTransaction }: Repaired): TransactionEffect | undefined {
  const chargerTxId = numberOf(payload, 'transactionId');
  const connector = numberOf(payload, 'connectorId');
  if (chargerTxId === undefined && !guessTransaction) return undefined;
  return { kind: 'update', chargerTxId, connector };
}

function required<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new OcppError('OccurrenceConstraintViolation', `${field} is missing`);
  return value;
}

const isEmptyList = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0);
