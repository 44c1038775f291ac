import { randomUUID } from 'node:crypto';
import type { Clock, Log } from '../../gateway/ports.ts';
import { TransferError } from '../errors.ts';
import type { Transcript, Uploader, UploadRequest } from '../ports.ts';
import type { FileSpool } from '../spool/spool.ts';
import { cancelled, inAttempts } from './attempts.ts';
import { putByFtp } from './ftp-put.ts';
import { putByHttp } from './http-put.ts';
import { type Location, masked, readLocation } from './location.ts';
import type { Outside } from './outside.ts';

export type UploaderParts = {
  readonly spool: FileSpool;
  readonly outside: Outside;
  /** Of all attempts together. */
  readonly maxMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** In [0, 1). */
  readonly chance: () => number;
};

/** One attempt to bring a file to its location. */
export type PutCall = {
  readonly spool: FileSpool;
  readonly location: Location;
  readonly request: UploadRequest;
  readonly bytes: number;
  readonly outside: Outside;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  /** From attempt to attempt: only what this upload has begun is gone on with, not what lay there before. */
  readonly progress: { begun: boolean };
};

/** Brings files of a spool to where a CSMS wants them. */
export class RemoteUploader implements Uploader {
  readonly #parts: UploaderParts;

  constructor(parts: UploaderParts) {
    this.#parts = parts;
  }

  async upload(request: UploadRequest, transcript: Transcript, signal?: AbortSignal): Promise<void> {
    const { spool, clock, maxMs } = this.#parts;
    const location = readLocation(request.location);
    const file = spool.find(request.sha256);
    if (file === undefined) throw new TransferError('NotFound', 'the file is no longer in the spool');
    const holder = `upload:${randomUUID()}`;
    const control = new AbortController();
    const abort = (): void => control.abort(signal?.reason);
    const cancel = clock.after(maxMs, () => {
      control.abort(new TransferError('TooLong', `not done after ${Math.round(maxMs / 60_000)} min`));
    });
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort);
    spool.hold(request.sha256, holder);
    try {
      await this.#bring(location, request, file.bytes, transcript, control.signal);
    } finally {
      spool.release(request.sha256, holder);
      signal?.removeEventListener('abort', abort);
      cancel();
    }
  }

  async #bring(
    location: Location,
    request: UploadRequest,
    bytes: number,
    transcript: Transcript,
    signal: AbortSignal,
  ): Promise<void> {
    const { spool, outside, clock, chance, log } = this.#parts;
    const say = (line: string): void => transcript(masked(line, location));
    const failed = (error: TransferError, pauseMs: number): void =>
      say(`${error.code}: ${error.message}; again in ${Math.round(pauseMs / 1000)} s`);
    const isFtp = location.scheme === 'ftp' || location.scheme === 'ftps';
    const progress = { begun: false };
    try {
      await inAttempts(request.persistence, { clock, chance, signal, failed }, () => {
        const call = { spool, location, request, bytes, outside, signal, say, progress };
        say(`bringing ${bytes} bytes to ${location.shown}`);
        return isFtp ? putByFtp(call) : putByHttp(call);
      });
    } catch (thrown) {
      const failure = signal.aborted ? cancelled(signal) : thrown;
      if (!(failure instanceof TransferError)) throw failure;
      const told = new TransferError(failure.code, masked(`${location.shown}: ${failure.message}`, location));
      log.warn('upload failed', { location: masked(location.shown, location), code: told.code, reason: told.message });
      throw told;
    }
  }
}
