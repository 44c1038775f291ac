/**
 * The first schema. Stations are interned in `identities`, so that the busy tables carry integers; `outbox` and
 * `dead_letters` name transactions without a foreign key, since each would cost the hot path a look-up and pruning a scan.
 * `outbox_heads` ends in the rowid, which is `seq`: the head of a lane is its first entry. `receipts` lie in
 * the order of their keys, stations last: keys that begin with a time put the newest of all stations on the same pages.
 */
export const sql = `
create table ownership (
  id integer primary key check (id = 1),
  epoch integer not null,
  holder text not null
) strict;
insert into ownership (id, epoch, holder) values (1, 0, '');

create table identities (
  id integer primary key,
  identity text not null unique
) strict;

create table stations (
  id integer primary key references identities (id),
  standing text not null check (standing in ('accepted', 'quarantined', 'blocked')),
  csms_identity text not null,
  csms_protocol text not null,
  wire text not null,
  source text,
  callback text,
  first_seen_ms integer not null,
  last_seen_ms integer not null,
  boot text,
  connectors integer not null
) strict;

create table settings (
  station integer not null references identities (id),
  key text not null,
  sealed blob not null,
  primary key (station, key)
) strict, without rowid;

create table transactions (
  id integer primary key autoincrement,
  station integer not null references identities (id),
  start_seq integer not null unique,
  connector integer not null,
  id_tag text not null,
  started_at text not null,
  meter_start integer not null,
  reservation_id integer,
  remote_start_id integer,
  charger_tx_id integer,
  csms_tx_id text,
  told_id_tag_info text,
  stopped integer not null default 0,
  dead integer not null default 0,
  offline integer not null default 0,
  late_refusal integer not null default 0,
  next_seq_no integer not null,
  last_at_ms integer not null
) strict;
create index transactions_of_charger on transactions (station, charger_tx_id) where charger_tx_id is not null;
create index transactions_of_csms on transactions (station, csms_tx_id) where csms_tx_id is not null;
create index transactions_open on transactions (station, connector) where stopped = 0 and dead = 0;

create table provisional_blocks (
  first_id integer primary key,
  last_id integer not null,
  next_id integer not null
) strict;

create table sequence (
  id integer primary key check (id = 1),
  next integer not null
) strict;
insert into sequence (id, next) values (1, 1);

create table outbox (
  seq integer primary key,
  station integer not null,
  lane integer not null check (lane in (0, 1)),
  action text not null,
  payload text not null,
  at_ms integer not null,
  attempts integer not null default 0,
  not_before_ms integer not null default 0,
  offline integer not null,
  tx integer,
  tx_seq_no integer,
  replace_key text
) strict;
create index outbox_heads on outbox (station, lane);
create index outbox_replaceable on outbox (station, replace_key) where replace_key is not null;

create table dead_letters (
  seq integer primary key,
  station integer not null,
  lane integer not null,
  action text not null,
  payload text not null,
  at_ms integer not null,
  attempts integer not null,
  not_before_ms integer not null,
  offline integer not null,
  tx integer,
  tx_seq_no integer,
  replace_key text,
  reason text not null,
  dead_at_ms integer not null
) strict;

create table receipts (
  key text not null,
  station integer not null,
  seq integer not null,
  at_ms integer not null,
  answer text,
  primary key (key, station)
) strict, without rowid;

create table authorizations (
  station integer not null references identities (id),
  id_tag text not null,
  id_tag_info text not null,
  until_ms integer,
  primary key (station, id_tag)
) strict, without rowid;

create table local_lists (
  station integer primary key references identities (id),
  version integer not null,
  entries text not null
) strict;
`;
