import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide, failuresOf } from '../../../../src/transfers/campaigns/decide.ts';
import type { Campaign, CampaignCharger, CampaignJob, Member } from '../../../../src/transfers/campaigns/ports.ts';
import { aCampaign, aCharger, aJob, factsOf, hourMs, member } from './campaign-facts.ts';

/*
 * Campaigns are played against chargers and jobs that do anything that real ones can, with crashes between a beginning and
 * what is remembered of it left to the test of `Campaigns`. After each step all that a campaign promises is looked at.
 */

const happenings = ['boots', 'boots new', 'charges', 'idles', 'goes', 'comes', 'is busy', 'is free'] as const;
const jobStates = ['verified', 'offering', 'offered', 'downloading', 'installing'] as const;
/** The charger does not have it, or not surely. */
const unheard: readonly string[] = ['accepted', 'verified', 'offering'];
const jobEnds = [
  'installed',
  'installationFailed',
  'downloadFailed',
  'fetchFailed',
  'expired',
  'superseded',
  'cancelled',
] as const;

const likely = ['boots new', 'boots new', 'boots new', 'idles', 'comes', 'is free'] as const;

const step = fc.record({
  minutes: fc.integer({ min: 0, max: 90 }),
  charger: fc.nat(7),
  happening: fc.option(fc.constantFrom(...happenings, ...likely)),
  /** Who has new firmware without having heard of any from here. */
  byItself: fc.integer({ min: 0, max: 9 }),
  job: fc.option(fc.constantFrom(...jobStates, ...jobStates, 'installed', 'installed', 'installed', ...jobEnds)),
  operator: fc.oneof(
    { weight: 60, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: fc.constantFrom('pause', 'resume', 'resume', 'abort') },
  ),
});

const wish = fc.record({
  parallelism: fc.integer({ min: 1, max: 4 }),
  abortAfterFailures: fc.integer({ min: 1, max: 9 }),
  soakMs: fc.constantFrom(0, hourMs),
  waitMs: fc.constantFrom(6 * hourMs, 48 * hourMs),
  verifyMs: fc.constantFrom(hourMs / 2, 3 * hourMs),
  requireIdle: fc.boolean(),
  windows: fc.constantFrom([], [{ days: ['thu', 'fri', 'sat'] as const, fromMinute: 60, toMinute: 300 }]),
});

class Play {
  campaign: Campaign;
  nowMs = 0;
  readonly chargers: CampaignCharger[];
  readonly jobs = new Map<number, CampaignJob>();
  /** Jobs of which a charger has heard, by station. */
  readonly offered = new Map<string, Set<number>>();
  readonly successes = new Map<string, number>();
  wasAborted = false;

  constructor(order: Parameters<typeof aCampaign>[1], waves: readonly number[]) {
    const members: Member[] = waves.map((wave, index) => member(`CP-${index}`, wave));
    this.chargers = members.map(({ station }) => aCharger(station));
    this.campaign = aCampaign(members, order);
  }

  take({ minutes, charger: place, happening, byItself, job, operator }: StepValue): void {
    this.nowMs += minutes * 60_000;
    const at = place % this.chargers.length;
    const canBeNew = byItself === 0 || this.offered.has(`CP-${at}`);
    if (happening !== null && (happening !== 'boots new' || canBeNew)) this.#happen(at, happening);
    if (job !== null) this.#moveJob(`CP-${at}`, job);
    const { state } = this.campaign;
    if (operator === 'pause' && state === 'running') this.campaign = { ...this.campaign, state: 'paused' };
    if (operator === 'resume' && state === 'paused') {
      this.campaign = { ...this.campaign, state: 'running', runningSinceMs: this.nowMs };
    }
    if (operator === 'abort' && state !== 'done') this.campaign = { ...this.campaign, state: 'aborted' };
    this.#look();
  }

