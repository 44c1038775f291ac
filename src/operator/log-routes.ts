import { json, type Route } from './routes.ts';
import { list, record, text } from './views/shape.ts';

const lines = record(
  { lines: list(text('One JSON object; idTags, passwords and tokens are hidden.'), 'Oldest first.') },
  'The end of the log.',
);

/** The last lines that the gateway wrote to its log. */
export function logRoutes(lastLines: () => readonly string[]): readonly Route[] {
  return [
    {
      method: 'GET',
      path: ['api', 'log'],
      scope: 'admin',
      summary: 'The last lines of the log',
      gives: lines,
      answer: async () => json({ lines: lastLines() }),
    },
  ];
}
