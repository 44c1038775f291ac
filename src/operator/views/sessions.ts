import { flag, list, maybe, number, record, type Shown, text, whole } from './shape.ts';

/** A transaction, running or ended, newest first. Its idTag is shown by its last four characters. */
export const session = record(
  {
    id: whole("The gateway's own number."),
    charger: text('Its identity.'),
    connector: whole('From 1 on.'),
    site: maybe(text('The managed site of the charger.')),
    idTag: text('The last four characters behind an ellipsis.'),
    startedAt: text('ISO 8601, as the charger said it.'),
    stoppedAt: maybe(text('ISO 8601; absent while it runs.')),
    meterStartWh: whole('Register at the beginning.'),
    meterStopWh: maybe(whole('Register at the end.')),
    energyWh: maybe(number('What was charged; so far, while it runs.')),
    stopReason: maybe(text('OCPP 1.6 §7.37.')),
    chargerTxId: maybe(whole('As the charger knows it.')),
    csmsTxId: maybe(text('As the CSMS knows it.')),
    offline: flag('It began while the CSMS was away.'),
    running: flag('It has not ended.'),
  },
  'A charging session.',
);
export type Session = Shown<typeof session>;

export const sessionPage = record(
  {
    sessions: list(session, 'Newest first.'),
    before: maybe(whole('Ask with this for the next page; absent: there is none.')),
  },
  'A page of sessions.',
);
export type SessionPage = Shown<typeof sessionPage>;
