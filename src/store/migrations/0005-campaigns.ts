/**
 * Firmware campaigns that were started, and what became of each of their chargers. `sealed` is the campaign as JSON: the
 * location of its image may carry a signature. A member is small and changes often: a row each.
 */
export const sql = `
create table campaigns (
  name text primary key,
  sealed blob not null
) strict;

create table campaign_members (
  campaign text not null references campaigns (name) on delete cascade,
  station integer not null references identities (id),
  run integer not null,
  place integer not null,
  wave integer not null,
  phase text not null,
  primary key (campaign, station)
) strict, without rowid;
`;
