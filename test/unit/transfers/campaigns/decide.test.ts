import { describe, expect, test } from 'vitest';
import { decide, type Facts, mayOffer } from '../../../../src/transfers/campaigns/decide.ts';
import type { Campaign, CampaignJob, Member, Phase } from '../../../../src/transfers/campaigns/ports.ts';
import { aCampaign, aCharger, aJob, factsOf, hourMs, member, minuteMs } from './campaign-facts.ts';

const updating = (job: number): Phase => ({ kind: 'updating', job, atMs: 0 });
const over = (atMs: number, outcome: 'updated' | 'failed' = 'updated'): Phase => ({ kind: 'over', outcome, atMs });
const fleet = ['CP-1', 'CP-2', 'CP-3', 'CP-4'].map((identity) => aCharger(identity));
const four = (...phases: readonly Phase[]): readonly Member[] =>
  fleet.map(({ identity }, index) => member(identity, 0, phases[index]));

/** What becomes of the first member, a minute after the start. */
function phaseOf(campaign: Campaign, facts: Facts, nowMs = minuteMs): Phase | undefined {
  return decide(campaign, facts, nowMs).campaign.members[0]?.phase;
}

const withJob = (wish: Partial<CampaignJob>, firmwareVersion = '1.0') =>
  factsOf([aCharger('CP-1', { firmwareVersion }), ...fleet.slice(1)], [aJob(7, wish)]);

describe('whose turn it is', () => {
  test('as many as may be at once, in their order', () => {
    const { begin } = decide(aCampaign(four(), { parallelism: 2 }), factsOf(fleet), 0);
    expect(begin).toEqual(['CP-1', 'CP-2']);
  });

  test('those whose boot is awaited count', () => {
    const campaign = aCampaign(four(updating(7), updating(8)), { parallelism: 3 });
    const jobs = [aJob(7, { open: false, state: 'installed' }), aJob(8)];
    expect(decide(campaign, factsOf(fleet, jobs), 0).begin).toEqual(['CP-3']);
  });

  test.each([
    ['charging', { openTransactions: 1 }],
    ['away', { silent: true }],
    ['busy', { busy: true }],
    ['blocked', { accepted: false }],
    ['without commands', { commandable: false }],
    ['direct', { direct: true }],
  ])('one that is %s is passed over, and waits', (_, wish) => {
    const facts = factsOf([aCharger('CP-1', wish), ...fleet.slice(1)]);
    const { begin, changed } = decide(aCampaign(four()), facts, 0);
    expect({ begin, changed }).toEqual({ begin: ['CP-2'], changed: [] });
  });

  test('one that charges has its turn where the campaign does not mind', () => {
    const facts = factsOf([aCharger('CP-1', { openTransactions: 1 })]);
    expect(decide(aCampaign([member('CP-1')], { requireIdle: false }), facts, 0).begin).toEqual(['CP-1']);
  });

  test('nobody outside the windows, while paused, or afterwards', () => {
    const monday = { windows: [{ days: ['mon'], fromMinute: 0, toMinute: 60 }] } as const;
    const at = (iso: string) => decide(aCampaign(four(), monday), factsOf(fleet), Date.parse(iso)).begin.length;
    expect([at('2026-07-05T23:59:00Z'), at('2026-07-06T00:00:00Z'), at('2026-07-06T01:00:00Z')]).toEqual([0, 1, 0]);
    for (const state of ['paused', 'aborted', 'done'] as const) {
      expect(decide(aCampaign(four(), {}, { state }), factsOf(fleet), 0).begin).toEqual([]);
    }
  });
});

