import type { ServerResponse } from 'node:http';
import type { Operations } from './operations.ts';
import type { Failure } from './views/failure.ts';
import { setupAnswer } from './views/setup.ts';
import type { Shape } from './views/shape.ts';

/** What a route answers; `json` is serialised, `text` and `bytes` are sent as they are, `stream` writes as long as it likes. */
export type Answer<Value = unknown> = {
  readonly status: number;
  readonly body:
    | { readonly kind: 'json'; readonly value: Value }
    | { readonly kind: 'text'; readonly type: string; readonly text: string }
    | { readonly kind: 'bytes'; readonly type: string; readonly bytes: Buffer }
    | { readonly kind: 'stream'; readonly type: string; readonly begin: (response: ServerResponse) => void };
  readonly headers?: Readonly<Record<string, string>>;
};

/** What a token may do; each includes the ones before. `open`: anyone who reaches the port. */
export type Scope = 'read' | 'operate' | 'admin';

/** Who asks: the name of a token, and what it may do. */
export type Caller = { readonly name: string; readonly scope: Scope };

type Answering<Value> = (
  values: readonly string[],
  query: URLSearchParams,
  body: () => Promise<unknown>,
  caller: Caller,
) => Promise<Answer<Value>>;

export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Path segments; one that starts with `:` stands for any value. */
  readonly path: readonly string[];
  readonly scope: Scope | 'open';
  /** What it does, in a few words, for the OpenAPI document. */
  readonly summary: string;
  /** Query parameters. */
  readonly query?: Readonly<Record<string, Shape>>;
  /** The JSON that it takes. */
  readonly takes?: Shape;
  /** The JSON of its 200. */
  readonly gives?: Shape;
  /** Media type of its 200, when that is no JSON. */
  readonly media?: string;
  /** `values` are the decoded segments behind the `:`; `body` reads the request's JSON, and rejects with BodyRefused. */
  readonly answer: Answering<unknown>;
};

/** A route whose answer is seen to be what it says that it gives. */
export function route<Value>(
  told: Omit<Route, 'gives' | 'answer'> & {
    readonly gives: Shape<Value>;
    readonly answer: Answering<NoInfer<Value> | Failure>;
  },
): Route {
  return told;
}

/** Finds the route of a request and its values; 404 and 405 are answered here, HEAD is served by GET. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
):
  | { readonly kind: 'found'; readonly route: Route; readonly values: readonly string[] }
  | { readonly kind: 'none'; readonly answer: Answer } {
  const segments = decodeSegments(path);
  if (segments === undefined) return { kind: 'none', answer: failure(400, 'the path is not percent-encoded UTF-8') };
  const here = routes.filter((route) => fits(route, segments));
  if (here.length === 0) return { kind: 'none', answer: failure(404, 'there is nothing here') };
  const route = here.find((candidate) => candidate.method === (method === 'HEAD' ? 'GET' : method));
  if (route === undefined) {
    const allow = here.map((candidate) => candidate.method).join(', ');
    return { kind: 'none', answer: { ...failure(405, `allowed here: ${allow}`), headers: { allow } } };
  }
  return { kind: 'found', route, values: segments.filter((_, index) => route.path[index]?.startsWith(':')) };
}

function fits({ path }: Route, segments: readonly string[]): boolean {
  return (
    path.length === segments.length && path.every((part, index) => part.startsWith(':') || part === segments[index])
  );
}

function decodeSegments(path: string): readonly string[] | undefined {
  try {
    return path.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

export function json<Value>(value: Value, status = 200): Answer<Value> {
  return { status, body: { kind: 'json', value } };
}

export function failure(status: number, reason: string): Answer<Failure> {
  return json({ error: reason }, status);
}

/** Chargers: who they are, and whether they are served. */
export function operationRoutes(operations: Operations): readonly Route[] {
  const stand = (verb: 'adopt' | 'block'): Route => ({
    method: 'POST',
    path: ['api', 'chargers', ':identity', verb],
    scope: 'operate',
    summary: verb === 'adopt' ? 'Serves a charger that is in quarantine or blocked' : 'Refuses a charger from now on',
    answer: async ([identity = '']) =>
      (await operations[verb](identity)) ? json({ charger: identity }) : unseen(identity),
  });
  return [
    route({
      method: 'GET',
      path: ['api', 'chargers', ':identity', 'setup'],
      scope: 'operate',
      summary: 'What the config says of a charger, with the URLs to type into it, secrets included',
      gives: setupAnswer,
      answer: async ([identity = '']) => json({ setup: await operations.setup(identity) }),
    }),
    stand('adopt'),
    stand('block'),
  ];
}

const unseen = (identity: string): Answer => failure(404, `charger ${identity} was never seen`);

/** A row number of the store: a positive integer in decimal digits; undefined if it is none. */
export function parseSeq(text: string): number | undefined {
  const seq = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : undefined;
  return seq !== undefined && Number.isSafeInteger(seq) ? seq : undefined;
}
