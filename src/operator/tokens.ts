import { createHash, timingSafeEqual } from 'node:crypto';
import type { Caller, Scope } from './routes.ts';

/** A token as the config has it. */
export type OperatorToken = { readonly name: string; readonly scope: Scope; readonly token: Buffer };

export type FindCaller = (sent: string) => Caller | undefined;

/**
 * Tells whose token was sent. Digests are compared, all of them each time: how long it takes says nothing of how near a
 * guess came.
 */
export function callersByToken(tokens: readonly OperatorToken[]): FindCaller {
  const known = tokens.map(({ name, scope, token }) => ({ caller: { name, scope }, digest: digestOf(token) }));
  return (sent) => {
    const digest = digestOf(Buffer.from(sent));
    return known.filter((one) => timingSafeEqual(one.digest, digest)).at(0)?.caller;
  };
}

/** Reads an Authorization header (RFC 6750 §2.1); undefined for other schemes and for broken ones. */
export function bearerOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header)?.[1];
}

const order: readonly Scope[] = ['read', 'operate', 'admin'];

/** Each scope includes the ones before. */
export function includes(scope: Scope, needed: Scope): boolean {
  return order.indexOf(scope) >= order.indexOf(needed);
}

const digestOf = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
