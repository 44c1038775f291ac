/** What smart charging remembers of each charger, as one JSON text: it is read once and replaced as a whole. */
export const sql = `
create table charging_states (
  station integer primary key references identities (id),
  state text not null
) strict;
`;
