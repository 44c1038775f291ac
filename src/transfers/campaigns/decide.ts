import type { Campaign, CampaignCharger, CampaignJob, Member, Outcome, Phase } from './ports.ts';
import { isOpen } from './windows.ts';

/*
 * A firmware campaign.
 *
 * running: chargers of the present wave are updated, `parallelism` at once, in the windows, in their order. A wave opens
 *   when each charger of those before it is over and `soak` has passed since. → paused, by the operator → running.
 * → aborted: by the operator, or when so many have failed. Nothing begins any more; what is under way is followed to its
 *   end, since the chargers have it.
 * → done: everybody is over.
 *
 * A charger waits; its turn comes and a firmware job begins, as if the CSMS had asked for it → updating. It boots with
 *   the target version → updated, whatever its job says. Its job ends otherwise → failed, superseded or cancelled. Its
 *   job ends with Installed, or without a word, and no such boot comes in time → failed.
 * A job of which its charger has not heard is taken back when the window closes (once it is fetched), at a pause and at an
 *   abort: the charger waits again. One that the charger may have heard of is never begun a second time.
 * A charger that is away, charging or busy is passed over. When a wave has nobody left but such, it waits for them, and
 *   then, in a window, goes on without them → missed.
 *
 * All of it follows from what is remembered, the facts and the time: so a restart goes on where it was.
 */

export type Facts = {
  /** By identity. */
  readonly chargers: ReadonlyMap<string, CampaignCharger>;
  /** Of all members that are updating, by number. */
  readonly jobs: ReadonlyMap<number, CampaignJob>;
};

export type Decision = {
  readonly campaign: Campaign;
  /** Members that are not as they were. */
  readonly changed: readonly Member[];
  /** Chargers whose update is to begin now. */
  readonly begin: readonly string[];
  /** Jobs that are to be taken back. */
  readonly takeBack: readonly number[];
};

/** What has become of a campaign, and what is to be done about it now. */
export function decide(campaign: Campaign, facts: Facts, nowMs: number): Decision {
  const settledMembers = campaign.members.map((member) => settled(campaign, member, facts, nowMs));
  const members = withoutMissing({ ...campaign, members: settledMembers }, facts, nowMs);
  const present = ended({ ...campaign, members }, nowMs);
  return {
    campaign: present,
    changed: members.filter((member, index) => member !== campaign.members[index]),
    begin: beginners(present, facts, nowMs),
    takeBack: takenBack(present, facts, nowMs),
  };
}

/** Whether a charger may hear of its image now. */
export function mayOffer({ state, order }: Campaign, charger: CampaignCharger | undefined, nowMs: number): boolean {
  const isFree = !order.requireIdle || charger?.openTransactions === 0;
  return state === 'running' && isFree && isOpen(order, nowMs);
}

// ------------------------------------------------------------------------------------------------ one charger

function settled(campaign: Campaign, member: Member, facts: Facts, nowMs: number): Member {
  const { phase } = member;
  const charger = facts.chargers.get(member.station);
  const next = phaseAfter(campaign, phase, charger, facts, nowMs);
  return next === phase ? member : { ...member, phase: next };
}

function phaseAfter(
  campaign: Campaign,
  phase: Phase,
  charger: CampaignCharger | undefined,
  { jobs }: Facts,
  nowMs: number,
): Phase {
  const hasTarget = charger?.firmwareVersion === campaign.order.targetVersion;
  switch (phase.kind) {
    case 'over':
      return phase;
    case 'waiting':
      return campaign.state === 'running' && hasTarget ? over('already', nowMs) : phase;
    case 'updating':
      return hasTarget ? over('updated', nowMs) : jobPhase(campaign, phase, jobs.get(phase.job), charger, nowMs);
  }
}

function jobPhase(
  { order }: Campaign,
  phase: Phase,
  job: CampaignJob | undefined,
  charger: CampaignCharger | undefined,
  nowMs: number,
): Phase {
  if (job === undefined) return over('failed', nowMs, 'its transfer is not known any more');
  if (job.open) return phase;
  const { state, reason, changedAtMs } = job;
  if (state === 'takenBack') return { kind: 'waiting' };
  if (state === 'superseded' || state === 'cancelled') return over(state, nowMs, reason);
  if (state !== 'installed' && state !== 'expired') return over('failed', nowMs, reason ?? `the charger says ${state}`);
  if (nowMs < changedAtMs + order.verifyMs) return phase;
  const version = charger?.firmwareVersion ?? 'unknown';
  return over('failed', nowMs, `no boot with ${order.targetVersion} in time: its firmware is ${version}`);
}

function over(outcome: Outcome, atMs: number, reason?: string): Phase {
  return { kind: 'over', outcome, atMs, ...(reason === undefined ? {} : { reason }) };
}

