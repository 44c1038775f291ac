import type { Clock, Log } from '../../gateway/ports.ts';
import { TransferError } from '../errors.ts';
import type { Fetched, Fetcher, FetchRequest, SpooledFile, Transcript } from '../ports.ts';
import type { FileSpool } from '../spool/spool.ts';
import { cancelled, inAttempts } from './attempts.ts';
import { getByFtp } from './ftp-get.ts';
import { type GetCall, getByHttp, type Got } from './http-get.ts';
import { proveWhole } from './integrity.ts';
import { type Location, masked, readLocation } from './location.ts';
import type { Outside } from './outside.ts';
import { Part } from './part.ts';
import { Flight } from './flight.ts';
import { isContentHash, type Version } from './versions.ts';

export type FetcherParts = {
  readonly spool: FileSpool;
  readonly outside: Outside;
  /** A file came over the network, whole. */
  readonly fetched: (bytes: number) => void;
  /** Of all attempts together. */
  readonly maxMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** In [0, 1). */
  readonly chance: () => number;
};

/** What was fetched from a resource before. */
type Memory = { readonly location: string; readonly version: Version; readonly file: SpooledFile };

const rememberedResources = 256;

/** Fetches into a spool. */
export class RemoteFetcher implements Fetcher {
  readonly #parts: FetcherParts;
  /** By all that makes two requests one. */
  readonly #flights = new Map<string, Flight>();
  /** By resource, the last flight of it: presigned URLs of one file differ, and take their turns. */
  readonly #turns = new Map<string, Promise<unknown>>();
  /** By resource, in the order of use. */
  readonly #memories = new Map<string, Memory>();

  constructor(parts: FetcherParts) {
    this.#parts = parts;
  }

  async fetch(request: FetchRequest, holder: string, transcript: Transcript, signal?: AbortSignal): Promise<Fetched> {
    const location = readLocation(request.location);
    const { sha256 = '', minBytes, maxBytes } = request;
    const key = [request.location, sha256, minBytes, maxBytes].join(' ');
    const under = this.#flights.get(key);
    const flight = under === undefined || under.signal.aborted ? this.#depart(key, location, request) : under;
    return flight.join(holder, transcript, signal);
  }

  #depart(key: string, location: Location, request: FetchRequest): Flight {
    const { spool, clock, maxMs } = this.#parts;
    const flight = new Flight(spool, (line) => masked(line, location));
    const cancel = clock.after(maxMs, () => {
      flight.abort(new TransferError('TooLong', `not done after ${Math.round(maxMs / 60_000)} min`));
    });
    this.#flights.set(key, flight);
    flight.depart(
      this.#inTurn(location.shown, () => this.#fly(location, request, flight)).finally(() => {
        cancel();
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
      }),
    );
    return flight;
  }

  async #inTurn<T>(resource: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(resource) ?? Promise.resolve();
    const done = before.then(work, work);
    this.#turns.set(resource, done);
    try {
      return await done;
    } finally {
      if (this.#turns.get(resource) === done) this.#turns.delete(resource);
    }
  }

  async #fly(location: Location, request: FetchRequest, flight: Flight): Promise<Fetched> {
    const name = location.name ?? 'image.bin';
    const here = request.sha256 === undefined ? undefined : this.#parts.spool.find(request.sha256.toLowerCase());
    if (here !== undefined && fits(here, request) && flight.holds(here))
      return { file: here, name, from: 'spool', proofs: ['sha256'] };
    try {
      return await this.#get(location, request, flight, name);
    } catch (thrown) {
      const failure = flight.signal.aborted ? cancelled(flight.signal) : thrown;
      if (!(failure instanceof TransferError)) throw failure;
      const told = new TransferError(failure.code, masked(`${location.shown}: ${failure.message}`, location));
      this.#parts.log.warn('fetch failed', {
        location: masked(location.shown, location),
        code: told.code,
        reason: told.message,
      });
      throw told;
    }
  }

  async #get(location: Location, request: FetchRequest, flight: Flight, name: string): Promise<Fetched> {
    const { spool, clock, chance } = this.#parts;
    const part = new Part(await spool.draft(request.maxBytes));
    const memory = this.#recall(location, request, flight);
    const failed = (error: TransferError, pauseMs: number): void =>
      flight.say(`${error.code}: ${error.message}; again in ${Math.round(pauseMs / 1000)} s`);
    const attempts = { clock, chance, signal: flight.signal, failed };
    try {
      return await inAttempts(request.persistence, attempts, async () => {
        const got = await this.#attempt(part, location, request, flight, memory?.version);
        if (got === 'known' && memory !== undefined)
          return { file: memory.file, name, from: 'spool', proofs: ['version'] };
        const proofs = await prove(part, request);
        const file = await part.draft.commit(flight.holder);
        this.#remember(location, part, file);
        this.#parts.fetched(file.bytes);
        return { file, name, from: 'network', proofs };
      });
    } finally {
      await part.draft.discard();
    }
  }

  #attempt(part: Part, location: Location, request: FetchRequest, flight: Flight, known?: Version): Promise<Got> {
    const { outside, clock } = this.#parts;
    flight.say(`fetching ${location.shown}${part.draft.bytes > 0 ? `, ${part.draft.bytes} bytes are here` : ''}`);
    const call: GetCall = {
      location,
      outside,
      signal: flight.signal,
      maxBytes: request.maxBytes,
      known,
      say: (line) => flight.say(line),
    };
    const isFtp = location.scheme === 'ftp' || location.scheme === 'ftps';
    return isFtp ? getByFtp(part, { ...call, nowMs: clock.now() }) : getByHttp(part, call);
  }

  /** What may be asked for by its version instead of by its bytes: it must be in the spool, and stay there meanwhile. */
  #recall(location: Location, request: FetchRequest, flight: Flight): Memory | undefined {
    const memory = this.#memories.get(location.shown);
    if (memory === undefined || request.sha256 !== undefined || !fits(memory.file, request)) return undefined;
    const same = memory.location === location.path || isContentHash(memory.version);
    return same && flight.holds(memory.file) ? memory : undefined;
  }

  #remember({ shown, path }: Location, { version }: Part, file: SpooledFile): void {
    this.#memories.delete(shown);
    if (version === undefined) return;
    this.#memories.set(shown, { location: path, version, file });
    const [oldest] = this.#memories.keys();
    if (this.#memories.size > rememberedResources && oldest !== undefined) this.#memories.delete(oldest);
  }
}

function fits({ bytes }: SpooledFile, { minBytes, maxBytes }: FetchRequest): boolean {
  return bytes >= minBytes && bytes <= maxBytes;
}

/** A part that turned out wrong is thrown away: the next attempt begins at zero. */
async function prove(part: Part, { sha256, minBytes }: FetchRequest): Promise<readonly string[]> {
  const { claims, joined } = part;
  const lengthTold = part.length !== undefined || part.endMarked;
  try {
    return await proveWhole(part.draft, { sha256, minBytes, claims, lengthTold, joined });
  } catch (thrown) {
    await part.forget();
    throw thrown;
  }
}
