import { anything, choice, flag, list, maybe, record, type Shown, text, whole } from './shape.ts';

export const configValue = record(
  {
    key: text('Path with dots, as in docs/configuration.md.'),
    value: maybe(anything('As it holds now; secrets are references, never values.')),
    source: text('`default`, `env NAME`, or `file:line:column`.'),
    effect: choice(
      ['live', 'reconnect', 'restart'],
      'When a change holds: at once, with a new link to the CSMS, or from the next start.',
    ),
    description: text('What it is for.'),
    pending: flag('The file says something else, which holds from the next start.'),
  },
  'A key of the config.',
);
export type ConfigValue = Shown<typeof configValue>;

export const reload = record(
  {
    kind: choice(['none', 'applied', 'refused'], 'Of the last time since the start that the config was read again.'),
    atMs: maybe(whole('When.')),
    changed: list(text('A key.'), 'What it changed.'),
    restartNeeded: list(text('A key.'), 'What holds from the next start only.'),
    mistakes: list(text('`file:line:column path: message`.'), 'Why it was refused: everything stays as it was.'),
  },
  'What became of the last reload.',
);
export type ReloadView = Shown<typeof reload>;

export const configView = record(
  { file: text('Which is read.'), values: list(configValue, 'In the order of the reference.'), reload },
  'The config as it holds.',
);
export type ConfigView = Shown<typeof configView>;
