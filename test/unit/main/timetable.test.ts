import { expect, test } from 'vitest';
import { CurrentConfig } from '../../../src/main/current-config.ts';
import { startTimetable } from '../../../src/main/timetable.ts';
import { restingDesk } from '../../../src/transfers/jobs/resting-desk.ts';
import { MemoryStore } from '../../bench/memory-store.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { MINIMAL, soundConfig } from '../config/written-config.ts';
import { charger, listeningLog } from '../operator/gateway-double.ts';

/* What the config names becomes jobs on the gateway's own parts. */

async function night(yaml: string) {
  const clock = new VirtualClock('2026-03-02T02:00:00Z');
  const { log, lines } = listeningLog();
  const store = new MemoryStore();
  const done: string[] = [];
  const nowMs = () => clock.now();
  const silent = { link: { kind: 'closed' }, lastSeenMs: 0 } as const;
  const timetable = await startTimetable(
    new CurrentConfig({ config: soundConfig(`${MINIMAL}${yaml}`), models: () => [] }),
    {
      store,
      clock,
      log,
      meters: { ran: (job, outcome) => void done.push(`${job} ${outcome}`), newestBackup: () => undefined },
      backups: {
        make: async () => {
          done.push(`copied at ${new Date(nowMs()).toISOString().slice(11, 16)}`);
          return { kind: 'failed', atMs: nowMs(), reason: 'the disk is full' };
        },
      },
      door: {
        chargers: async () => [
          charger('Here'),
          charger('Deaf', { noCommandsReason: 'it names no address' }),
          charger('New', { standing: 'quarantined' }),
          charger('Silent', silent),
        ],
      },
      desk: {
        ...restingDesk(store),
        askDiagnostics: async (station) => {
          done.push(`asked ${station}`);
          return { kind: 'refused', reason: 'transfer 7 of it is open: wait for it, or cancel it' };
        },
      },
    },
  );
  return { clock, done, lines, timetable };
}

test('backups at the usual time, in the zone that is named; what failed is counted so', async () => {
  const { clock, done } = await night('backup: { timezone: Europe/Berlin, cron: "10 4 * * *" }\n');
  await clock.advance(2 * 3_600_000);
  expect(done).toEqual(['copied at 03:10', 'backup failed']);
});

test('none when they are switched off, and no diagnostics unless they are asked for', async () => {
  const { clock, done } = await night('backup: { enabled: false }\n');
  await clock.advance(3_600_000);
  expect(done).toEqual([]);
});

test('diagnostics of those that can be asked; of the others the log tells why not', async () => {
  const collect = 'transfers: { collect: { cron: "20 2 * * *", timezone: UTC } }\nbackup: { enabled: false }\n';
  const { clock, done, lines } = await night(collect);
  await clock.advance(3_600_000);
  expect(done).toEqual(['asked Here', 'diagnostics done']);
  const reasons = lines.filter(({ event }) => event === 'diagnostics not asked for').map(({ fields }) => fields);
  expect(reasons).toEqual([
    { station: 'Here', reason: 'transfer 7 of it is open: wait for it, or cancel it' },
    { station: 'Deaf', reason: 'it names no address' },
    { station: 'New', reason: 'it is quarantined' },
    { station: 'Silent', reason: 'it has not spoken of late' },
  ]);
});
