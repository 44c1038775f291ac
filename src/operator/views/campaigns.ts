import { choice, flag, list, maybe, record, text, whole } from './shape.ts';

/** Firmware campaigns. Times are ms since the epoch. */

const opening = record(
  { open: flag('Updates may begin now.'), nextMs: maybe(whole('When they may next.')) },
  'Of the windows; absent: at any time.',
);

const job = record(
  {
    id: whole('Number of the transfer.'),
    station: text('The charger.'),
    state: text('How far it is.'),
    open: flag('Something is still to happen.'),
    changedAtMs: whole('When something happened last.'),
    sentBytes: whole('What has left for the charger.'),
    bytes: maybe(whole('Size of the image.')),
    reason: maybe(text('Why it ended, or waits.')),
  },
  'The firmware job of a charger.',
);

const member = record(
  {
    station: text('The charger.'),
    wave: whole('From 0.'),
    state: choice(
      ['waiting', 'updating', 'updated', 'already', 'failed', 'superseded', 'cancelled', 'missed'],
      'How far it is, or how it ended.',
    ),
    atMs: maybe(whole('Since when.')),
    job: maybe(job),
    reason: maybe(text('Why it ended so, or waits.')),
  },
  'A charger of a campaign.',
);

const wave = record(
  {
    wave: whole('From 0.'),
    chargers: whole('How many it has.'),
    over: whole('How many of them are over.'),
    opensAtMs: maybe(whole('When it may begin; absent while one before it is not over.')),
  },
  'A wave.',
);

const campaign = record(
  {
    name: text('Of its file.'),
    run: whole('The how manieth of this name.'),
    state: choice(['running', 'paused', 'aborted', 'done'], 'How far it is.'),
    startedAtMs: whole('When it was started.'),
    changedAtMs: whole('When something happened last.'),
    targetVersion: text('Firmware version after the update.'),
    reason: maybe(text('Why it was aborted.')),
    opening: maybe(opening),
    failures: whole('So far.'),
    abortAfterFailures: whole('So many end it.'),
    waves: list(wave, 'In their order.'),
    members: list(member, 'In the order in which they are updated.'),
  },
  'A campaign that was started.',
);

export const campaignList = record({ campaigns: list(campaign, 'That were ever started.') }, 'Firmware campaigns.');

export const campaignAnswer = record({ campaign }, 'A campaign as it is now.');

export const campaignPlan = record(
  {
    plan: record(
      {
        name: text('Of its file.'),
        targetVersion: text('Firmware version after the update.'),
        members: list(
          record({ station: text('The charger.'), wave: whole('From 0.') }, 'A charger.'),
          'Who would be updated, in this order.',
        ),
        leftOut: list(
          record({ station: text('The charger.'), reason: text('Why.') }, 'A charger.'),
          'Who would not be.',
        ),
        opening: maybe(opening),
      },
      'What start would do.',
    ),
  },
  'The plan of a campaign.',
);
