import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { rateKey, RateLimiter } from '../front-door/rates.ts';
import { plainAddress } from '../gateway/networks.ts';
import type { Clock, Log } from '../gateway/ports.ts';
import { type Answer, type Caller, failure, type Route, type Scope } from './routes.ts';
import { bearerOf, callersByToken, type FindCaller, includes, type OperatorToken } from './tokens.ts';

/** Who comes in: decided by the head of a request, before anything else of it is read. */
export interface Gate {
  /** Why a request is not looked at at all; undefined: it is. */
  turnAway(request: IncomingMessage): Answer | undefined;
  /** Who asks, if that one may use a route of this scope. */
  admit(request: IncomingMessage, scope: Route['scope']): Admission;
  /** Where a request is from, for the audit. */
  originOf(request: IncomingMessage): string;
}

export type Admission =
  | { readonly kind: 'admitted'; readonly caller: Caller }
  | { readonly kind: 'refused'; readonly answer: Answer };

/** The socket in the data folder is the owner's: the mode of its file is the only lock. */
export const ownersGate: Gate = {
  turnAway: () => undefined,
  admit: () => ({ kind: 'admitted', caller: { name: 'owner', scope: 'admin' } }),
  originOf: () => 'socket',
};

export type TcpGateOptions = {
  /** Address that is listened on. */
  readonly host: string;
  /** None: whoever is on this machine may do everything, and nobody else anything. */
  readonly tokens: () => readonly OperatorToken[];
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly log: Log;
};

/** Ten consoles behind one address may fetch their files at once. */
const requestRate = { perSecond: 50, burst: 300 };
/** A wrong token is a mistake a few times, and then a guess. */
const mistakeRate = { perSecond: 0.2, burst: 5 };

const mostProven = 1_000;

const local: Caller = { name: 'local', scope: 'admin' };
const anyone: Caller = { name: 'anyone', scope: 'read' };

/** The gate of the TCP listener: rates by address, host names, other sites in the operator's browser, tokens. */
export class TcpGate implements Gate {
  readonly #requests = new RateLimiter(requestRate);
  readonly #mistakes = new RateLimiter(mistakeRate);
  /** Names of tokens, each with a peer that sent it. */
  readonly #proven = new Set<string>();
  readonly #isLocal: boolean;
  readonly #tokens: () => readonly OperatorToken[];
  #known: readonly OperatorToken[] = [];
  #callerOf: FindCaller = () => undefined;
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #log: Log;

  constructor({ host, tokens, clock, log }: TcpGateOptions) {
    this.#isLocal = isLoopback(host);
    this.#tokens = tokens;
    this.#clock = clock;
    this.#log = log;
  }

  turnAway(request: IncomingMessage): Answer | undefined {
    const peer = rateKey(this.originOf(request));
    const nowMs = this.#clock.elapsed();
    if (!this.#requests.take(peer, nowMs)) return tooMany(this.#requests.waitMs(peer, nowMs));
    // A page of the web could let its own name resolve to 127.0.0.1 and be this machine with the operator's browser.
    if (this.#trusts() && !namesLoopback(request.headers.host)) return failure(421, 'this is not the host you named');
    return undefined;
  }

  admit(request: IncomingMessage, scope: Route['scope']): Admission {
    if (scope === 'open') return { kind: 'admitted', caller: anyone };
    if (isCrossSite(request)) {
      return this.#refuse(request, 'crossSite', failure(403, 'a page of another site may not ask this'));
    }
    return this.#trusts() ? { kind: 'admitted', caller: local } : this.#byToken(request, scope);
  }

  originOf({ socket }: IncomingMessage): string {
    return plainAddress(socket.remoteAddress ?? '');
  }

  #byToken(request: IncomingMessage, needed: Scope): Admission {
    const peer = rateKey(this.originOf(request));
    const nowMs = this.#clock.elapsed();
    const sent = bearerOf(request.headers.authorization);
    if (sent === undefined) return { kind: 'refused', answer: unproven('a token is needed') };
    const caller = this.#findCaller(sent);
    const waitMs = this.#mistakes.waitMs(peer, nowMs);
    if (waitMs > 0 && !this.#isProven(peer, caller)) return { kind: 'refused', answer: tooMany(waitMs) };
    if (caller === undefined) {
      this.#mistakes.take(peer, nowMs);
      return this.#refuse(request, 'token', unproven('this is no token of this gateway', 'error="invalid_token"'));
    }
    this.#prove(peer, caller);
    return includes(caller.scope, needed)
      ? { kind: 'admitted', caller }
      : this.#refuse(request, 'scope', tooSmall(caller, needed));
  }

  #trusts(): boolean {
    return this.#isLocal && this.#tokens().length === 0;
  }

  /** By the tokens of the present config; one that is gone proves nothing any more. */
  #findCaller(sent: string): Caller | undefined {
    const tokens = this.#tokens();
    if (tokens !== this.#known) {
      this.#known = tokens;
      this.#callerOf = callersByToken(tokens);
      this.#proven.clear();
    }
    return this.#callerOf(sent);
  }

  /** Somebody else who guesses behind the same proxy does not lock out a token that came from there before. */
  #isProven(peer: string, caller: Caller | undefined): boolean {
    return caller !== undefined && this.#proven.has(`${caller.name} ${peer}`);
  }

  #prove(peer: string, caller: Caller): void {
    if (this.#proven.size >= mostProven) this.#proven.clear();
    this.#proven.add(`${caller.name} ${peer}`);
  }

  #refuse(request: IncomingMessage, rule: string, answer: Answer): Admission {
    const { method, url } = request;
    this.#log.warn('operator request refused', {
      rule,
      from: this.originOf(request),
      method,
      path: url?.split('?')[0],
    });
    return { kind: 'refused', answer };
  }
}

function tooMany(waitMs: number): Answer {
  const waitS = Math.max(1, Math.ceil(waitMs / 1000));
  return { ...failure(429, `too many requests: ask again in ${waitS} s`), headers: { 'retry-after': String(waitS) } };
}

/** RFC 6750 §3. */
function unproven(reason: string, error?: string): Answer {
  const challenge = ['Bearer realm="ocpp-edge"', ...(error === undefined ? [] : [error])].join(', ');
  return { ...failure(401, reason), headers: { 'www-authenticate': challenge } };
}

/** RFC 6750 §3.1. */
function tooSmall({ name, scope }: Caller, needed: Scope): Answer {
  const challenge = `Bearer realm="ocpp-edge", error="insufficient_scope", scope="${needed}"`;
  const reason = `the token ${name} has the scope ${scope}; this needs ${needed}`;
  return { ...failure(403, reason), headers: { 'www-authenticate': challenge } };
}

/**
 * A browser says from what page a request comes: by Sec-Fetch-Site, or by Origin if it is an old one. What is no browser
 * says nothing.
 */
function isCrossSite({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host?.toLowerCase();
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function namesLoopback(hostHeader: string | undefined): boolean {
  const name = /^(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(hostHeader ?? '')?.[1]?.toLowerCase() ?? '';
  return isLoopback(name.replace(/^\[(.*)\]$/, '$1'));
}
