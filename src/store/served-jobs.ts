import type { Database } from 'better-sqlite3';
import type { ServedJob } from '../timetable/ports.ts';

type Row = { readonly job: string; readonly cron: string; readonly timezone: string; readonly served_ms: number };

/** How far the jobs of the timetable have come, a row a job. */
export function openServedJobs(db: Database) {
  const all = db.prepare<[], Row>('select job, cron, timezone, served_ms from served_jobs order by job');
  const save = db.prepare<[string, string, string, number]>(
    `insert into served_jobs (job, cron, timezone, served_ms) values (?, ?, ?, ?)
     on conflict do update set cron = excluded.cron, timezone = excluded.timezone, served_ms = excluded.served_ms`,
  );
  return {
    all: (): readonly ServedJob[] => all.all().map(({ served_ms, ...row }) => ({ ...row, servedMs: served_ms })),
    save: ({ job, cron, timezone, servedMs }: ServedJob): void => {
      save.run(job, cron, timezone, servedMs);
    },
  };
}
