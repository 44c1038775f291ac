import type { Context } from './context.ts';
import type { Delivery, Payload } from './ports.ts';
import { type Station, textOf } from './stations.ts';

/** An answer that took longer says too little of when it was written. */
const longestMs = 5_000;

/** Sends a message whose answer tells the time, and counts how far the clock of the CSMS is ahead of ours. */
export async function deliverForTime(
  context: Context,
  station: Station,
  message: {
    readonly action: 'BootNotification' | 'Heartbeat';
    readonly payload: Payload;
    readonly deadlineMs: number;
  },
): Promise<Delivery> {
  const { clock, links, meters } = context;
  const sentMs = clock.elapsed();
  const delivery = await links.deliver(station.identity, message.action, message.payload, message.deadlineMs);
  const tookMs = clock.elapsed() - sentMs;
  if (delivery.kind !== 'answered' || tookMs > longestMs) return delivery;
  const theirsMs = Date.parse(textOf(delivery.payload, 'currentTime') ?? '');
  if (!Number.isNaN(theirsMs)) meters.clockOffset((theirsMs - (clock.now() - tookMs / 2)) / 1000);
  return delivery;
}