describe('waves', () => {
  const waves = (first: Phase, second: Phase) => [member('CP-1', 0, first), member('CP-2', 1, second)];

  test('the next one opens when all of the one before are over and the soak has passed', () => {
    const campaign = (first: Phase) => aCampaign(waves(first, { kind: 'waiting' }), { soakMs: hourMs, parallelism: 9 });
    const begin = (first: Phase, nowMs: number) => decide(campaign(first), factsOf(fleet, [aJob(7)]), nowMs).begin;
    expect(begin({ kind: 'waiting' }, 0)).toEqual(['CP-1']);
    expect(begin(updating(7), 10 * hourMs)).toEqual([]);
    expect(begin(over(hourMs), 2 * hourMs - 1)).toEqual([]);
    expect(begin(over(hourMs), 2 * hourMs)).toEqual(['CP-2']);
  });

  test('nobody is given up while others of the wave have their turn, or before a window opens', () => {
    const away = factsOf([aCharger('CP-1', { silent: true }), ...fleet.slice(1)], [aJob(7)]);
    const begin = decide(aCampaign(four(), { waitMs: hourMs }), away, 9 * hourMs);
    expect([begin.changed, begin.begin]).toEqual([[], ['CP-2']]);
    const underWay = four({ kind: 'waiting' }, updating(7), over(0), over(0));
    expect(phaseOf(aCampaign(underWay, { waitMs: hourMs }), away, 9 * hourMs)?.kind).toBe('waiting');
    const lately = four({ kind: 'waiting' }, over(8.5 * hourMs), over(0), over(0));
    expect(phaseOf(aCampaign(lately, { waitMs: hourMs }), away, 9 * hourMs)?.kind).toBe('waiting');
    const closed = { waitMs: hourMs, windows: [{ days: ['sun'], fromMinute: 0, toMinute: 60 }] } as const;
    expect(phaseOf(aCampaign(four(), closed), factsOf([]), 9 * hourMs)?.kind).toBe('waiting');
  });

  test('a charger that cannot be updated holds its wave up, until it is given up', () => {
    const campaign = aCampaign(waves({ kind: 'waiting' }, { kind: 'waiting' }), { waitMs: hourMs });
    const facts = factsOf([aCharger('CP-1', { silent: true }), aCharger('CP-2')]);
    expect(decide(campaign, facts, hourMs - 1).begin).toEqual([]);
    const late = decide(campaign, facts, hourMs);
    const reason = 'it has not been heard for too long';
    expect(late.changed).toEqual([member('CP-1', 0, { kind: 'over', outcome: 'missed', atMs: hourMs, reason })]);
    expect(late.begin).toEqual(['CP-2']);
    expect(late.campaign.state).toBe('running');
  });

  test('the time of a pause does not count as waiting', () => {
    const campaign = aCampaign([member('CP-1')], { waitMs: hourMs }, { runningSinceMs: 5 * hourMs });
    expect(phaseOf(campaign, factsOf([aCharger('CP-1', { silent: true })]), 5.5 * hourMs)?.kind).toBe('waiting');
  });
});

describe('one charger', () => {
  test('that boots with the target version is updated, whatever its job says', () => {
    for (const wish of [{}, { state: 'installed', open: false }, { state: 'downloadFailed', open: false }] as const) {
      expect(phaseOf(aCampaign(four(updating(7))), withJob(wish, '2.0'))).toMatchObject({ outcome: 'updated' });
    }
  });

  test('that has it before its turn needs nothing', () => {
    const facts = factsOf([aCharger('CP-1', { firmwareVersion: '2.0' }), ...fleet.slice(1)]);
    const { campaign, begin } = decide(aCampaign(four()), facts, 0);
    expect([campaign.members[0]?.phase, begin]).toEqual([{ kind: 'over', outcome: 'already', atMs: 0 }, ['CP-2']]);
  });

  test.each(['installed', 'expired'] as const)('%s: the boot is awaited, and then it has failed', (state) => {
    const facts = withJob({ state, open: false, changedAtMs: 1000 }, '1.5');
    const campaign = aCampaign(four(updating(7)), { verifyMs: hourMs, abortAfterFailures: 9 });
    expect(phaseOf(campaign, facts, hourMs + 999)?.kind).toBe('updating');
    expect(phaseOf(campaign, facts, hourMs + 1000)).toEqual({
      kind: 'over',
      outcome: 'failed',
      atMs: hourMs + 1000,
      reason: 'no boot with 2.0 in time: its firmware is 1.5',
    });
  });

  test.each(['fetchFailed', 'offerFailed', 'downloadFailed', 'installationFailed'] as const)(
    '%s is a failure',
    (state) => {
      const facts = withJob({ state, open: false, reason: 'why' });
      expect(phaseOf(aCampaign(four(updating(7))), facts)).toMatchObject({ outcome: 'failed', reason: 'why' });
    },
  );

  test.each(['superseded', 'cancelled'] as const)('%s is none', (state) => {
    const { campaign } = decide(aCampaign(four(updating(7))), withJob({ state, open: false }), 0);
    expect([campaign.members[0]?.phase, campaign.state]).toMatchObject([{ outcome: state }, 'running']);
  });

  test('whose job was taken back waits again', () => {
    const { campaign, begin } = decide(aCampaign(four(updating(7))), withJob({ state: 'takenBack', open: false }), 0);
    expect([campaign.members[0]?.phase, begin]).toEqual([{ kind: 'waiting' }, ['CP-1']]);
  });

  test('whose job nobody knows has failed', () => {
    expect(phaseOf(aCampaign(four(updating(9))), withJob({}))).toMatchObject({ outcome: 'failed' });
  });
});

