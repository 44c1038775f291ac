import { choice, maybe, record, text, whole } from './shape.ts';

const backup = record(
  {
    path: text('Of the copy, on the machine of the gateway.'),
    bytes: whole('Its size.'),
    durationMs: whole('What it took.'),
    atMs: whole('When it was begun, ms since the epoch.'),
  },
  'A copy that is whole and checked.',
);

export const backupState = record(
  {
    backup: record(
      {
        kind: choice(['none', 'running', 'made', 'failed'], 'Of the last one since the gateway was started.'),
        sinceMs: maybe(whole('running: when it was begun, ms since the epoch.')),
        backup: maybe(backup),
        atMs: maybe(whole('failed: when it was begun, ms since the epoch.')),
        reason: maybe(text('failed: why.')),
      },
      'What became of it.',
    ),
  },
  'The last backup.',
);
