import type { Clock, Log } from '../../gateway/ports.ts';
import { wildcard } from '../../ocpp/wildcards.ts';
import type { TransfersDesk, TransferView } from './ports.ts';

export type CollectionParts = {
  readonly settings: {
    /** Patterns of identities; `*` stands for any text, case does not count. */
    readonly stations: readonly string[];
    /** How many chargers are asked at a time. */
    readonly maxConcurrent: number;
  };
  readonly chargers: () => Promise<readonly CollectedCharger[]>;
  readonly desk: Pick<TransfersDesk, 'askDiagnostics' | 'transfer' | 'transfers'>;
  readonly clock: Clock;
  readonly log: Log;
};

export type CollectedCharger = {
  readonly identity: string;
  /** Why it cannot be asked now, in words. */
  readonly away: string | undefined;
};

/** What became of one charger; `late`: its job goes on, without anybody waiting. */
type Fate = 'kept' | 'failed' | 'late' | 'skipped';

const lookEveryMs = 2_000;
/** For one charger; it may bring its file for longer than that. */
const patienceMs = 15 * 60_000;
/** Until chargers speak again that a gateway which was down, or a network, has kept away. */
const returnMs = 15 * 60_000;

/**
 * Asks chargers for their diagnostics as the operator does, a few at a time, each when the one before is done. Those that
 * are away have a quarter of an hour to come back. Those that do not, have a job open, or were asked since `dueMs` (by a
 * run that was cut) are passed over, and the log says so.
 */
export async function collectDiagnostics(parts: CollectionParts, dueMs: number, stopped: AbortSignal): Promise<void> {
  const { chargers, settings, clock, log } = parts;
  const backAtMs = clock.elapsed() + returnMs;
  const isMeant = matcherOf(settings.stations);
  const meant = (await chargers()).filter(({ identity }) => isMeant(identity));
  const away = new Set(meant.filter(isAway).map(({ identity }) => identity));
  const fates: Record<Fate, number> = { kept: 0, failed: 0, late: 0, skipped: 0 };
  const ask = (some: readonly CollectedCharger[]) => collectSome(parts, some, dueMs, stopped, fates);
  await ask(meant.filter((charger) => !isAway(charger)));
  if (away.size > 0) {
    while (clock.elapsed() < backAtMs && !stopped.aborted) await nextLook(clock);
    await ask((await chargers()).filter(({ identity }) => away.has(identity)));
  }
  if (!stopped.aborted) log.info('diagnostics collected', fates);
}

const isAway = ({ away }: CollectedCharger): boolean => away !== undefined;

async function collectSome(
  parts: CollectionParts,
  chargers: readonly CollectedCharger[],
  dueMs: number,
  stopped: AbortSignal,
  fates: Record<Fate, number>,
): Promise<void> {
  const waiting = [...chargers];
  const next = async (): Promise<void> => {
    for (let charger = waiting.shift(); charger !== undefined && !stopped.aborted; charger = waiting.shift()) {
      fates[await collectOne(parts, charger, dueMs, stopped)] += 1;
    }
  };
  await Promise.all(Array.from({ length: parts.settings.maxConcurrent }, next));
}

async function collectOne(
  parts: CollectionParts,
  { identity, away }: CollectedCharger,
  dueMs: number,
  stopped: AbortSignal,
): Promise<Fate> {
  const { desk, log } = parts;
  const skipped = (reason: string): Fate => {
    log.info('diagnostics not asked for', { station: identity, reason });
    return 'skipped';
  };
  if (away !== undefined) return skipped(away);
  const earlier = (await desk.transfers({ station: identity })).find(({ kind }) => kind === 'diagnostics');
  if (earlier !== undefined && earlier.createdAtMs >= dueMs) return skipped('it was asked since this was due');
  const wish = await desk.askDiagnostics(identity);
  if (wish.kind !== 'done') return skipped(wish.kind === 'refused' ? wish.reason : `there is no ${wish.what}`);
  return followed(parts, wish.transfer, stopped);
}

async function followed(
  { desk, clock, log }: CollectionParts,
  asked: TransferView,
  stopped: AbortSignal,
): Promise<Fate> {
  const untilMs = clock.elapsed() + patienceMs;
  let transfer = asked;
  while (transfer.open && clock.elapsed() < untilMs && !stopped.aborted) {
    await nextLook(clock);
    if (!stopped.aborted) transfer = (await desk.transfer(asked.id))?.transfer ?? transfer;
  }
  const { id, station, state } = transfer;
  if (transfer.open) return 'late';
  if (state === 'kept') return 'kept';
  log.warn('diagnostics not collected', { station, job: id, state, reason: transfer.reason ?? '' });
  return 'failed';
}

const nextLook = (clock: Clock): Promise<void> => new Promise((resolve) => void clock.after(lookEveryMs, resolve));

function matcherOf(patterns: readonly string[]): (identity: string) => boolean {
  const tests = patterns.map(wildcard);
  return (identity) => tests.some((test) => test(identity));
}
