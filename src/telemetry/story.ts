import type { MessageTable } from './message-table.ts';
import type { MessageFull, MessageStory } from './ports.ts';

/*
 * What belongs to a message on the other wire. A kept one carries its number in the outbox on both. One that is passed on
 * while somebody waits is found by time: a charger has one open call in each direction (OCPP-J 1.6 §4.1.1), so that the
 * message of the same action that lies within it is the same one.
 */

const mostRelated = 50;
/** Between the clock's readings on both wires. */
const slackMs = 5;
/** Nothing waits longer for its answer. */
const longestCallMs = 180_000;

/** Undefined: there is no such message. */
export function storyOf(table: MessageTable, id: number): MessageStory | undefined {
  const message = table.find(id);
  if (message === undefined) return undefined;
  const others = [...sameNumber(table, message), ...(message.seq === undefined ? inTime(table, message) : [])];
  const related = [...new Map(others.map((other) => [other.id, other])).values()];
  return { message, related: related.toSorted((one, other) => one.atMs - other.atMs || one.id - other.id) };
}

function sameNumber(table: MessageTable, { id, charger, seq }: MessageFull): readonly MessageFull[] {
  if (seq === undefined) return [];
  return table.related('seq = ? and charger = ? and id <> ?', [seq, charger, id], mostRelated);
}

function inTime(table: MessageTable, message: MessageFull): readonly MessageFull[] {
  if (message.action === '' || message.charger === '') return [];
  // Towards the CSMS goes what came from the charger, and the other way round.
  const other = message.direction === 'in' ? 'out' : 'in';
  return message.direction === 'in' ? within(table, message, other) : around(table, message, other);
}

const otherWire = ({ side }: MessageFull): string => (side === 'json' ? `side <> 'json'` : `side = 'json'`);

/** What began while this one was open. */
function within(table: MessageTable, message: MessageFull, direction: string): readonly MessageFull[] {
  const { charger, action, atMs } = message;
  const where = `${otherWire(message)} and charger = ? and action = ? and direction = ? and at_ms between ? and ? and seq is null`;
  const endMs = Math.ceil(endOf(message));
  return table.related(where, [charger, action, direction, atMs - slackMs, endMs + slackMs], mostRelated);
}

/** What was open when this one began: it ended later, and was written later. */
function around(table: MessageTable, message: MessageFull, direction: string): readonly MessageFull[] {
  const { id, charger, action, atMs } = message;
  const where = `${otherWire(message)} and charger = ? and action = ? and direction = ? and at_ms between ? and ? and seq is null and id > ?`;
  const values = [charger, action, direction, atMs - longestCallMs, atMs + slackMs, id];
  return table.related(where, values, mostRelated).filter((one) => endOf(one) + slackMs >= atMs);
}

const endOf = ({ atMs, latencyMs = 0 }: MessageFull): number => atMs + latencyMs;
