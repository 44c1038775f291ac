import { anything, flag, list, record, text } from './shape.ts';

export const health = record({ alive: flag('Always true.') }, 'The process is alive.');

export const readiness = record(
  {
    ready: flag('Always true in a 200; in a 503 it is false.'),
    reasons: list(text('In words.'), 'Why it is not ready.'),
  },
  'Whether the store can be written and the listeners are up.',
);

export const state = anything('What each part tells; for people, its members may change.');
