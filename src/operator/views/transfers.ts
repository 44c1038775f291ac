import { choice, flag, list, maybe, record, text, whole } from './shape.ts';

/** Firmware and diagnostics jobs, without credentials. Times are ms since the epoch. */

const transfer = record(
  {
    id: whole('Its number.'),
    station: text('The charger.'),
    kind: choice(['firmware', 'diagnostics'], 'What is carried.'),
    state: text('How far it is.'),
    open: flag('Something is still to happen.'),
    askedBy: choice(['csms', 'operator', 'campaign'], 'Who wants it.'),
    createdAtMs: whole('When it was asked for.'),
    changedAtMs: whole('When something happened last.'),
    location: maybe(text('Where the CSMS has the image, or wants the file.')),
    name: maybe(text('Of the file.')),
    file: maybe(
      record({ sha256: text('Lower-case hex.'), bytes: whole('Its size.') }, 'The file, as soon as it is here.'),
    ),
    sentBytes: maybe(whole('What has left for the charger.')),
    told: maybe(text('The last status that the CSMS heard.')),
    reason: maybe(text('Why it ended, or waits.')),
  },
  'A job.',
);

export const transferList = record({ transfers: list(transfer, 'Newest first.') }, 'Firmware and diagnostics jobs.');

export const transferAnswer = record({ transfer }, 'A job as it is now.');

export const transferDetails = record(
  {
    transfer,
    lines: list(record({ atMs: whole('When.'), text: text('What; masked.') }, 'A line.'), 'What happened.'),
  },
  'A job with its transcript.',
);

export const transferFile = record(
  { path: text('On the machine of the gateway.') },
  'Where the file of a diagnostics job lies.',
);
