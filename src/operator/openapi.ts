import type { Route } from './routes.ts';
import { failed } from './views/failure.ts';
import type { JsonSchema } from './views/shape.ts';

type Document = Readonly<Record<string, unknown>>;

const jsonMedia = 'application/json';

/** The OpenAPI 3.1 document of the routes. */
export function openApiDocument(routes: readonly Route[], version: string): Document {
  const paths = new Map<string, Record<string, Document>>();
  for (const route of routes) {
    const path = `/${route.path.map((part) => (part.startsWith(':') ? `{${part.slice(1)}}` : part)).join('/')}`;
    paths.set(path, { ...paths.get(path), [route.method.toLowerCase()]: operation(route) });
  }
  return {
    openapi: '3.1.0',
    info: { title: 'OCPP edge gateway', version, description: words },
    paths: Object.fromEntries(paths),
    components: {
      schemas: { Failure: failed },
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'operator.tokens of the config.' } },
    },
  };
}

const words =
  'Over TCP with a token of the config, or without one from the same machine where none is configured; over the socket ' +
  'in the data folder without. The scope of a route is named in its security requirement; each includes the ones before: ' +
  'read, operate, admin.';

function operation(route: Route): Document {
  const { scope, summary, takes } = route;
  return {
    operationId: operationId(route),
    summary,
    parameters: parametersOf(route),
    ...(takes === undefined ? {} : { requestBody: { required: true, content: { [jsonMedia]: { schema: takes } } } }),
    responses: { 200: success(route), default: failureResponse },
    security: scope === 'open' ? [] : [{ token: [scope] }],
  };
}

/** `GET /api/sites/{site}` is `getApiSitesSite`. */
function operationId({ method, path }: Route): string {
  const names = path.flatMap((part) => part.split(/[^A-Za-z0-9]+/)).filter((name) => name !== '');
  return method.toLowerCase() + names.map((name) => name.charAt(0).toUpperCase() + name.slice(1)).join('');
}

function parametersOf({ path, query = {} }: Route): readonly Document[] {
  const values = path.filter((part) => part.startsWith(':'));
  return [
    ...values.map((part) => ({ name: part.slice(1), in: 'path', required: true, schema: { type: 'string' } })),
    ...Object.entries<JsonSchema>(query).map(([name, { description, ...schema }]) => ({
      name,
      in: 'query',
      description,
      schema,
    })),
  ];
}

function success({ summary, gives, media }: Route): Document {
  if (gives !== undefined) return { description: gives.description, content: { [jsonMedia]: { schema: gives } } };
  return { description: summary, ...(media === undefined ? {} : { content: { [media]: {} } }) };
}

const failureResponse: Document = {
  description: failed.description,
  content: { [jsonMedia]: { schema: { $ref: '#/components/schemas/Failure' } } },
};
