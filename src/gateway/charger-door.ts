import type { Anomaly } from '../ocpp/anomalies.ts';
import { OcppError } from '../ocpp/errors.ts';
import { admit, type Admission, TurnedAway } from './admission.ts';
import { answerBoot } from './boot.ts';
import { type Callback, chooseCallback, ownConnection } from './callback.ts';
import { type ChargingDoor, ownVendorId } from './charging-port.ts';
import { isRepeated, noteConnector, tellStatusOfTransaction } from './connector-status.ts';
import { announce, openLink, type Context } from './context.ts';
import { detached } from './detached.ts';
import { answerKept, answerNotice, answerStart, type Kept } from './inbound.ts';
import { livenessMs } from './liveness.ts';
import { fillGaps } from './memory.ts';
import { plainAddress } from './networks.ts';
import { handlingOf } from './policy.ts';
import type { ChargerCall, ChargerDoor, ChargerReply, Claim, Payload } from './ports.ts';
import type { Pump } from './pump.ts';
import { answerAuthorize, answerDataTransfer, answerHeartbeat } from './relay.ts';
import { isoSeconds, repair, type Repaired } from './repair.ts';
import { certificateRefused } from './security.ts';
import type { AccessSettings } from './settings.ts';
import { type Station, textOf } from './stations.ts';
import { StoreUnavailable, type StationRecord } from './store-port.ts';
import type { TransfersDoor, TransferStatusAction } from './transfers-port.ts';

/** What the door needs beside the context. */
export type Inside = {
  pumpOf(station: Station): Pump;
  /** The charger has spoken: whatever waited for that may go on. */
  heard(station: Station): void;
  /** It booted, or one of its transactions began or ended. */
  changed(station: Station): void;
  readonly charging: Pick<ChargingDoor, 'heard' | 'transfer'>;
  readonly transfers: Pick<TransfersDoor, 'booted' | 'status'>;
};

/** Where chargers knock: admission, repair, then the answer by the policy of each message. */
export function createChargerDoor(context: Context, inside: Inside): ChargerDoor {
  return {
    wireProfile: (identity) =>
      (context.stations.find(identity)?.settings ?? context.settings.station(identity)).profile,
    receive: (claim, call) => receive(context, inside, claim, call),
  };
}

async function receive(context: Context, inside: Inside, claim: Claim, call: ChargerCall): Promise<ChargerReply> {
  let { identity } = claim;
  try {
    const station = await enter(context, claim);
    identity = station.identity;
    await noteSource(context, station, claim);
    inside.heard(station);
    const { conf, seq } = await answer(context, inside, station, call);
    return { kind: 'answered', identity, payload: conf, seq };
  } catch (thrown) {
    return replyTo(context, identity, call.action, thrown);
  }
}

function replyTo(context: Context, identity: string, action: string, thrown: unknown): ChargerReply {
  if (thrown instanceof StoreUnavailable) {
    context.log.error('message not kept', { station: identity, action }, thrown);
    return { kind: 'silence', identity, reason: thrown.message };
  }
  if (!(thrown instanceof OcppError)) context.log.error('message failed', { station: identity, action }, thrown);
  return { kind: 'refused', identity, error: OcppError.from(thrown) };
}

// ------------------------------------------------------------------------------------------------ who is it

/** The station of a claim, or an OcppError. A stranger is taken in, kept apart or turned away by `unknownChargers`. */
export async function enter(context: Context, claim: Claim): Promise<Station> {
  const station = context.stations.find(claim.identity);
  const settings = station?.settings ?? context.settings.station(claim.identity);
  const source = station?.record.source;
  const sourceAlive = station !== undefined && isAlive(context, station, claim);
  const admission = admit(claim, { settings, source, sourceAlive });
  if (admission.kind === 'refused') throw turnedAway(context, station, claim, admission);
  if (admission.alert !== undefined && station !== undefined) {
    context.log.warn('charger source changed', { station: station.identity, from: source, to: claim.peerAddress });
  }
  if (station?.record.standing === 'blocked') throw refusal(context, 'blocked', 'this charger is blocked');
  if (station?.record.standing === 'quarantined' && context.settings.unknownChargers === 'reject') {
    throw refusal(context, 'unknown', 'this charger is not known here');
  }
  return station ?? takeIn(context, claim);
}

/**
 * Half the liveness time: two sources that speak in turn are found, a charger with a new lease is not locked out long.
 * One that holds a connection is alive while it does, unless another comes that proves to be the same.
 */
function isAlive(context: Context, station: Station, claim: Claim): boolean {
  if (station.connected) return !proves(claim, station.settings.access);
  if (station.heardAtMs === undefined || station.record.wire === 'ocpp1.6-json') return false;
  return context.clock.elapsed() - station.heardAtMs < livenessMs(station) / 2;
}

