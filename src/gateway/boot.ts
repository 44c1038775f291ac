import { background, linkReady, openLink, type Context } from './context.ts';
import { deliverForTime } from './csms-clock.ts';
import { detached } from './detached.ts';
import type { Payload } from './ports.ts';
import { isoSeconds } from './repair.ts';
import type { Station } from './stations.ts';
import type { BootRecord } from './store-port.ts';

/*
 * The boot of a charger as the CSMS sees it.
 *
 * A BootNotification is passed through. When the CSMS is away or slow, the charger hears what the CSMS said last (or
 * `firstBoot`), and the boot stays `unheard`: the gateway replays it when the link opens, before anything else, and
 * again at the CSMS's interval while the CSMS says Pending or Rejected. Until the CSMS has accepted it, nothing else
 * goes up (OCPP 1.6 §4.2).
 */

type Status = BootRecord['told'];

const replayAtLeastMs = 10_000;

/** Answers one BootNotification of a charger; `accepted` is called when the CSMS has accepted it, now or later. */
export async function answerBoot(
  context: Context,
  station: Station,
  payload: Payload,
  accepted: () => void,
): Promise<Payload> {
  const before = station.record.boot;
  if (before?.payload['firmwareVersion'] !== payload['firmwareVersion']) station.lacks.clear();
  const told = before?.told ?? context.settings.offline.firstBoot;
  const boot: BootRecord = {
    payload: detached(payload),
    atMs: context.clock.now(),
    csms: before?.csms,
    told,
    unheard: true,
  };
  const untilMs = context.clock.elapsed() + context.settings.offline.waitMs;
  const ready = await keptAndReady(context, station, boot);
  if (ready) {
    const answer = await sendBoot(context, station, untilMs - context.clock.elapsed());
    if (csmsAcceptedBoot(station)) accepted();
    if (answer !== undefined) return answer;
    replayLater(context, station, accepted);
  }
  return offlineAnswer(context, station);
}

/** Keeps the boot; true if the link is ready for it in time. A link that opens meanwhile leaves the boot to its answer. */
async function keptAndReady(context: Context, station: Station, boot: BootRecord): Promise<boolean> {
  station.bootWaits = true;
  try {
    await context.stations.update(station, { boot });
    openLink(context, station);
    return await linkReady(context, station, context.settings.offline.waitMs);
  } finally {
    station.bootWaits = false;
  }
}

/** True if the CSMS may be sent other messages of this station. */
export function csmsAcceptedBoot(station: Station): boolean {
  const { boot } = station.record;
  if (boot === undefined || station.settings.bootOnReconnect === 'never') return true;
  return boot.csms?.status === 'Accepted' && !boot.unheard;
}

/** True if a BootNotification must go up before anything else on a link that just opened. */
export function mustReplayBoot(station: Station): boolean {
  const { boot } = station.record;
  if (boot === undefined || station.bootWaits || station.settings.bootOnReconnect === 'never') return false;
  return station.settings.bootOnReconnect === 'always' || !csmsAcceptedBoot(station);
}

/** Tells the CSMS of the last boot, again at its interval while it does not accept it. */
export async function replayBoot(context: Context, station: Station, accepted: () => void): Promise<void> {
  await sendBoot(context, station, context.settings.csmsDeadlineMs);
  if (csmsAcceptedBoot(station)) accepted();
  else replayLater(context, station, accepted);
}

function replayLater(context: Context, station: Station, accepted: () => void): void {
  const intervalMs = Math.max((station.record.boot?.csms?.intervalS ?? 0) * 1000, replayAtLeastMs);
  station.cancelReplay();
  station.cancelReplay = context.clock.after(intervalMs, () => {
    if (!station.linkOpen || csmsAcceptedBoot(station)) return;
    background(context, 'replay of BootNotification', replayBoot(context, station, accepted));
  });
}

/** The CSMS's answer, kept; undefined when there was none in time. */
async function sendBoot(context: Context, station: Station, deadlineMs: number): Promise<Payload | undefined> {
  const { boot } = station.record;
  if (boot === undefined) return undefined;
  const message = { action: 'BootNotification', payload: boot.payload, deadlineMs } as const;
  const delivery = await deliverForTime(context, station, message);
  if (delivery.kind === 'unreachable') return undefined;
  if (delivery.kind === 'refused') {
    context.log.warn('boot refused by csms', { station: station.identity, code: delivery.code });
    return undefined;
  }
  const status = delivery.payload['status'] as Status;
  const intervalS = Number(delivery.payload['interval']);
  const now = station.record.boot ?? boot;
  const unheard = now.payload !== boot.payload;
  const csms = { status, intervalS, url: station.settings.link.url };
  await context.stations.update(station, { boot: { ...now, csms, told: status, unheard } });
  context.log.info('boot answered by csms', { station: station.identity, status, intervalS });
  return delivery.payload;
}

async function offlineAnswer(context: Context, station: Station): Promise<Payload> {
  const { firstBoot, pendingIntervalS } = context.settings.offline;
  const { boot } = station.record;
  const status = boot?.csms?.status ?? firstBoot;
  const interval = boot?.csms === undefined || boot.csms.intervalS <= 0 ? pendingIntervalS : boot.csms.intervalS;
  context.meters.offlineDecision(`boot ${status}`);
  if (boot !== undefined) await context.stations.update(station, { boot: { ...boot, told: status } });
  return { status, currentTime: isoSeconds(context.clock.now()), interval };
}
