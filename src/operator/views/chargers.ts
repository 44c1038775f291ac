import { anything, choice, flag, list, maybe, number, record, type Shown, text, whole } from './shape.ts';

/** What the API shows of chargers and their connectors. Times are ms since the epoch, currents amperes per phase. */

export const connectorState = record(
  {
    connector: whole('From 1 on; 0 is the charger as a whole.'),
    status: maybe(text('As the charger said it last (OCPP 1.6 §7.7); absent since the gateway started.')),
    errorCode: maybe(text('OCPP 1.6 §7.6; absent when it is NoError.')),
    powerW: maybe(number('Measured, all phases together.')),
    currentA: maybe(list(number('A phase.'), 'Measured: L1, L2, L3.')),
    energyWh: maybe(number('Register of the meter.')),
    socPercent: maybe(number('State of charge of the car.')),
    measuredAtMs: maybe(whole('When that was measured.')),
    limitA: maybe(number('What holds now: the lowest of what is set and what it can.')),
  },
  'A connector as it is now.',
);
export type ConnectorState = Shown<typeof connectorState>;

export const chargerRow = record(
  {
    identity: text('As the charger calls itself.'),
    csmsIdentity: text('As the CSMS knows it.'),
    standing: choice(['accepted', 'quarantined', 'blocked'], 'Whether it is served.'),
    wire: choice(['ocpp1.2-soap', 'ocpp1.5-soap', 'ocpp1.6-soap', 'ocpp1.6-json'], 'How it speaks.'),
    alive: flag('It has a link to the CSMS, or spoke in the last five minutes.'),
    lastSeenMs: whole('When it spoke last.'),
    vendor: maybe(text('Of its last BootNotification.')),
    model: maybe(text('Of its last BootNotification.')),
    firmware: maybe(text('Of its last BootNotification.')),
    site: maybe(text('The managed site that it belongs to.')),
    link: choice(['closed', 'connecting', 'open'], 'Its WebSocket to the CSMS.'),
    linkSinceMs: maybe(whole('When the link was opened; absent while it is not open.')),
    linkAttempts: maybe(whole('How often its opening was tried; absent unless it is being opened.')),
    linkError: maybe(text('Why the last attempt to open it failed.')),
    conflict: flag('Two live sources claim this identity.'),
    source: maybe(text('Where it speaks from.')),
    callback: maybe(text('Where it is called.')),
    noCommandsReason: maybe(text('Why it takes no remote commands.')),
    boot: maybe(choice(['Accepted', 'Pending', 'Rejected'], 'What it was answered to its boot.')),
    waiting: whole('Messages on disk for the CSMS.'),
    dead: whole('Messages that the CSMS refused for good.'),
    openTransactions: whole('Transactions that run.'),
    connectors: list(connectorState, 'From 1 on.'),
  },
  'A charger in the list.',
);
export type ChargerRow = Shown<typeof chargerRow>;

/** A link of the chain from the grid to a connector. */
export const limitStep = record(
  {
    kind: choice(
      ['site', 'node', 'external', 'share', 'plan', 'profile', 'connector', 'car', 'driver'],
      'What limits: a fuse of the site, a limit from outside, the safe share, the plan, a profile, what the connector or the car can, a charger that is driven.',
    ),
    about: text('Which: the id of a node, of a profile, the name of a plan.'),
    limitA: maybe(number('Per phase; absent: it does not limit.')),
    binding: flag('It is the one that holds now.'),
    words: text('One sentence for people, in English.'),
  },
  'One step of why a connector may draw what it may.',
);
export type LimitStep = Shown<typeof limitStep>;

export const schedulePeriod = record(
  {
    atMs: whole('From then on.'),
    limitA: number('Per phase.'),
    untilMs: maybe(whole('Where it ends, if nothing follows at once; absent: it holds until the next one.')),
  },
  'A step of a schedule.',
);

export const stackedProfile = record(
  {
    id: whole('chargingProfileId.'),
    purpose: choice(['ChargePointMaxProfile', 'TxDefaultProfile', 'TxProfile'], 'OCPP 1.6 §7.10.'),
    stackLevel: whole('The higher one prevails.'),
    from: choice(['csms', 'gateway'], 'Who set it.'),
    kind: choice(['Absolute', 'Recurring', 'Relative'], 'OCPP 1.6 §7.9.'),
    periods: list(schedulePeriod, 'What it allows in the window, as A per phase; empty: nothing in it.'),
    profile: anything('The profile as it was set.'),
  },
  'A profile of a connector.',
);
export type StackedProfile = Shown<typeof stackedProfile>;

export const connectorProfiles = record(
  {
    connector: whole('From 1 on.'),
    fromMs: whole('Where the window begins.'),
    toMs: whole('Where it ends.'),
    why: list(limitStep, 'From the grid limit to this connector.'),
    profiles: list(stackedProfile, 'The highest stack level first.'),
    composite: list(schedulePeriod, 'What they come to (OCPP 1.6 §5.7).'),
  },
  'What rules a connector.',
);
export type ConnectorProfiles = Shown<typeof connectorProfiles>;

export const openTransaction = record(
  {
    connector: whole('From 1 on.'),
    chargerTxId: maybe(whole('As the charger knows it.')),
    csmsTxId: maybe(text('As the CSMS knows it.')),
    startedAt: text('ISO 8601, as the charger said it.'),
  },
  'A transaction that runs.',
);

export const chargerSheet = record(
  {
    charger: chargerRow,
    firstSeenMs: whole('When it spoke first.'),
    bootAtMs: maybe(whole('When it booted last.')),
    bootPayload: maybe(anything('Its BootNotification.')),
    csmsStatus: maybe(text('What the CSMS answered to it.')),
    csmsIntervalS: maybe(whole('The interval of heartbeats that the CSMS gave it.')),
    bootUnheard: flag('The CSMS has still to hear of that boot.'),
    stationStatus: maybe(text('Status of the charger as a whole, as it said it last.')),
    transactions: list(openTransaction, 'Those that run.'),
    lacks: list(text('An operation.'), 'What it answered with NotSupported or NotImplemented.'),
    changedSettings: list(text('A key.'), 'Settings of its link that the CSMS changed.'),
  },
  'All that is known of a charger.',
);
export type ChargerSheet = Shown<typeof chargerSheet>;

export const configurationKeys = record(
  {
    keys: list(
      record(
        { key: text('Its name.'), readonly: flag('It cannot be changed.'), value: maybe(text('As it is now.')) },
        'A key.',
      ),
      'As the charger answered GetConfiguration; secrets are hidden.',
    ),
    unknown: list(text('A key.'), 'Keys that it does not know.'),
  },
  'Configuration of a charger.',
);
export type ConfigurationKeys = Shown<typeof configurationKeys>;