/** By a password that the admission has yet to check, or by a certificate that TLS has checked. */
function proves({ wire, certificateName }: Claim, { basicPassword }: AccessSettings): boolean {
  return wire === 'ocpp1.6-json' && (basicPassword !== undefined || certificateName !== undefined);
}

function turnedAway(
  context: Context,
  station: Station | undefined,
  claim: Claim,
  admission: Admission & { kind: 'refused' },
): OcppError {
  const { rule, error } = admission;
  context.meters.securityReject(rule);
  context.log.warn('charger turned away', { station: claim.identity, rule, from: claim.peerAddress });
  if (station !== undefined && admission.conflict) station.conflict = true;
  return new TurnedAway(rule, error.code, error.message);
}

function refusal(context: Context, rule: string, reason: string): OcppError {
  context.meters.securityReject(rule);
  return new TurnedAway(rule, 'SecurityError', reason);
}

async function takeIn(context: Context, claim: Claim): Promise<Station> {
  const settings = context.settings.station(detached(claim.identity));
  const policy = settings.registered ? 'accept' : context.settings.unknownChargers;
  if (policy === 'reject') throw refusal(context, 'unknown', 'this charger is not known here');
  if (!settings.registered && context.stations.full()) throw refusal(context, 'strangers', 'too many unknown chargers');
  const nowMs = context.clock.now();
  const record: StationRecord = {
    identity: settings.identity,
    standing: policy === 'accept' ? 'accepted' : 'quarantined',
    csmsIdentity: settings.link.csmsIdentity,
    csmsProtocol: 'ocpp1.6',
    wire: claim.wire,
    source: plainAddress(claim.peerAddress),
    callback: undefined,
    firstSeenMs: nowMs,
    lastSeenMs: nowMs,
    boot: undefined,
    connectors: 0,
  };
  context.log.info('charger seen first', { station: record.identity, standing: record.standing });
  return context.stations.add(record);
}

/** Chosen anew only when the charger says something else: parsing URLs costs more than all else of the admission. */
function callbackOf(station: Station, { callbacks, peerAddress, wire }: Claim): Callback {
  if (wire === 'ocpp1.6-json') return ownConnection(station.settings.callback);
  const claimed = `${peerAddress} ${callbacks.join(' ')}`;
  if (station.callbackChoice?.claimed !== claimed) {
    const chosen = chooseCallback(station.settings.callback, callbacks, peerAddress);
    station.callbackChoice = { claimed, chosen };
  }
  return station.callbackChoice.chosen;
}

/** Where it speaks from, how, and where it can be called, from every message (wsa:From may change at any time). */
export async function noteSource(context: Context, station: Station, claim: Claim): Promise<void> {
  const chosen = callbackOf(station, claim);
  if (chosen.kind === 'none' && chosen.refused.length > 0) {
    context.meters.securityReject('callback');
    context.log.warn('callback address ignored', { station: station.identity, reason: chosen.reason });
  }
  const source = plainAddress(claim.peerAddress);
  const { record } = station;
  // Where a charger was that has moved, another one may be now.
  const known = record.source === source ? record.callback : undefined;
  const kept = chosen.kind === 'url' ? chosen.url : known;
  station.noCommandsReason = kept === undefined && chosen.kind === 'none' ? chosen.reason : undefined;
  station.heardAtMs = context.clock.elapsed();
  if (record.source === source && record.callback === kept && record.wire === claim.wire) {
    station.record = { ...record, lastSeenMs: context.clock.now() };
    station.unsaved = true;
    return;
  }
  station.conflict = false;
  const change = { source, callback: kept, wire: claim.wire, lastSeenMs: context.clock.now() };
  await context.stations.update(station, change);
}

// ------------------------------------------------------------------------------------------------ what is said

async function answer(context: Context, inside: Inside, station: Station, call: ChargerCall): Promise<Kept> {
  const handling = handlingOf(call.action);
  if (handling === undefined) throw new OcppError('NotSupported', `${call.action} is not a message of a charger`);
  if (station.record.standing === 'quarantined') return { conf: answerQuarantined(context, call) };
  for (const anomaly of call.anomalies) noteAnomaly(context, station, call.action, anomaly);
  const repaired = repair(call, station.settings.repair, {
    nowMs: context.clock.now(),
    lastStatus: (connector) => station.statuses.get(connector)?.status,
  });
  openLink(context, station);
  if (handling !== 'transaction' && call.action !== 'BootNotification') requireBoot(context, station);
  const whole = call.gaps === undefined ? repaired : await fillGaps(context, station, call.gaps, repaired);
  return answerAccepted(context, inside, station, call, whole);
}

