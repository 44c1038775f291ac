import type { MadePlan, SitesDoor, SiteStatus } from '../charging/site/ports.ts';
import type { Clock } from '../gateway/ports.ts';
import type { SitePoint, Telemetry } from './ports.ts';

const minuteMs = 60_000;
const phases = ['L1', 'L2', 'L3'] as const;

/** Keeps what each managed site does, once a minute, until the returned function is called. */
export function watchSites(
  sites: Pick<SitesDoor, 'sites' | 'status'>,
  telemetry: Pick<Telemetry, 'keep'>,
  clock: Clock,
): () => void {
  let cancel = (): void => undefined;
  const wait = (): void => {
    cancel = clock.after(minuteMs - (clock.now() % minuteMs), look);
  };
  const look = (): void => {
    const atMs = Math.floor(clock.now() / minuteMs) * minuteMs;
    for (const id of sites.sites()) {
      const status = sites.status(id);
      if (status !== undefined) telemetry.keep(id, pointOf(status, atMs));
    }
    wait();
  };
  wait();
  return () => cancel();
}

/** What a site does at a moment, and what its plan says of it. */
export function pointOf({ measuredA, plan, pricePerKwh }: SiteStatus, atMs: number): SitePoint {
  const slot = plan && slotAt(plan, atMs);
  const price = pricePerKwh === undefined ? {} : { pricePerKwh };
  const point = { atMs, loadA: measuredA, ...price };
  if (plan === undefined || slot === undefined) return point;
  const limitA = rootLimit(plan, slot);
  return { ...point, plannedA: plannedIn(plan, slot), ...(limitA === undefined ? {} : { limitA }) };
}

/** Undefined: the plan does not reach so far. */
function slotAt({ result }: MadePlan, atMs: number): number | undefined {
  const { slots, slotMinutes } = result;
  const slot = Math.floor((atMs - Date.parse(slots[0] ?? '')) / (slotMinutes * minuteMs));
  return slot >= 0 && slot < slots.length ? slot : undefined;
}

/** What all connectors together are planned to draw of each phase. */
function plannedIn({ result }: MadePlan, slot: number): readonly number[] {
  return phases.map((phase) =>
    result.connectors.reduce(
      (sum, { phases: own, currentA }) => sum + (own.includes(phase) ? (currentA[slot] ?? 0) : 0),
      0,
    ),
  );
}

/** The limits of a plan begin with those of the tree, and that with its root. */
function rootLimit({ result }: MadePlan, slot: number): readonly number[] | undefined {
  const root = result.nodes[0]?.id;
  const limits = phases.map(
    (phase) => result.nodes.find((node) => node.id === root && node.phase === phase)?.limitA[slot],
  );
  const known = limits.filter((limit) => limit !== undefined);
  return known.length === phases.length ? known : undefined;
}
