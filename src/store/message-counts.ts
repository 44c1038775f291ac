import type { MessageCounts } from '../gateway/store-port.ts';
import type { Rooms } from './rooms.ts';

/** What waits and what is dead, by station; stations without any are left out. */
export function messageCounts({ outbox, deadLetters, identities }: Rooms): ReadonlyMap<string, MessageCounts> {
  const waiting = outbox.countByStation();
  const dead = new Map(deadLetters.countByStation().map(({ station, count }) => [station, count]));
  const counts = new Map<string, MessageCounts>();
  for (const station of new Set([...waiting.keys(), ...dead.keys()])) {
    const own = { waiting: waiting.get(station)?.rows ?? 0, dead: dead.get(station) ?? 0 };
    if (own.waiting + own.dead > 0) counts.set(identities.name(station), own);
  }
  return counts;
}
