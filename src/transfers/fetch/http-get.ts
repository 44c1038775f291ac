import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { eachChunk } from '../chunks.ts';
import { TransferError } from '../errors.ts';
import { claimsOf } from './integrity.ts';
import { callHttp, statusFailure } from './http-request.ts';
import type { Location } from './location.ts';
import { networkFailure, type Outside } from './outside.ts';
import type { Part } from './part.ts';
import { httpVersion, sameVersion, type Version } from './versions.ts';

/** One attempt to get a file, or the rest of it. */
export type GetCall = {
  readonly location: Location;
  readonly outside: Outside;
  readonly signal: AbortSignal;
  readonly maxBytes: number;
  /** Of a file that is in the spool: when it is still this one, nothing needs to be sent. */
  readonly known: Version | undefined;
  readonly say: (line: string) => void;
};

/** What an attempt that did not fail came to. */
export type Got = 'all' | 'known';

/**
 * Gets a file by HTTP. A part that is there goes on with Range and If-Range: the server sends the rest of that very
 * version (206), or the whole of the one it has now (200, then the part is thrown away). Rejects with TransferError.
 */
export async function getByHttp(part: Part, call: GetCall): Promise<Got> {
  const response = await callHttp(
    call.location,
    { method: 'GET', headers: headersOf(part, call) },
    call.outside,
    call.signal,
  );
  try {
    return await take(part, call, response);
  } catch (thrown) {
    throw networkFailure(thrown);
  } finally {
    response.destroy();
  }
}

function headersOf(part: Part, { known }: GetCall): OutgoingHttpHeaders {
  // Bytes are counted and hashed as they are stored: no coding on the way.
  const headers: OutgoingHttpHeaders = { 'User-Agent': 'ocpp-edge', Accept: '*/*', 'Accept-Encoding': 'identity' };
  const { resumable } = part;
  if (resumable?.version.kind === 'http') {
    headers['Range'] = `bytes=${resumable.from}-`;
    headers['If-Range'] = resumable.version.validator;
  } else if (known?.kind === 'http') {
    headers[known.etag ? 'If-None-Match' : 'If-Modified-Since'] = known.validator;
  }
  return headers;
}

async function take(part: Part, call: GetCall, response: IncomingMessage): Promise<Got> {
  const status = response.statusCode ?? 0;
  call.say(`HTTP ${status}, ${response.headers['content-length'] ?? 'unknown'} bytes`);
  const coding = response.headers['content-encoding'];
  if (coding !== undefined && coding !== 'identity') throw new TransferError('Refused', `it is packed as ${coding}`);
  switch (status) {
    case 200:
      await part.restart(httpVersion(response.headers), lengthOf(response), claimsOf(response.headers, true));
      break;
    case 206:
      await continuePart(part, response);
      break;
    case 304:
      return 'known';
    case 416:
      return endOfPart(part, response);
    default:
      throw statusFailure(status);
  }
  await receive(part, call, response);
  return 'all';
}

/** Makes sure that the bytes to come belong behind those that are there. */
async function continuePart(part: Part, response: IncomingMessage): Promise<void> {
  const { from, total } = contentRange(response);
  const here = httpVersion(response.headers);
  const other = here !== undefined && part.version !== undefined && !sameVersion(here, part.version);
  if (part.resumable === undefined || from !== part.draft.bytes || other || !agrees(part.length, total)) {
    await part.forget();
    throw new TransferError('Changed', 'the answer does not go on where the part ends');
  }
  part.length ??= total;
  part.joined = true;
}

/** 416 to a part that is already all of it: the connection broke just behind the last byte. */
async function endOfPart(part: Part, response: IncomingMessage): Promise<Got> {
  const { total } = contentRange(response);
  if (part.resumable === undefined || total !== part.draft.bytes || !agrees(part.length, total)) {
    await part.forget();
    throw new TransferError('Changed', 'the file is shorter than the part of it');
  }
  part.length = total;
  return 'all';
}

function agrees(length: number | undefined, other: number | undefined): boolean {
  return length === undefined || other === undefined || length === other;
}

async function receive(part: Part, { maxBytes }: GetCall, response: IncomingMessage): Promise<void> {
  if (part.length !== undefined && part.length > maxBytes) {
    throw new TransferError('TooLarge', `the file has ${part.length} bytes, and ${maxBytes} are allowed`);
  }
  await eachChunk(response, (chunk) => part.draft.write(chunk));
  part.endMarked = response.headers['transfer-encoding'] !== undefined;
  const { length, draft } = part;
  if (length === undefined || draft.bytes === length) return;
  if (draft.bytes < length) throw new TransferError('Broken', `${draft.bytes} of ${length} bytes came`);
  await part.forget();
  throw new TransferError('Corrupt', `more than the ${length} bytes that were told`);
}

function lengthOf({ headers }: IncomingMessage): number | undefined {
  const text = headers['content-length'];
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** RFC 9110 §14.4. */
function contentRange({ headers }: IncomingMessage): { readonly from?: number; readonly total?: number } {
  const [, from, total] =
    /^bytes (?:(\d{1,15})-\d{1,15}|\*)\/(\d{1,15}|\*)$/.exec(headers['content-range'] ?? '') ?? [];
  return {
    ...(from === undefined ? {} : { from: Number(from) }),
    ...(total === undefined || total === '*' ? {} : { total: Number(total) }),
  };
}
