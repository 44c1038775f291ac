import { failure, type Answer } from './routes.ts';

/** A query parameter that is none. */
export class QueryRefused extends Error {
  override readonly name = 'QueryRefused';
}

/** Answers 400 with the sentence of a parameter that is none. */
export async function answerQuery(answer: () => Promise<Answer>): Promise<Answer> {
  try {
    return await answer();
  } catch (thrown) {
    if (thrown instanceof QueryRefused) return failure(400, thrown.message);
    throw thrown;
  }
}

/** A whole number within bounds; undefined when it is absent. Throws QueryRefused. */
export function wholeOf(query: URLSearchParams, name: string, least: number, most: number): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new QueryRefused(`${name}: expected a whole number from ${least} to ${most}, found "${text.slice(0, 40)}"`);
}

/** `true` or `false`; undefined when it is absent. Throws QueryRefused. */
export function flagOf(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  throw new QueryRefused(`${name}: expected true or false, found "${text.slice(0, 40)}"`);
}

/** A time as ms since the epoch, which may be given as ISO 8601 text; undefined when it is absent. Throws QueryRefused. */
export function timeOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const isIso = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?$/.test(text);
  const atMs = /^\d{1,15}$/.test(text) ? Number(text) : isIso ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(atMs)) return atMs;
  throw new QueryRefused(`${name}: expected a time, as ms since the epoch or ISO 8601, found "${text.slice(0, 40)}"`);
}
