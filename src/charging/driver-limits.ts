import { limitAt } from '../../optimizer/composite.ts';
import type { Stacks } from '../../optimizer/stacks.ts';

/** What is asked of the stacks of one charger; tenths are those of `unit`. */
export type LimitQuery = {
  readonly stacks: Stacks;
  readonly atS: number;
  readonly unit: 'A' | 'W';
  /** Connectors with a session (running, or stopped by us), the oldest first. */
  readonly sessions: readonly number[];
  /** With less than this nobody charges: whoever came last goes without. 0: shares may be of any size. */
  readonly minimumTenths: number;
};

/** What the whole station may draw: its own limit, or the sum of its connectors'. */
export function stationTenths({ stacks, atS, unit }: LimitQuery): number {
  return tenthsOf(stacks, 0, atS, unit);
}

/** What the stack allows one connector, whatever the others draw. */
export function ownTenths({ stacks, atS, unit }: LimitQuery, connectorId: number): number {
  return tenthsOf(stacks, connectorId, atS, unit);
}

/**
 * What one connector may draw so that all sessions together keep the station's limit: that limit enters each
 * connector's composite undivided (OCPP 1.6 §3.12.3), so it is shared out here. An idle connector is told what it would
 * get if a session began.
 */
export function sharedTenths(query: LimitQuery, connectorId: number): number {
  const { sessions, minimumTenths } = query;
  const takers = sessions.includes(connectorId) ? sessions : [...sessions, connectorId];
  const claims = takers.map((taker) => ({ connectorId: taker, tenths: ownTenths(query, taker) }));
  return shareOut(claims, stationTenths(query), minimumTenths).get(connectorId) ?? 0;
}

type Claim = { readonly connectorId: number; readonly tenths: number };

/**
 * Equal shares of the total for all, where whoever wants less leaves the rest to the others; while a share would be
 * below the minimum, the last one goes without. Who wants less than the minimum charges nothing, and takes nothing.
 */
export function shareOut(claims: readonly Claim[], totalTenths: number, minimumTenths: number): Map<number, number> {
  const shares = new Map(claims.map(({ connectorId, tenths }) => [connectorId, tenths < minimumTenths ? tenths : 0]));
  const able = claims.filter(({ tenths }) => tenths >= minimumTenths);
  const fitting = minimumTenths === 0 ? able.length : Math.floor(totalTenths / minimumTenths);
  const takers = able.slice(0, fitting).toSorted((one, other) => one.tenths - other.tenths);
  let leftTenths = totalTenths;
  for (const [index, { connectorId, tenths }] of takers.entries()) {
    const share = Math.min(tenths, Math.floor(leftTenths / (takers.length - index)));
    shares.set(connectorId, share);
    leftTenths -= share;
  }
  return shares;
}

/** limitAt answers in whole tenths; times ten, a double is at most a rounding away from one. */
function tenthsOf(stacks: Stacks, connectorId: number, atS: number, unit: 'A' | 'W'): number {
  return Math.round(limitAt(stacks, connectorId, atS, unit).limit * 10);
}
