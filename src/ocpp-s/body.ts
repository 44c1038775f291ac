import type { IncomingMessage } from 'node:http';
import { decodeXmlBytes } from './http-charset.ts';
import { type Coding, codingOf, inflate } from './http-coding.ts';

/** What became of the body of a request or of an answer. */
export type Body =
  | { readonly kind: 'text'; readonly text: string; readonly coding: Coding; readonly bytes: number }
  | BodyRefusal
  /** The peer hung up in the middle: there is nobody to answer. */
  | { readonly kind: 'gone' };

export type BodyRefusal = {
  readonly kind: 'refused';
  readonly status: 400 | 413 | 415;
  /** Names the rule in metrics and logs. */
  readonly rule: 'bodyTooLarge' | 'contentEncoding' | 'compressedBody' | 'charset';
  /** For the peer's engineer. */
  readonly hint: string;
};

/** Why a body need not be read at all, as far as its headers tell. */
export function refusalBeforeReading(message: IncomingMessage, maxBodyBytes: number): BodyRefusal | undefined {
  const { 'content-length': length, 'content-encoding': coding } = message.headers;
  if (codingOf(coding) === undefined) {
    return refused(415, 'contentEncoding', 'Content-Encoding must be identity, gzip or deflate');
  }
  return Number(length ?? 0) > maxBodyBytes ? tooLarge(maxBodyBytes) : undefined;
}

/** Reads a body to its end and turns it into text; holds at most twice `maxBodyBytes` in memory. Never rejects. */
export async function readBody(message: IncomingMessage, maxBodyBytes: number): Promise<Body> {
  const early = refusalBeforeReading(message, maxBodyBytes);
  if (early !== undefined) return early;
  const read = await readBytes(message, maxBodyBytes);
  if (read === 'gone') return { kind: 'gone' };
  if (read === 'tooLarge') return tooLarge(maxBodyBytes);
  return toText(read, message, maxBodyBytes);
}

function toText(wire: Buffer, message: IncomingMessage, maxBodyBytes: number): Body {
  const { 'content-type': contentType, 'content-encoding': coding } = message.headers;
  const inflated = inflate(wire, codingOf(coding) ?? 'identity', maxBodyBytes);
  if (inflated.kind === 'tooLarge') return tooLarge(maxBodyBytes);
  if (inflated.kind === 'broken') return refused(400, 'compressedBody', `the body is not ${coding ?? 'plain'} data`);
  const decoded = decodeXmlBytes(inflated.bytes, contentType);
  if (decoded.kind === 'broken') return refused(400, 'charset', decoded.hint);
  return { kind: 'text', text: decoded.text, coding: inflated.coding, bytes: inflated.bytes.length };
}

/** Counts while it reads, so that a chunked body without end stops at the limit; leaves the rest unread. */
function readBytes(message: IncomingMessage, maxBytes: number): Promise<Buffer | 'tooLarge' | 'gone'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      message.off('data', onData);
      message.pause();
      chunks.length = 0;
      resolve('tooLarge');
    };
    message.on('data', onData);
    message.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    message.once('error', () => resolve('gone'));
    message.once('close', () => resolve('gone'));
  });
}

function tooLarge(maxBodyBytes: number): BodyRefusal {
  return refused(413, 'bodyTooLarge', `the body is larger than ${maxBodyBytes} bytes`);
}

function refused(status: BodyRefusal['status'], rule: BodyRefusal['rule'], hint: string): BodyRefusal {
  return { kind: 'refused', status, rule, hint };
}
