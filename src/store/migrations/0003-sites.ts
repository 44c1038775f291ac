/** What is remembered of each managed site, its parts as JSON texts: each is read once and replaced as a whole. */
export const sql = `
create table site_states (
  site text primary key,
  memory text,
  plan text,
  lying text
) strict;
`;
