import type { Charger } from './charger.ts';

export type LoadSettings = {
  /** MeterValues in each session. */
  readonly readings: number;
  readonly idTag: string;
  /** Ends the load; sessions that run are ended first. */
  readonly signal: AbortSignal;
};

/**
 * Drives a charger as fast as it is acknowledged: on all its connectors at once, session after session, each message
 * only when the last was acknowledged. Resolves when the signal came and everything was acknowledged; returns how many
 * sessions it ran.
 */
export async function driveLoad(charger: Charger, settings: LoadSettings): Promise<number> {
  await charger.booted();
  let sessions = 0;
  while (!settings.signal.aborted) {
    for (const id of charger.connectorIds) charger.begin(id, settings.idTag);
    await charger.drained();
    for (let reading = 0; reading < settings.readings && !settings.signal.aborted; reading += 1) {
      for (const id of charger.connectorIds) charger.sample(id);
      await charger.drained();
    }
    for (const id of charger.connectorIds) charger.unplug(id);
    await charger.drained();
    sessions += charger.connectorIds.length;
  }
  return sessions;
}