/** What had to be cut is kept in the log, whole. */
function noteAnomaly({ meters, log }: Context, station: Station, action: string, { kind, path, text }: Anomaly): void {
  meters.anomaly(kind);
  if (kind !== 'shortened') return;
  log.debug('charger text shortened', { station: station.identity, action, field: path.join('.'), text });
}

/** OCPP 1.6 §4.2: Pending, until the operator adopts it. */
function answerQuarantined(context: Context, call: ChargerCall): Payload {
  if (call.action !== 'BootNotification') throw refusal(context, 'quarantine', 'this charger waits to be adopted');
  const interval = context.settings.offline.pendingIntervalS;
  return { status: 'Pending', currentTime: isoSeconds(context.clock.now()), interval };
}

/** OCPP 1.6 §4.2: nothing but transaction messages, which must not be lost, before a BootNotification was accepted. */
function requireBoot(context: Context, station: Station): void {
  if (station.record.boot?.told === 'Accepted' || station.settings.acceptBeforeBoot) return;
  throw refusal(context, 'boot', 'no BootNotification of this charger was accepted yet');
}

async function answerAccepted(
  context: Context,
  inside: Inside,
  station: Station,
  call: ChargerCall,
  repaired: Repaired,
): Promise<Kept> {
  const { action, gaps = [] } = call;
  const { payload } = repaired;
  const pump = inside.pumpOf(station);
  const repeated = gaps.includes('occupied') && isRepeated(station, payload);
  await noteConnector(context, station, action, payload);
  if (repeated) return { conf: {} };
  if (isForGateway(action, payload)) {
    return { conf: inside.charging.transfer(station.identity, { ...payload, vendorId: ownVendorId }) };
  }
  const kept = await answerByAction(context, inside, station, call, repaired);
  const { conf } = kept;
  if (gaps.includes('status')) await tellStatusOfTransaction(context, station, pump, { action, payload, conf });
  if (toldToCharging.has(action)) inside.charging.heard(station.identity, action, payload);
  if (isNewsToCharging(action, payload)) inside.changed(station);
  return kept;
}

/** Messages that say something about sessions and currents. */
const toldToCharging: ReadonlySet<string> = new Set([
  'BootNotification',
  'MeterValues',
  'StartTransaction',
  'StatusNotification',
  'StopTransaction',
]);

/** OCPP 1.6 §6.15: a vendorId is case insensitive text. */
function isForGateway(action: string, payload: Payload): boolean {
  return action === 'DataTransfer' && textOf(payload, 'vendorId')?.toLowerCase() === ownVendorId;
}

/** A boot, a transaction, or a connector that is free again. */
function isNewsToCharging(action: string, payload: Payload): boolean {
  switch (action) {
    case 'BootNotification':
    case 'StartTransaction':
    case 'StopTransaction':
      return true;
    default:
      return action === 'StatusNotification' && payload['status'] === 'Available';
  }
}

async function answerByAction(
  context: Context,
  inside: Inside,
  station: Station,
  call: ChargerCall,
  repaired: Repaired,
): Promise<Kept> {
  const { payload } = repaired;
  const pump = inside.pumpOf(station);
  switch (call.action) {
    case 'BootNotification':
      inside.transfers.booted(station.identity, textOf(payload, 'firmwareVersion'));
      return { conf: await answerBoot(context, station, payload, () => pump.kick()) };
    case 'Authorize':
      return { conf: await answerAuthorize(context, station, payload) };
    case 'DataTransfer':
      return answerDataTransfer(context, station, pump, payload);
    case 'Heartbeat':
      return { conf: await answerHeartbeat(context, station) };
    case 'SignCertificate':
      return { conf: certificateRefused };
    case 'StartTransaction':
      return answerStart(context, station, pump, call, repaired);
    case 'StopTransaction':
    case 'MeterValues':
      return answerKept(context, station, pump, call, repaired);
    case 'DiagnosticsStatusNotification':
    case 'FirmwareStatusNotification':
      return answerTransferStatus(context, inside, station, call.action, payload);
    default:
      return answerNotice(context, station, pump, call.action, payload);
  }
}

/** What the transfers do not deal with is for the CSMS as it stands. */
async function answerTransferStatus(
  context: Context,
  inside: Inside,
  station: Station,
  action: TransferStatusAction,
  payload: Payload,
): Promise<Kept> {
  const outcome = await inside.transfers.status(station.identity, action, textOf(payload, 'status') ?? '');
  return outcome === 'taken' ? { conf: {} } : answerNotice(context, station, inside.pumpOf(station), action, payload);
}

/** Lets whoever waits for the next message of a charger go on. */
export function announceHeard(station: Station): void {
  announce(station.onHeard);
}
