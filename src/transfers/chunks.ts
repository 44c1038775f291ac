import type { Readable } from 'node:stream';

/**
 * Hands each chunk of a stream to `use`, one after the other; resolves at the stream's end, or rejects, when no
 * chunk is in use any more. Unlike iteration and pipelines it leaves the stream open when `use` fails: on a socket there may still be an answer to send.
 */
export function eachChunk(source: Readable, use: (chunk: Buffer) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let used: Promise<void> = Promise.resolve();
    const onData = (chunk: Buffer): void => {
      source.pause();
      used = use(chunk);
      used.then(() => source.resume(), fail);
    };
    // The end of a stream can come while it is paused, when its last chunk is still in use.
    const onEnd = (): void => {
      leave();
      used.then(resolve, reject);
    };
    const onClose = (): void => fail(new EndedEarly('the connection ended early'));
    source.on('data', onData);
    source.once('end', onEnd);
    source.once('error', fail);
    source.once('close', onClose);
    // A socket that was paused when it was accepted does not begin to flow by itself.
    source.resume();
    if (source.destroyed) onClose();

    function leave(): void {
      source.off('data', onData).off('end', onEnd).off('close', onClose);
      // An error that comes later is nobody's any more.
      source.off('error', fail).on('error', () => undefined);
    }

    function fail(reason: unknown): void {
      leave();
      source.pause();
      // Who hears of it may rely on nobody using a chunk any more.
      const settle = (): void => reject(reason);
      used.then(settle, settle);
    }
  });
}

/** The far side closed a stream before its end. */
export class EndedEarly extends Error {
  override readonly name = 'EndedEarly';
  readonly code = 'ECONNRESET';
}

/** Whether an error means that the far side is gone. */
export function isHangUp(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && hangUps.has(String(thrown.code));
}

const hangUps: ReadonlySet<string> = new Set([
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);
