import type {
  Campaign,
  CampaignCharger,
  CampaignJob,
  CampaignOrder,
  Member,
  Phase,
} from '../../../../src/transfers/campaigns/ports.ts';

export const minuteMs = 60_000;
export const hourMs = 3_600_000;

export function anOrder(wish: Partial<CampaignOrder> = {}): CampaignOrder {
  return {
    name: 'wall',
    select: { chargers: ['*'] },
    image: { location: 'http://127.0.0.1/a.bin', sha256: 'a'.repeat(64) },
    targetVersion: '2.0',
    waves: [],
    parallelism: 1,
    timezone: 'UTC',
    windows: [],
    requireIdle: true,
    abortAfterFailures: 1,
    soakMs: 0,
    verifyMs: hourMs,
    waitMs: 24 * hourMs,
    ...wish,
  };
}

export function aCharger(identity: string, wish: Partial<CampaignCharger> = {}): CampaignCharger {
  return {
    identity,
    address: '127.0.0.1',
    commandable: true,
    firmwareVersion: '1.0',
    vendor: 'Acme',
    model: 'Wall 1',
    accepted: true,
    silent: false,
    openTransactions: 0,
    direct: false,
    busy: false,
    ...wish,
  };
}

export function aJob(id: number, wish: Partial<CampaignJob> = {}): CampaignJob {
  return {
    id,
    station: 'CP-1',
    state: 'offered',
    open: true,
    changedAtMs: 0,
    sentBytes: 0,
    bytes: 100,
    reason: undefined,
    ...wish,
  };
}

export const member = (station: string, wave = 0, phase: Phase = { kind: 'waiting' }): Member => ({
  station,
  wave,
  phase,
});

export function aCampaign(
  members: readonly Member[],
  order: Partial<CampaignOrder> = {},
  wish: Partial<Omit<Campaign, 'order' | 'members'>> = {},
): Campaign {
  return {
    order: anOrder(order),
    run: 1,
    state: 'running',
    startedAtMs: 0,
    changedAtMs: 0,
    runningSinceMs: 0,
    members,
    ...wish,
  };
}

export function factsOf(chargers: readonly CampaignCharger[], jobs: readonly CampaignJob[] = []) {
  return {
    chargers: new Map(chargers.map((charger) => [charger.identity, charger])),
    jobs: new Map(jobs.map((job) => [job.id, job])),
  };
}