/** Why a charger cannot be updated now; undefined: it can. */
export function obstacle({ order }: Campaign, charger: CampaignCharger | undefined): string | undefined {
  if (charger === undefined) return 'it is not known any more';
  const { accepted, commandable, direct, busy, silent, openTransactions } = charger;
  if (!accepted) return 'it is blocked';
  if (direct) return 'its transfers are direct';
  if (!commandable) return 'it takes no remote commands';
  if (busy) return 'another update of it is under way';
  if (silent) return 'it has not been heard for too long';
  return order.requireIdle && openTransactions > 0 ? 'a transaction is open' : undefined;
}

// ------------------------------------------------------------------------------------------------ waves

const isOver = ({ phase }: Member): boolean => phase.kind === 'over';

/** The wave whose turn it is; undefined when everybody is over. */
function presentWave(members: readonly Member[]): number | undefined {
  const open = members.filter((member) => !isOver(member)).map(({ wave }) => wave);
  return open.length === 0 ? undefined : Math.min(...open);
}

/** When a wave may begin, ms since the epoch; undefined while one before it is not over. */
export function opensAtMs({ order, members, startedAtMs }: Campaign, wave: number): number | undefined {
  const before = members.filter((member) => member.wave < wave);
  if (before.length === 0) return startedAtMs;
  if (!before.every(isOver)) return undefined;
  const ends = before.map(({ phase }) => (phase.kind === 'over' ? phase.atMs : startedAtMs));
  return Math.max(...ends) + order.soakMs;
}

/** The members, once the present wave has waited long enough for those that it cannot update. */
function withoutMissing(campaign: Campaign, { chargers }: Facts, nowMs: number): readonly Member[] {
  const { state, order, members, runningSinceMs } = campaign;
  const wave = presentWave(members);
  const opened = wave === undefined ? undefined : opensAtMs(campaign, wave);
  if (state !== 'running' || opened === undefined || !isOpen(order, nowMs)) return members;
  const inside = members.filter((member) => member.wave === wave);
  const lastEnds = inside.map(({ phase }) => (phase.kind === 'over' ? phase.atMs : opened));
  if (nowMs < Math.max(opened, runningSinceMs, ...lastEnds) + order.waitMs) return members;
  const reasonOf = ({ station }: Member) => obstacle(campaign, chargers.get(station));
  const left = inside.filter((member) => !isOver(member));
  if (left.some((member) => member.phase.kind === 'updating' || reasonOf(member) === undefined)) return members;
  return members.map((member) =>
    left.includes(member) ? { ...member, phase: over('missed', nowMs, reasonOf(member)) } : member,
  );
}

// ------------------------------------------------------------------------------------------------ all of them

/** How many count towards `abortAfterFailures`. */
export function failuresOf(members: readonly Member[]): number {
  return members.filter(({ phase }) => phase.kind === 'over' && phase.outcome === 'failed').length;
}

function ended(campaign: Campaign, nowMs: number): Campaign {
  const { state, members, order } = campaign;
  if (state === 'aborted' || state === 'done') return campaign;
  const failures = failuresOf(members);
  if (failures >= order.abortAfterFailures) {
    const reason = `${failures} failed, and abortAfterFailures is ${order.abortAfterFailures}`;
    return { ...campaign, state: 'aborted', reason, changedAtMs: nowMs };
  }
  return members.every(isOver) ? { ...campaign, state: 'done', changedAtMs: nowMs } : campaign;
}

function beginners(campaign: Campaign, { chargers }: Facts, nowMs: number): readonly string[] {
  const { state, order, members } = campaign;
  const wave = presentWave(members);
  if (state !== 'running' || wave === undefined || !isOpen(order, nowMs)) return [];
  const opened = opensAtMs(campaign, wave);
  if (opened === undefined || nowMs < opened) return [];
  const free = order.parallelism - members.filter(({ phase }) => phase.kind === 'updating').length;
  return members
    .filter((member) => member.wave === wave && member.phase.kind === 'waiting')
    .map(({ station }) => station)
    .filter((station) => obstacle(campaign, chargers.get(station)) === undefined)
    .slice(0, Math.max(0, free));
}

function takenBack({ state, order, members }: Campaign, { jobs }: Facts, nowMs: number): readonly number[] {
  const closed = state === 'running' && !isOpen(order, nowMs);
  if (state === 'running' && !closed) return [];
  return members.flatMap(({ phase }) => {
    const job = phase.kind === 'updating' ? jobs.get(phase.job) : undefined;
    if (job === undefined || !job.open) return [];
    // What is being fetched is wanted in the next window too.
    const isUnheard = job.state === 'verified' || (job.state === 'accepted' && !closed);
    return isUnheard ? [job.id] : [];
  });
}
