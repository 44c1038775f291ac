import { choice, list, maybe, number, record, type Shown, text, whole } from './shape.ts';

/** What was said on the wires. Texts are masked: idTags, passwords and tokens are hidden before they are written. */

const head = {
  id: whole('Ascends with the time of writing.'),
  atMs: whole('When the request came or left.'),
  charger: text('Its identity, as it was claimed; empty when none could be read.'),
  side: choice(['soap', 'json-charger', 'json'], 'The wire: SOAP or JSON to the charger, or JSON to the CSMS.'),
  direction: choice(['in', 'out'], 'The request came in, or left.'),
  action: text('OCPP 1.6 name; empty when none could be read.'),
  outcome: text('`answered`, or what went wrong: a code of OCPP, `unreachable`, an HTTP status.'),
  latencyMs: maybe(number('From request to answer.')),
  bytes: whole('Of both texts.'),
  seq: maybe(whole('Number in the outbox under which it was kept: the same on both wires.')),
};

export const messageHead = record(head, 'A message in the list.');
export type MessageHead = Shown<typeof messageHead>;

export const messageFull = record(
  {
    ...head,
    request: text('SOAP envelope or OCPP-J frame.'),
    answer: maybe(text('The same of the answer; absent when there was none.')),
  },
  'A message with its texts.',
);
export type MessageFull = Shown<typeof messageFull>;

export const messagePage = record(
  {
    messages: list(messageHead, 'Newest first.'),
    before: maybe(whole('Ask with this for the next page; absent: there is none.')),
  },
  'A page of messages.',
);
export type MessagePage = Shown<typeof messagePage>;

export const messageStory = record(
  {
    message: messageFull,
    related: list(messageFull, 'The same message on the other wire, and what it caused; in order of time.'),
  },
  'A message and what became of it.',
);
export type MessageStory = Shown<typeof messageStory>;
