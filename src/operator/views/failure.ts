import { record, type Shown, text } from './shape.ts';

/** The body of every answer that is no success. */
export const failed = record({ error: text('One sentence for people, in English.') }, 'Why there is no answer.');
export type Failure = Shown<typeof failed>;
