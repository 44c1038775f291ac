import { background, type Context } from './context.ts';
import { passHeartbeat } from './relay.ts';
import { heartbeatIntervalS, type Station } from './stations.ts';

/*
 * One timer for all chargers. A charger that is silent for three of its heartbeats, and at least five minutes, loses
 * its socket to the CSMS (a truthful "offline") until it speaks again; not before its outbox is empty, though.
 */

const sweepMs = 1_000;
const leastSilenceMs = 300_000;
const reconnectMs = 60_000;
const saveEveryMs = 60_000;
const pruneEveryMs = 3_600_000;

/** How long a charger may be silent before it counts as gone; one that lost its own connection comes back sooner. */
export function livenessMs(station: Station): number {
  if (station.record.wire === 'ocpp1.6-json') return reconnectMs;
  return Math.max(3 * heartbeatIntervalS(station) * 1000, leastSilenceMs);
}

/** Starts the sweep; the returned function ends it. */
export function watchChargers(context: Context): () => void {
  let cancel: () => void = () => undefined;
  let ticks = 0;
  const sweep = () => {
    ticks += 1;
    for (const station of context.stations.all()) look(context, station);
    if (ticks % (saveEveryMs / sweepMs) === 0) background(context, 'saving of last seen', saveSeen(context));
    if (ticks % (pruneEveryMs / sweepMs) === 0) background(context, 'pruning of receipts', prune(context));
    cancel = context.clock.after(sweepMs, sweep);
  };
  cancel = context.clock.after(sweepMs, sweep);
  return () => cancel();
}

/** Puts on disk when each charger was last heard. */
export async function saveSeen(context: Context): Promise<void> {
  const unsaved = [...context.stations.all()].filter((station) => station.unsaved);
  await Promise.all(unsaved.map((station) => context.stations.update(station, {})));
}

function prune(context: Context): Promise<void> {
  return context.store.prune(context.clock.now() - context.settings.outbox.receiptsMs);
}

function look(context: Context, station: Station): void {
  if (context.links.state(station.identity).kind === 'closed') return;
  if (!isSilent(context, station)) {
    return passHeartbeat(context, station, station.linkOpenedAtMs);
  }
  background(context, 'closing of a silent charger', closeIfDrained(context, station));
}

/** Whether a charger counts as gone. */
export function isSilent(context: Context, station: Station): boolean {
  return silenceMs(context, station) >= livenessMs(station);
}

/**
 * Since its last message, or since the gateway last had something to say for it; a connection that is held says enough
 * (OCPP 1.6 §4.6).
 */
function silenceMs(context: Context, station: Station): number {
  if (station.connected) return 0;
  return context.clock.elapsed() - Math.max(station.heardAtMs ?? 0, station.linkWantedAtMs);
}

async function closeIfDrained(context: Context, station: Station): Promise<void> {
  const heads = await context.store.peek(station.identity);
  if (heads.transaction !== undefined || heads.notice !== undefined) return;
  const silentMs = silenceMs(context, station);
  // It may have spoken, or a status of its transfer may have been kept, while the store was asked.
  if (silentMs < livenessMs(station)) return;
  context.log.info('charger went silent', { station: station.identity, silentS: Math.round(silentMs / 1000) });
  context.links.close(station.identity);
}
