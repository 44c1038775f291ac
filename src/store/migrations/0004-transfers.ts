/**
 * Firmware and diagnostics jobs, and what happened on them line by line. `sealed` is the job as JSON: its location and
 * its ticket carry credentials. What is asked for in lists stands beside it.
 */
export const sql = `
create table transfers (
  id integer primary key autoincrement,
  station integer not null references identities (id),
  open integer not null,
  changed_ms integer not null,
  sealed blob not null
) strict;
create index transfers_open on transfers (station) where open = 1;

create table transfer_lines (
  transfer integer not null references transfers (id) on delete cascade,
  line integer not null,
  at_ms integer not null,
  text text not null,
  primary key (transfer, line)
) strict, without rowid;
`;
