import { openApiDocument } from './openapi.ts';
import { json, type Route, route } from './routes.ts';
import { me } from './views/me.ts';
import { anything } from './views/shape.ts';

/** What the API tells of itself; `others` are the routes beside these. */
export function selfRoutes(others: readonly Route[], version: string): readonly Route[] {
  const routes: readonly Route[] = [
    route({
      method: 'GET',
      path: ['api', 'me'],
      scope: 'read',
      summary: 'Who asks, and what that one may do',
      gives: me,
      answer: async (_values, _query, _body, { name, scope }) => json({ name, scope, version }),
    }),
    route({
      method: 'GET',
      path: ['api', 'openapi.json'],
      scope: 'read',
      summary: 'This document',
      gives: anything('OpenAPI 3.1.'),
      answer: async () => json(document),
    }),
  ];
  const document = openApiDocument([...others, ...routes], version);
  return routes;
}
