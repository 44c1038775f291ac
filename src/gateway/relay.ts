import { OcppError } from '../ocpp/errors.ts';
import { authorizeOffline, rememberAuthorization } from './authorization.ts';
import { csmsAcceptedBoot } from './boot.ts';
import { background, linkReady, type Context } from './context.ts';
import { deliverForTime } from './csms-clock.ts';
import type { Kept } from './inbound.ts';
import type { Delivery, Payload } from './ports.ts';
import type { Pump } from './pump.ts';
import { isoSeconds } from './repair.ts';
import { heartbeatIntervalS, textOf, type Station } from './stations.ts';

/*
 * Messages that the CSMS decides. When it is away, or slower than a charger should wait, the gateway answers in its
 * place, always with a conf: chargers read a Fault as "offline" or retry it, each in its own way.
 */

export async function answerAuthorize(context: Context, station: Station, payload: Payload): Promise<Payload> {
  const idTag = textOf(payload, 'idTag') ?? '';
  if (isLonger(idTag, longest.idTag))
    return refuseTooLong(context, station, 'idTag', { idTagInfo: { status: 'Invalid' } });
  const delivery = await ask(context, station, 'Authorize', payload);
  switch (delivery.kind) {
    case 'answered':
      await rememberAuthorization(context, station, idTag, delivery.payload['idTagInfo'] as Payload);
      return delivery.payload;
    case 'refused':
      if (delivery.code === 'InternalError' || delivery.code === 'GenericError') {
        return { idTagInfo: { status: 'Invalid' } };
      }
      throw refusalOf(delivery);
    case 'unreachable':
      return { idTagInfo: await authorizeOffline(context, station, idTag) };
  }
}

export async function answerDataTransfer(
  context: Context,
  station: Station,
  pump: Pump,
  payload: Payload,
): Promise<Kept> {
  const { vendorId, messageId } = longest;
  if (isLonger(textOf(payload, 'vendorId'), vendorId) || isLonger(textOf(payload, 'messageId'), messageId)) {
    return { conf: refuseTooLong(context, station, 'vendorId or messageId', { status: 'Rejected' }) };
  }
  const delivery = await ask(context, station, 'DataTransfer', payload);
  switch (delivery.kind) {
    case 'answered':
      return { conf: delivery.payload };
    case 'refused':
      if (delivery.code === 'NotImplemented' || delivery.code === 'NotSupported')
        return { conf: { status: 'UnknownVendorId' } };
      throw refusalOf(delivery);
    case 'unreachable':
      return keepDataTransfer(context, station, pump, payload);
  }
}

async function keepDataTransfer(context: Context, station: Station, pump: Pump, payload: Payload): Promise<Kept> {
  const vendor = textOf(payload, 'vendorId')?.toLowerCase();
  const queued = context.settings.offline.queueDataTransferVendorIds.some((id) => id.toLowerCase() === vendor);
  if (!queued) return { conf: { status: 'Rejected' } };
  const { seq } = await context.store.appendInbound({
    station: station.identity,
    action: 'DataTransfer',
    payload,
    lane: 'notice',
    atMs: context.clock.now(),
    offline: true,
  });
  pump.kick();
  return { conf: { status: 'Accepted' }, seq };
}

/** In characters, by OCPP 1.6 (§6.1, §6.15); older versions set no bound. */
const longest = { idTag: 20, vendorId: 255, messageId: 50 };

const isLonger = (text: string | undefined, most: number) => text !== undefined && Array.from(text).length > most;

/** What OCPP 1.6 cannot carry is not cut, since half an identifier is another one. */
function refuseTooLong({ log }: Context, station: Station, field: string, conf: Payload): Payload {
  log.warn('message refused that is too long for csms', { station: station.identity, field });
  return conf;
}

/** Answered here, and passed on at the CSMS's own interval: more would be noise, less would look dead. */
export async function answerHeartbeat(context: Context, station: Station): Promise<Payload> {
  passHeartbeat(context, station, undefined);
  return { currentTime: isoSeconds(context.clock.now()) };
}

/**
 * Sends a Heartbeat to the CSMS if one is due, counted from the last one, else from `sinceMs` (monotonic). A tenth of
 * the interval is left for chargers that beat early.
 */
export function passHeartbeat(context: Context, station: Station, sinceMs: number | undefined): void {
  if (!station.linkOpen || !csmsAcceptedBoot(station)) return;
  const nowMs = context.clock.elapsed();
  const lastMs = station.heartbeatSentAtMs ?? sinceMs;
  if (lastMs !== undefined && nowMs - lastMs < heartbeatIntervalS(station) * 900) return;
  station.heartbeatSentAtMs = nowMs;
  const message = { action: 'Heartbeat', payload: {}, deadlineMs: context.settings.csmsDeadlineMs } as const;
  const sent = deliverForTime(context, station, message);
  background(context, 'Heartbeat', sent);
}

/** Asks the CSMS; `unreachable` also when it has not accepted the charger's boot yet. */
async function ask(context: Context, station: Station, action: string, payload: Payload): Promise<Delivery> {
  const { waitMs } = context.settings.offline;
  const untilMs = context.clock.elapsed() + waitMs;
  const ready = (await linkReady(context, station, waitMs)) && csmsAcceptedBoot(station);
  if (!ready) return { kind: 'unreachable', reason: 'the CSMS is away', sent: false };
  return context.links.deliver(station.identity, action, payload, untilMs - context.clock.elapsed());
}

function refusalOf(delivery: Delivery & { kind: 'refused' }): OcppError {
  return new OcppError(delivery.code, delivery.description, { details: delivery.details });
}
