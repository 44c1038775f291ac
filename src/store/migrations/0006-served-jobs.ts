/** How far the jobs of the timetable have come in their times. */
export const sql = `
create table served_jobs (
  job text primary key,
  cron text not null,
  timezone text not null,
  served_ms integer not null
) strict, without rowid;
`;
