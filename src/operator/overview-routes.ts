import { type OverviewParts, overviewNow } from './overview.ts';
import { json, type Route } from './routes.ts';
import { overview } from './views/overview.ts';

/** The gateway at one look. */
export function overviewRoutes(parts: OverviewParts): readonly Route[] {
  return [
    {
      method: 'GET',
      path: ['api', 'overview'],
      scope: 'read',
      summary: 'The gateway at one look, with what a person should see',
      gives: overview,
      answer: async () => json(await overviewNow(parts)),
    },
  ];
}
