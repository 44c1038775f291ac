import type { Moved, Operations } from './operations.ts';
import type { Shape } from './views/shape.ts';

/** What a route answers; `json` is serialised, `text` is sent as it is. */
export type Answer = {
  readonly status: number;
  readonly body:
    | { readonly kind: 'json'; readonly value: unknown }
    | { readonly kind: 'text'; readonly type: string; readonly text: string };
  readonly headers?: Readonly<Record<string, string>>;
};

/** What a token may do; each includes the ones before. `open`: anyone who reaches the port. */
export type Scope = 'read' | 'operate' | 'admin';

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
  /** `values` are the decoded segments behind the `:`; `body` reads the request's JSON, and rejects with BodyRefused. */
  readonly answer: (values: readonly string[], query: URLSearchParams, body: () => Promise<unknown>) => Promise<Answer>;
};

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

export function json(value: unknown, status = 200): Answer {
  return { status, body: { kind: 'json', value } };
}

export function failure(status: number, reason: string): Answer {
  return json({ error: reason }, status);
}

/** What the command line asks of a running gateway, over the socket in its data folder. */
export function operationRoutes(operations: Operations): readonly Route[] {
  const stand = (verb: 'adopt' | 'block'): Route => ({
    method: 'POST',
    path: ['api', 'chargers', ':identity', verb],
    scope: 'operate',
    summary: verb === 'adopt' ? 'Serves a charger that is in quarantine or blocked' : 'Refuses a charger from now on',
    answer: async ([identity = '']) =>
      (await operations[verb](identity)) ? json({ charger: identity }) : unseen(identity),
  });
  const dead = (verb: 'retry' | 'drop'): Route => ({
    method: 'POST',
    path: ['api', 'outbox', ':seq', verb],
    scope: verb === 'retry' ? 'operate' : 'admin',
    summary:
      verb === 'retry' ? 'Puts a dead letter and its group back' : 'Removes a dead letter and its group for good',
    answer: async ([text = '']) => {
      const seq = parseSeq(text);
      if (seq === undefined) return failure(400, `${text} is not a sequence number`);
      return answerMoved(seq, await operations[verb](seq));
    },
  });
  return [
    {
      method: 'GET',
      path: ['api', 'chargers', ':identity', 'setup'],
      scope: 'operate',
      summary: 'What the config says of a charger, with the URLs to type into it, secrets included',
      answer: async ([identity = '']) => json({ setup: await operations.setup(identity) }),
    },
    {
      method: 'GET',
      path: ['api', 'outbox'],
      scope: 'read',
      summary: 'Messages that wait for the CSMS, and dead letters',
      answer: async (_, query) => listOutbox(operations, query),
    },
    stand('adopt'),
    stand('block'),
    dead('retry'),
    dead('drop'),
  ];
}

const unseen = (identity: string): Answer => failure(404, `charger ${identity} was never seen`);

function answerMoved(seq: number, moved: Moved): Answer {
  switch (moved.kind) {
    case 'moved':
      return json({ outbox: moved.items });
    case 'unknown':
      return failure(404, `no dead letter has the number ${seq}`);
    case 'stuck':
      return failure(409, `${seq} cannot go back: the StartTransaction that it belongs to was dropped`);
  }
}

async function listOutbox(operations: Operations, query: URLSearchParams): Promise<Answer> {
  const station = query.get('station');
  const dead = query.get('dead');
  if (dead !== null && dead !== 'true' && dead !== 'false') return failure(400, 'dead is true or false');
  const outbox = await operations.outbox({
    ...(station === null ? {} : { station }),
    ...(dead === null ? {} : { dead: dead === 'true' }),
  });
  return json({ outbox });
}

/** A row number of the store: a positive integer in decimal digits; undefined if it is none. */
export function parseSeq(text: string): number | undefined {
  const seq = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : undefined;
  return seq !== undefined && Number.isSafeInteger(seq) ? seq : undefined;
}
