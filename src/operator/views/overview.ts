import { choice, flag, list, maybe, number, record, type Shown, text, whole } from './shape.ts';

export const alarm = record(
  {
    severity: choice(['critical', 'warning'], 'How soon somebody should look.'),
    kind: text('What sort it is.'),
    about: text('Which site, charger or part.'),
    words: text('One sentence for people, in English: what is wrong and what to do.'),
  },
  'What a person should see.',
);
export type AlarmView = Shown<typeof alarm>;

export const overview = record(
  {
    version: text('Of the gateway.'),
    atMs: whole('When this was read.'),
    uptimeS: whole('How long the gateway runs.'),
    ready: flag('The store can be written and the listeners are up.'),
    chargers: record(
      {
        accepted: whole('Served.'),
        quarantined: whole('Waiting to be adopted.'),
        blocked: whole('Refused.'),
        alive: whole('Of those that are served.'),
        charging: whole('With a transaction that runs.'),
        withoutCommands: whole('That cannot be commanded.'),
      },
      'How many.',
    ),
    links: record(
      { open: whole('Open.'), connecting: whole('Being opened.'), closed: whole('Not wanted now.') },
      'WebSockets to the CSMS.',
    ),
    outbox: record(
      {
        waiting: whole('Messages.'),
        oldestS: number('Age of the oldest; 0 without one.'),
        dead: whole('Refused for good.'),
      },
      'Messages for the CSMS.',
    ),
    powerW: number('Measured at all connectors together.'),
    transactions: whole('That run.'),
    alarms: list(alarm, 'The critical ones first.'),
    restartNeeded: list(
      text('A key.'),
      'Keys of the config that are changed in the file and hold from the next start.',
    ),
  },
  'The gateway at one look.',
);
export type Overview = Shown<typeof overview>;

export const sitePoint = record(
  {
    atMs: whole('Begin of the minute.'),
    loadA: list(number('A phase.'), 'Measured, all connectors: L1, L2, L3.'),
    limitA: maybe(list(number('A phase.'), 'What the root allowed.')),
    plannedA: maybe(list(number('A phase.'), 'By the plan then.')),
    pricePerKwh: maybe(number('In the currency of the site.')),
  },
  'A site in one minute.',
);
export type SitePoint = Shown<typeof sitePoint>;

export const siteHistory = record(
  { site: text('Its id.'), points: list(sitePoint, 'Ascending; minutes in which nothing was known are left out.') },
  'What a site did.',
);
export type SiteHistory = Shown<typeof siteHistory>;
