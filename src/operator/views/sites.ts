import { anything, flag, list, maybe, number, record, type Shown, text, whole } from './shape.ts';

const siteAlarm = record(
  { kind: text('What sort it is.'), about: text('Which connector, node or signal.'), message: text('In words.') },
  'What a person should see.',
);

const measuredA = list(number('A phase.'), 'Measured, all connectors together: L1, L2, L3.');

const siteSummary = record(
  {
    id: text('Its name in the config.'),
    plan: maybe(
      record(
        { at: text('When it was made.', 'date-time'), status: text('How good it is.'), engine: text('What made it.') },
        'The last plan; absent: there is none yet.',
      ),
    ),
    alarms: list(siteAlarm, 'That last.'),
    measuredA,
  },
  'A site in short.',
);

export const siteList = record({ sites: list(siteSummary, 'In the order of the config.') }, 'The managed sites.');

const priceStep = record(
  { fromS: whole('Seconds since the epoch.'), perKwh: number('In the currency of the site.') },
  'What a kWh costs.',
);

const limitOfRoots = record(
  { fromS: whole('Seconds since the epoch.'), currentA: list(number('A phase.'), 'L1, L2, L3.') },
  'What the roots allow together.',
);

export const siteStatus = record(
  {
    id: text('Its name in the config.'),
    plan: maybe(anything('The last plan as `ocpp-edge plan` prints it, and `at`, when it was made; absent: none yet.')),
    alarms: list(siteAlarm, 'That last.'),
    measuredA,
    installed: list(
      anything('A profile, its charger and connector.'),
      "The gateway's own profiles that lie in the chargers for certain.",
    ),
    pricePerKwh: maybe(number('What a kWh costs now, in the currency of the site; absent: that is not known.')),
    prices: maybe(list(priceStep, 'From now to the horizon, ascending; the last one holds. Empty: none are known.')),
    limits: maybe(list(limitOfRoots, 'From now to the horizon, ascending; the last one holds.')),
  },
  'A site.',
);

export const signalSteps = list(
  anything('`from`, and what the kind has: currentA, kw, perKwh, gPerKwh, or limits.'),
  'Steps as a scenario spells them (docs/optimizer.md); the last one holds.',
);

export const sessionTarget = record(
  {
    departure: maybe(text('When the car leaves.', 'date-time')),
    energyKwh: maybe(number('What it is to have got by then.')),
    maxCurrentA: maybe(number('The most that it may take, per phase.')),
    phases: maybe(whole('That it takes: 1, 2 or 3.')),
    priority: maybe(whole('The higher one gets more when there is too little.')),
  },
  'All that is said of the session; it replaces what was said before.',
);

export const taken = record({ taken: flag('It counts from now on.') }, 'It was understood.');

/** What the stream tells of a site. */
export const sitePulse = record(
  {
    site: text('Its name in the config.'),
    measuredA,
    alarms: list(siteAlarm, 'That last.'),
    planAt: maybe(text('When the last plan was made.', 'date-time')),
  },
  'A site as it is now.',
);
export type SitePulse = Shown<typeof sitePulse>;