  #happen(at: number, happening: (typeof happenings)[number]): void {
    const changes: Readonly<Record<(typeof happenings)[number], Partial<CampaignCharger>>> = {
      boots: { firmwareVersion: '1.5' },
      'boots new': { firmwareVersion: '2.0' },
      charges: { openTransactions: 1 },
      idles: { openTransactions: 0 },
      goes: { silent: true },
      comes: { silent: false },
      'is busy': { busy: true },
      'is free': { busy: false },
    };
    const charger = this.chargers[at];
    if (charger !== undefined) this.chargers[at] = { ...charger, ...changes[happening] };
  }

  #moveJob(station: string, state: CampaignJob['state']): void {
    const job = [...this.jobs.values()].find((candidate) => candidate.station === station && candidate.open);
    if (job === undefined) return;
    // an offer that surely did not arrive is made again; a charger that has it does not lose it
    if (unheard.includes(state) && !unheard.includes(job.state)) return;
    const open = !jobEnds.some((end) => end === state);
    this.jobs.set(job.id, { ...job, state, open, changedAtMs: this.nowMs });
    if (unheard.includes(state) || state === 'fetchFailed') return;
    this.offered.set(station, (this.offered.get(station) ?? new Set()).add(job.id));
  }

  #look(): void {
    const before = this.campaign;
    const { campaign, begin, takeBack, changed } = decide(
      before,
      factsOf(this.chargers, [...this.jobs.values()]),
      this.nowMs,
    );
    for (const { station, phase } of changed) {
      const isSuccess = phase.kind === 'over' && (phase.outcome === 'updated' || phase.outcome === 'already');
      if (isSuccess) this.successes.set(station, (this.successes.get(station) ?? 0) + 1);
    }
    this.wasAborted ||= before.state === 'aborted';
    this.#check(campaign, begin);
    for (const id of takeBack) {
      const job = this.jobs.get(id);
      expect(job?.state === 'accepted' || job?.state === 'verified').toBe(true);
      if (job !== undefined) this.jobs.set(id, { ...job, state: 'takenBack', open: false, changedAtMs: this.nowMs });
    }
    this.campaign = {
      ...campaign,
      members: campaign.members.map((one) => (begin.includes(one.station) ? this.#begin(one) : one)),
    };
    const busy = this.campaign.members.filter(({ phase }) => phase.kind === 'updating').length;
    expect(busy).toBeLessThanOrEqual(campaign.order.parallelism);
  }

  #check({ state, order, members }: Campaign, begin: readonly string[]): void {
    if (begin.length === 0) return;
    expect(state).toBe('running');
    expect(this.wasAborted).toBe(false);
    expect(failuresOf(members)).toBeLessThan(order.abortAfterFailures);
    if (order.windows.length > 0) expect(isNight(this.nowMs)).toBe(true);
    for (const station of begin) {
      const charger = this.chargers.find(({ identity }) => identity === station);
      expect(charger?.firmwareVersion).not.toBe('2.0');
      expect(charger?.silent === true || charger?.busy === true).toBe(false);
      if (order.requireIdle) expect(charger?.openTransactions).toBe(0);
      // it never heard of an image of this campaign before
      expect(this.offered.get(station) ?? new Set()).toEqual(new Set());
      expect([...this.jobs.values()].some((job) => job.station === station && job.open)).toBe(false);
    }
    const waves = members.filter(({ station }) => begin.includes(station)).map(({ wave }) => wave);
    const least = Math.min(...members.filter(({ phase }) => phase.kind !== 'over').map(({ wave }) => wave));
    expect(new Set(waves)).toEqual(new Set([least]));
  }

  #begin(one: Member): Member {
    const id = this.jobs.size + 1;
    this.jobs.set(id, aJob(id, { station: one.station, state: 'accepted', changedAtMs: this.nowMs }));
    return { ...one, phase: { kind: 'updating', job: id, atMs: this.nowMs } };
  }
}

const inOrder = (waves: readonly number[]) => waves.toSorted((one, other) => one - other);

type StepValue = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** 1970-01-01 was a Thursday. */
function isNight(ms: number): boolean {
  const date = new Date(ms);
  return [4, 5, 6].includes(date.getUTCDay()) && date.getUTCHours() >= 1 && date.getUTCHours() < 5;
}

test('whatever chargers, jobs and operators do, a campaign keeps what it promises', () => {
  let [begun, updated] = [0, 0];
  fc.assert(
    fc.property(
      wish,
      fc.array(fc.nat(2), { minLength: 1, maxLength: 8 }),
      fc.array(step, { minLength: 20, maxLength: 120 }),
      (order, waves, steps) => {
        const play = new Play(order, inOrder(waves));
        for (const one of steps) play.take(one);
        for (const successes of play.successes.values()) expect(successes).toBe(1);
        begun += play.jobs.size;
        updated += play.successes.size;
      },
    ),
    { numRuns: 200, endOnFailure: true },
  );
  // the plays must have been worth it
  expect(begun).toBeGreaterThan(250);
  expect(updated).toBeGreaterThan(80);
});

test('a campaign whose chargers do as they are told comes to its end', () => {
  fc.assert(
    fc.property(wish, fc.array(fc.nat(2), { minLength: 1, maxLength: 8 }), (order, waves) => {
      const play = new Play({ ...order, waitMs: 1000 * hourMs }, inOrder(waves));
      const quiet = { minutes: 30, charger: 0, happening: null, byItself: 0, job: null, operator: null };
      for (let round = 0; round < 1500 && play.campaign.state === 'running'; round += 1) {
        const at = play.campaign.members.findIndex(({ phase }) => phase.kind === 'updating');
        if (at >= 0) play.take({ ...quiet, charger: at, happening: 'boots new', job: 'installed' });
        else play.take(quiet);
      }
      expect(play.campaign.state).toBe('done');
      expect(play.jobs.size).toBe(waves.length);
    }),
    { numRuns: 50, endOnFailure: true },
  );
});
