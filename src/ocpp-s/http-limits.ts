import type { Rate } from '../front-door/rates.ts';

/** What one HTTP listener for chargers allows. Every bound is checked before memory is spent on the request. */
export type HttpLimits = {
  /** Largest body, on the wire and after inflation. */
  readonly maxBodyBytes: number;
  /** Largest request line with headers. */
  readonly maxHeaderBytes: number;
  /** TCP connections at a time; further ones are closed at once. */
  readonly maxConnections: number;
  /** Requests being worked on at a time; further ones get 503. */
  readonly maxConcurrent: number;
  /** From the first byte of a request to its last header. */
  readonly headersTimeoutMs: number;
  /** From the first byte of a request to its last. */
  readonly requestTimeoutMs: number;
  /** How long an idle connection is kept: longer than the pauses within a burst, so that chargers do not run into our close. */
  readonly keepAliveMs: number;
  readonly rates: RateLimits;
};

export type RateLimits = {
  readonly perAddress: Rate;
  readonly perCharger: Rate;
};

export const defaultHttpLimits: HttpLimits = {
  maxBodyBytes: 256 * 1024,
  maxHeaderBytes: 8 * 1024,
  maxConnections: 5_000,
  maxConcurrent: 200,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveMs: 75_000,
  rates: { perAddress: { perSecond: 20, burst: 50 }, perCharger: { perSecond: 10, burst: 20 } },
};
