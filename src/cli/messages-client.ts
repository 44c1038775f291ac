import type { MessageFilter, MessageFull, MessageHead } from '../telemetry/ports.ts';
import { askGateway, isRecord, readGateway } from './gateway-client.ts';
import { Refusal } from './refusal.ts';
import type { MessageSource } from './tail.ts';

/** The message log of a running gateway, over the Unix socket in its data folder. */
export function messagesOver(socketPath: string): MessageSource {
  return {
    messages: async (filter) => {
      const { body } = await askGateway(socketPath, 'GET', `/api/messages?${queryOf(filter)}`);
      const messages: unknown = isRecord(body) ? body['messages'] : undefined;
      if (Array.isArray(messages) && messages.every(isHead)) return { messages };
      throw otherRelease();
    },
    texts: async (filter) => {
      const text = await readGateway(socketPath, `/api/messages.jsonl?${queryOf(filter)}`);
      const lines = text.split('\n').filter((line) => line !== '');
      const messages = lines.map((line): unknown => JSON.parse(line));
      if (messages.every(isFull)) return messages.toReversed();
      throw otherRelease();
    },
  };
}

function queryOf({ charger, action, side, after, limit }: MessageFilter): string {
  const query = new URLSearchParams({ limit: String(limit) });
  if (charger !== undefined) query.set('charger', charger);
  if (action !== undefined) query.set('action', action);
  if (side !== undefined) query.set('side', side);
  if (after !== undefined) query.set('after', String(after));
  return query.toString();
}

// The gateway is of this build, or nearly: what is shown is checked, the rest is taken as it comes.
const isHead = (entry: unknown): entry is MessageHead =>
  isRecord(entry) &&
  Number.isSafeInteger(entry['id']) &&
  Number.isFinite(entry['atMs']) &&
  ['charger', 'side', 'action', 'outcome'].every((name) => typeof entry[name] === 'string');
const isFull = (entry: unknown): entry is MessageFull => isHead(entry) && 'request' in entry;

const otherRelease = () => new Refusal('the gateway answers in another form: it is of another release');
