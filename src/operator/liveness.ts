import type { ChargerView } from '../gateway/operator-port.ts';

/** The shortest silence after which a charger may count as gone (a silent one loses its link to the CSMS). */
const shortSilenceMs = 5 * 60_000;

/**
 * Whether a charger counts as alive: the gateway keeps a link to the CSMS for it, or it spoke in the last five minutes
 * (one in quarantine has no link).
 */
export function isAlive(charger: ChargerView, nowMs: number): boolean {
  return charger.link.kind !== 'closed' || nowMs - charger.lastSeenMs < shortSilenceMs;
}
