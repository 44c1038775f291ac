import { type Facts, failuresOf, obstacle, opensAtMs } from './decide.ts';
import type { Campaign, CampaignJob, CampaignView, Member, MemberView, WaveView } from './ports.ts';
import { openingOf } from './windows.ts';

/** A campaign as people see it. */
export function viewOf(campaign: Campaign, facts: Facts, nowMs: number): CampaignView {
  const { order, run, state, startedAtMs, changedAtMs, reason, members } = campaign;
  return {
    name: order.name,
    targetVersion: order.targetVersion,
    run,
    state,
    startedAtMs,
    changedAtMs,
    reason,
    opening: openingOf(order, nowMs),
    failures: failuresOf(members),
    abortAfterFailures: order.abortAfterFailures,
    waves: wavesOf(campaign),
    members: members.map((member) => memberView(campaign, member, facts)),
  };
}

function wavesOf(campaign: Campaign): readonly WaveView[] {
  const waves = [...new Set(campaign.members.map(({ wave }) => wave))].toSorted((one, other) => one - other);
  return waves.map((wave) => {
    const inside = campaign.members.filter((member) => member.wave === wave);
    const over = inside.filter(({ phase }) => phase.kind === 'over').length;
    return { wave, chargers: inside.length, over, opensAtMs: opensAtMs(campaign, wave) };
  });
}

function memberView(campaign: Campaign, { station, wave, phase }: Member, { chargers, jobs }: Facts): MemberView {
  switch (phase.kind) {
    case 'waiting': {
      const charger = chargers.get(station);
      const isKnown = campaign.state === 'running' && charger !== undefined;
      const reason = isKnown ? obstacle(campaign, charger) : undefined;
      return { station, wave, state: 'waiting', atMs: undefined, job: undefined, reason };
    }
    case 'updating': {
      const job = jobs.get(phase.job);
      return { station, wave, state: 'updating', atMs: phase.atMs, job, reason: progressOf(campaign, job) };
    }
    case 'over':
      return { station, wave, state: phase.outcome, atMs: phase.atMs, job: undefined, reason: phase.reason };
  }
}

function progressOf({ order }: Campaign, job: CampaignJob | undefined): string | undefined {
  if (job === undefined) return undefined;
  return job.open ? `transfer ${job.id} is ${job.state}` : `it is to boot with ${order.targetVersion}`;
}
