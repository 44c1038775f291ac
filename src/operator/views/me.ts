import { choice, record, text } from './shape.ts';

export const me = record(
  {
    name: text('Of the token; `local` for this machine without tokens, `owner` over the socket in the data folder.'),
    scope: choice(['read', 'operate', 'admin'], 'What it may do; each includes the ones before.'),
    version: text('Of the gateway.'),
  },
  'Who asks.',
);
