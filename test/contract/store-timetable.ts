import { describe, expect, test } from 'vitest';
import type { ServedJob } from '../../src/timetable/ports.ts';
import { type OpenSubject, useStore } from './store-subject.ts';

const backup: ServedJob = { job: 'backup', cron: '10 2 * * *', timezone: 'Europe/Berlin', servedMs: 1_000 };
const diagnostics: ServedJob = { job: 'diagnostics', cron: '30 3 * * 1', timezone: 'UTC', servedMs: 2_000 };

/** How far jobs have come in their times is remembered, a job each. */
export function timetableContract(open: OpenSubject): void {
  describe('served times', () => {
    const opened = useStore(open);

    test('none at first', async () => {
      expect(await opened().store.servedJobs()).toEqual([]);
    });

    test('what comes replaces what was, for one job', async () => {
      const { store } = opened();
      await store.saveServedJob(backup);
      await store.saveServedJob(diagnostics);
      const later = { ...backup, timezone: 'UTC', servedMs: 3_000 };
      await store.saveServedJob(later);
      expect(await store.servedJobs()).toEqual([later, diagnostics]);
    });

    test('they outlive a restart, where anything does', async () => {
      const { store, subject } = opened();
      await store.saveServedJob(backup);
      const after = (await subject.reopen?.()) ?? store;
      expect(await after.servedJobs()).toEqual([backup]);
    });
  });
}
