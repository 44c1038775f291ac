import { choice, flag, list, maybe, record, text, whole } from './shape.ts';

/** Messages on disk for the CSMS, without their payloads, which may hold an idTag. Times are ms since the epoch. */

const outboxTransaction = record(
  {
    connector: whole('From 1 on.'),
    chargerTxId: maybe(whole('As the charger knows it.')),
    csmsTxId: maybe(text('As the CSMS knows it.')),
    state: choice(['open', 'stopped', 'dead'], 'dead: its StartTransaction was refused for good.'),
  },
  'The transaction that it belongs to.',
);

const outboxItem = record(
  {
    seq: whole('Its number; the order of delivery within a charger.'),
    station: text('The charger that it is from.'),
    action: text('OCPP 1.6 name.'),
    lane: choice(['transaction', 'notice'], 'The two are delivered beside one another.'),
    atMs: whole('When the charger said it.'),
    attempts: whole('CALLERRORs so far.'),
    notBeforeMs: whole('When it is tried next; 0: as soon as it can be.'),
    offline: flag('It was answered without the CSMS.'),
    transaction: maybe(outboxTransaction),
    deadReason: maybe(text('Why the CSMS refused it for good; absent while it waits.')),
  },
  'A message for the CSMS.',
);

export const outboxList = record({ outbox: list(outboxItem, 'In the order of their numbers.') }, 'The outbox.');

export const outboxMoved = record(
  { outbox: list(outboxItem, 'What went with it: a dead letter and its group.') },
  'What was put back, or dropped.',
);
