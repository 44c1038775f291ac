import { sharedNowMs } from '../control/asks.ts';
import type { ChargerAction } from '../wire/envelopes.ts';
import { percentile } from '../statistics.ts';
import type { Charger } from './charger.ts';

/** What the chargers saw of one stretch of load. */
export type LoadSeen = {
  readonly messages: number;
  readonly startedMs: number;
  /** When the last answer came. */
  readonly endedMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

export type ClosedLoop = {
  readonly action: ChargerAction;
  readonly inFlight: number;
  /** It goes on until both have passed. */
  readonly forMs: number;
  readonly atLeastMessages: number;
};

/** Always `inFlight` messages under way, from the chargers in turn; waits for the last answers. `told` hears of each message. */
export function closedLoop(chargers: readonly Charger[], loop: ClosedLoop, told: () => void): Promise<LoadSeen> {
  const { action, inFlight, forMs, atLeastMessages } = loop;
  const startedMs = sharedNowMs();
  const idle = [...chargers];
  const latencies: number[] = [];
  let underWay = 0;
  let sent = 0;
  return new Promise((resolve) => {
    const next = (): void => {
      const goesOn = sent < atLeastMessages || sharedNowMs() - startedMs < forMs;
      const charger = goesOn ? idle.shift() : undefined;
      if (charger === undefined) {
        if (underWay === 0) resolve(seen(latencies, startedMs));
        return;
      }
      underWay += 1;
      sent += 1;
      told();
      const sentMs = sharedNowMs();
      charger.send(action, () => {
        latencies.push(sharedNowMs() - sentMs);
        underWay -= 1;
        idle.push(charger);
        next();
      });
    };
    for (let index = 0; index < Math.min(inFlight, chargers.length); index += 1) next();
  });
}

export type OpenLoop = { readonly action: ChargerAction; readonly perSecond: number; readonly forMs: number };

/**
 * Messages at a fixed rate, whatever the answers do. A latency counts from the moment at which the message was due: a
 * charger that still waits for its last answer does not hide the delay. `told` hears of each message that is due.
 */
export function openLoop(
  chargers: readonly Charger[],
  { action, perSecond, forMs }: OpenLoop,
  told: () => void,
): Promise<LoadSeen> {
  const startedMs = sharedNowMs();
  const total = Math.round((perSecond * forMs) / 1000);
  const latencies: number[] = [];
  const late: number[][] = chargers.map(() => []);
  let due = 0;
  return new Promise((resolve) => {
    const send = (index: number, dueMs: number): void => {
      chargers[index]?.send(action, () => {
        latencies.push(sharedNowMs() - dueMs);
        const next = late[index]?.shift();
        if (next !== undefined) send(index, next);
        if (latencies.length === total) resolve(seen(latencies, startedMs));
      });
    };
    const tick = (): void => {
      const nowMs = sharedNowMs();
      for (; due < total && startedMs + (due * 1000) / perSecond <= nowMs; due += 1) {
        told();
        const index = due % chargers.length;
        const dueMs = startedMs + (due * 1000) / perSecond;
        if (chargers[index]?.busy === true) late[index]?.push(dueMs);
        else send(index, dueMs);
      }
      if (due < total) setTimeout(tick, 1);
    };
    tick();
  });
}

function seen(latencies: readonly number[], startedMs: number): LoadSeen {
  const sorted = latencies.toSorted((one, other) => one - other);
  const [p50Ms, p99Ms] = [percentile(sorted, 0.5), percentile(sorted, 0.99)];
  return { messages: sorted.length, startedMs, endedMs: sharedNowMs(), p50Ms, p99Ms };
}
