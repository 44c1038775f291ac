import type { Measurements } from './measurements.ts';
import type { ChargerCaller, Clock, CsmsLinks, Log, Meters } from './ports.ts';
import type { GatewaySettings } from './settings.ts';
import { effectiveLink, type Station, type Stations } from './stations.ts';
import type { Store } from './store-port.ts';

/** What every part of the gateway works with. */
export type Context = {
  readonly settings: GatewaySettings;
  readonly store: Store;
  readonly links: CsmsLinks;
  readonly caller: ChargerCaller;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
  readonly stations: Stations;
  readonly measurements: Measurements;
  /** Wall clock: what is not remembered in this process happened before. */
  readonly startedAtMs: number;
  /** Of this process's ownership of the stations. */
  readonly epoch: number;
};

/** Runs what nobody waits for; a rejection is our own bug and is logged with its stack. */
export function background(context: Context, name: string, work: Promise<unknown>): void {
  work.catch((cause: unknown) => context.log.error('background work failed', { work: name }, cause));
}

/** Wants the station's link from now on. */
export function openLink(context: Context, station: Station): void {
  station.linkWantedAtMs = context.clock.elapsed();
  if (context.links.state(station.identity).kind === 'closed') {
    context.links.open(station.identity, effectiveLink(station));
  }
}

/** After other settings: a link that is not wanted any more is closed, one that leads elsewhere now is opened anew. */
export function relink({ links }: Context, station: Station): void {
  const { identity, settings } = station;
  if (settings.blocked) links.close(identity);
  else if (links.state(identity).kind !== 'closed') links.open(identity, effectiveLink(station));
}

/**
 * True when the CSMS can be asked now. A link in its first attempt is waited for, `withinMs` at most: right after the
 * start a charger should hear the CSMS's word rather than ours.
 */
export async function linkReady(context: Context, station: Station, withinMs: number): Promise<boolean> {
  if (station.linkOpen) return true;
  const state = context.links.state(station.identity);
  if (state.kind !== 'connecting' || state.attempts > 1 || state.lastError !== undefined) return false;
  await once(context, station.onLink, withinMs);
  return station.linkOpen;
}

/** Resolves at the next call of the set's listeners, or after `withinMs`; tells which. */
export function once(context: Context, listeners: Set<() => void>, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (called: boolean) => {
      listeners.delete(onCall);
      cancel();
      resolve(called);
    };
    const onCall = () => settle(true);
    const cancel = context.clock.after(withinMs, () => settle(false));
    listeners.add(onCall);
  });
}

/** Calls every listener once; each may remove itself. */
export function announce(listeners: Set<() => void>): void {
  for (const listener of listeners) listener();
}
