/**
 * What people are shown of transactions when they have ended, and when they began as a number, by which they are found.
 * What ended before this was kept has no end but that it stopped.
 */
export const sql = `
alter table transactions add column started_ms integer;
alter table transactions add column stopped_at text;
alter table transactions add column meter_stop integer;
alter table transactions add column stop_reason text;
update transactions set started_ms = coalesce(unixepoch(started_at) * 1000, last_at_ms);
create index transactions_of_station on transactions (station);
`;
