import { describe, expect, test } from 'vitest';
import type { Campaign, Member } from '../../src/transfers/campaigns/ports.ts';
import { type OpenSubject, useStore } from './store-subject.ts';

const waiting = (station: string, wave = 0): Member => ({ station, wave, phase: { kind: 'waiting' } });
const updating = (station: string, job: number): Member => ({
  station,
  wave: 0,
  phase: { kind: 'updating', job, atMs: 2_000 },
});

const campaign = (name: string, members: readonly Member[], run = 1): Campaign => ({
  order: {
    name,
    select: { chargers: ['CP-*'] },
    image: { location: 'https://images.example.com/a.bin?signature=secret', sha256: 'a'.repeat(64), bytes: 5 },
    targetVersion: '2.0',
    waves: [{ kind: 'count', chargers: 1 }],
    parallelism: 2,
    timezone: 'Europe/Berlin',
    windows: [{ days: ['mon'], fromMinute: 60, toMinute: 120 }],
    requireIdle: true,
    abortAfterFailures: 1,
    soakMs: 0,
    verifyMs: 1,
    waitMs: 1,
  },
  run,
  state: 'running',
  startedAtMs: 1_000,
  changedAtMs: 1_000,
  runningSinceMs: 1_000,
  members,
});

/** Firmware campaigns are remembered as they are. */
export function campaignContract(open: OpenSubject): void {
  describe('campaigns', () => {
    const opened = useStore(open);

    test('a campaign is kept as it came, its members in their order', async () => {
      const { store, subject } = opened();
      const kept = campaign('wall', [waiting('CP-9'), waiting('CP-1', 1), waiting('CP-5', 1)]);
      await store.saveCampaign(kept, kept.members);
      expect(await store.campaigns()).toEqual([kept]);
      if (subject.reopen !== undefined) expect(await (await subject.reopen()).campaigns()).toEqual([kept]);
    });

    test('what changes replaces what was; members that are not named stay as they were', async () => {
      const { store } = opened();
      const { members, ...head } = campaign('wall', [waiting('CP-1'), waiting('CP-2')]);
      await store.saveCampaign({ ...head, members }, members);
      const changed = updating('CP-1', 7);
      await store.saveCampaign({ ...head, state: 'paused', members: [changed, waiting('CP-2')] }, [changed]);
      expect(await store.campaigns()).toEqual([{ ...head, state: 'paused', members: [changed, waiting('CP-2')] }]);
    });

    test('a new run forgets the members of the one before, and no other campaign’s', async () => {
      const { store } = opened();
      const first = campaign('wall', [updating('CP-1', 7), waiting('CP-2')]);
      const other = campaign('post', [waiting('CP-2')]);
      const second = campaign('wall', [waiting('CP-2')], 2);
      for (const one of [first, other, second]) await store.saveCampaign(one, one.members);
      expect(await store.campaigns()).toEqual([other, second]);
    });
  });
}
