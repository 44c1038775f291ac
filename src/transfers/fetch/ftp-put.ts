import type { Client } from 'basic-ftp';
import { TransferError } from '../errors.ts';
import { sizeOf, withFtp } from './ftp-client.ts';
import type { PutCall } from './uploader.ts';

const chunkBytes = 256 * 1024;

/**
 * Brings a file by FTP under its name in the location's folder. What an earlier attempt left there is gone on with by
 * APPE; when it is over, SIZE must be that of the file. Rejects with TransferError.
 */
export async function putByFtp(call: PutCall): Promise<void> {
  const { location, request, bytes, say } = call;
  if (/[\p{Cc}/\\]/u.test(request.name)) throw new TransferError('BadLocation', 'the name of the file cannot be used');
  const path = `${location.path}${location.path === '' || location.path.endsWith('/') ? '' : '/'}${request.name}`;
  await withFtp(call, async (client) => {
    const there = call.progress.begun ? ((await sizeOf(client, path)) ?? 0) : 0;
    await send(call, client, path, there > bytes ? 0 : there);
    const after = await sizeOf(client, path);
    if (after === undefined) say('the server does not tell SIZE: nothing but its 226 says that the file is whole');
    else if (after !== bytes) throw new TransferError('Broken', `${after} of ${bytes} bytes are there`);
  });
}

async function send(
  { spool, request, bytes, progress }: PutCall,
  client: Client,
  path: string,
  from: number,
): Promise<void> {
  if (from === bytes && from > 0) return;
  const handle = await spool.read(request.sha256);
  const source = handle.createReadStream({ start: from, highWaterMark: chunkBytes });
  try {
    await (from === 0 ? client.uploadFrom(source, path) : client.appendFrom(source, path));
  } finally {
    // It is read only when the server has opened the file and waits for bytes.
    progress.begun ||= source.bytesRead > 0;
    source.destroy();
  }
}
