import { Writable } from 'node:stream';
import type { Client } from 'basic-ftp';
import { TransferError } from '../errors.ts';
import type { Draft } from '../spool/draft.ts';
import { modifiedAt, sizeOf, withFtp } from './ftp-client.ts';
import type { GetCall, Got } from './http-get.ts';
import type { Part } from './part.ts';
import { ftpVersion, sameVersion } from './versions.ts';

/** The client's reply to RETR often tells a size that SIZE does not. */
const toldSize = /^< 1[25]0[ -].*\((\d{1,15}) bytes\)/;

/**
 * Gets a file by FTP. A part goes on with REST when SIZE and MDTM are still those that it began with; both are asked
 * again at the end, since servers confirm with 226 what they have not sent. Rejects with TransferError.
 */
export async function getByFtp(part: Part, call: GetCall & { readonly nowMs: number }): Promise<Got> {
  const { path } = call.location;
  let told: number | undefined;
  const say = (line: string): void => {
    told ??= readTold(line);
    call.say(line);
  };
  return withFtp({ ...call, say }, async (client) => {
    const before = await lookAt(client, path, call.nowMs);
    if (call.known !== undefined && part.draft.bytes === 0 && sameVersion(call.known, before.version)) return 'known';
    if (before.bytes !== undefined && before.bytes > call.maxBytes) {
      throw new TransferError('TooLarge', `the file has ${before.bytes} bytes, and ${call.maxBytes} are allowed`);
    }
    if (sameVersion(part.resumable?.version, before.version)) part.joined = true;
    else await part.restart(before.version, before.bytes, []);
    await retrieve(client, path, part.draft);
    const after = await lookAt(client, path, call.nowMs);
    part.length ??= told;
    await compare(part, before, after);
    return 'all';
  });
}

function readTold(line: string): number | undefined {
  const bytes = toldSize.exec(line.replace(/^FTP /, ''))?.[1];
  return bytes === undefined ? undefined : Number(bytes);
}

type Look = Awaited<ReturnType<typeof lookAt>>;

async function lookAt(client: Client, path: string, nowMs: number) {
  const bytes = await sizeOf(client, path);
  const modifiedAtMs = await modifiedAt(client, path);
  return { bytes, modifiedAtMs, version: ftpVersion(bytes, modifiedAtMs, nowMs) };
}

async function compare(part: Part, before: Look, after: Look): Promise<void> {
  if (before.bytes !== after.bytes || before.modifiedAtMs !== after.modifiedAtMs) {
    await part.forget();
    throw new TransferError('Changed', 'the file was changed while it was fetched');
  }
  const { length, draft } = part;
  if (length === undefined || draft.bytes === length) return;
  if (draft.bytes < length) throw new TransferError('Broken', `${draft.bytes} of ${length} bytes came`);
  await part.forget();
  throw new TransferError('Corrupt', `more than the ${length} bytes that were told`);
}

/** Appends to the draft; when this is over, nothing writes to it any more. */
async function retrieve(client: Client, path: string, draft: Draft): Promise<void> {
  let writing: Promise<void> = Promise.resolve();
  let over = false;
  const sink = new Writable({
    highWaterMark: 256 * 1024,
    write: (chunk: Buffer, _, ready) => {
      if (over) return ready();
      writing = draft.write(chunk);
      writing.then(() => ready(), ready);
    },
  });
  try {
    await client.downloadTo(sink, path, draft.bytes);
  } finally {
    over = true;
    await writing.catch(() => undefined);
  }
}