describe('the campaign', () => {
  test('is done when everybody is over', () => {
    const members = four(over(1), over(2), over(3), over(4));
    expect(decide(aCampaign(members), factsOf(fleet), 5).campaign.state).toBe('done');
  });

  test('is aborted by so many failures, and nothing more begins; what is under way is followed', () => {
    const members = four(over(1, 'failed'), updating(7), updating(8));
    const campaign = aCampaign(members, { parallelism: 9, abortAfterFailures: 2 });
    const failed = [aJob(7, { state: 'offerFailed', open: false }), aJob(8)];
    const { campaign: present, begin } = decide(campaign, factsOf(fleet, failed), 5);
    expect([present.state, begin]).toEqual(['aborted', []]);
    const booted = factsOf(
      [fleet[0], fleet[1], aCharger('CP-3', { firmwareVersion: '2.0' }), fleet[3]].flatMap((one) => one ?? []),
    );
    expect(decide(present, booted, 6).campaign.members[2]?.phase).toMatchObject({ outcome: 'updated' });
  });

  test('takes back what its charger has not heard of: fetched, when the window closes; all, at a pause and an abort', () => {
    const members = four(updating(1), updating(2), updating(3), updating(4));
    const jobs = (['accepted', 'verified', 'offering', 'downloading'] as const).map((state, index) =>
      aJob(index + 1, { state }),
    );
    const taken = (campaign: Campaign) => decide(campaign, factsOf(fleet, jobs), 0).takeBack;
    const closed = { windows: [{ days: ['sun'], fromMinute: 0, toMinute: 60 }] } as const;
    expect(taken(aCampaign(members))).toEqual([]);
    expect(taken(aCampaign(members, closed))).toEqual([2]);
    expect(taken(aCampaign(members, {}, { state: 'paused' }))).toEqual([1, 2]);
    expect(taken(aCampaign(members, {}, { state: 'aborted' }))).toEqual([1, 2]);
  });

  test('lets nobody hear of an image outside a window, while paused, or while charging', () => {
    const closed = { windows: [{ days: ['sun'], fromMinute: 0, toMinute: 60 }] } as const;
    const idle = aCharger('CP-1');
    expect(mayOffer(aCampaign([]), idle, 0)).toBe(true);
    expect(mayOffer(aCampaign([], closed), idle, 0)).toBe(false);
    expect(mayOffer(aCampaign([], {}, { state: 'paused' }), idle, 0)).toBe(false);
    expect(mayOffer(aCampaign([]), aCharger('CP-1', { openTransactions: 1 }), 0)).toBe(false);
    expect(mayOffer(aCampaign([], { requireIdle: false }), aCharger('CP-1', { openTransactions: 1 }), 0)).toBe(true);
  });
});
