import { Readable, Writable } from 'node:stream';
import { Client } from 'basic-ftp';

const patienceMs = 10_000;

/** Fetches a file by FTP or HTTP, as the URL says; rejects when it does not come whole. */
export async function fetchFile(location: string): Promise<Buffer> {
  const url = new URL(location);
  if (url.protocol === 'ftp:') return await fetchByFtp(url);
  const answer = await fetch(url, { signal: AbortSignal.timeout(patienceMs) });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

/** Brings a file to a folder by FTP or HTTP; rejects when it was not taken. */
export async function bringFile(folder: string, name: string, content: Buffer): Promise<void> {
  const url = new URL(folder);
  if (url.protocol === 'ftp:') return await bringByFtp(url, name, content);
  const body = new Uint8Array(content);
  const answer = await fetch(`${url.href}${name}`, { method: 'PUT', body, signal: AbortSignal.timeout(patienceMs) });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
}

async function fetchByFtp(url: URL): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  await overFtp(url, async (client) => {
    const bytes = await client.size(pathOf(url));
    await client.downloadTo(sink, pathOf(url));
    const came = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (came !== bytes) throw new Error(`${came} of ${bytes} bytes came`);
  });
  return Buffer.concat(chunks);
}

async function bringByFtp(url: URL, name: string, content: Buffer): Promise<void> {
  await overFtp(url, async (client) => {
    await client.uploadFrom(Readable.from([content]), `${pathOf(url)}${name}`);
  });
}

const pathOf = (url: URL): string => url.pathname.slice(1);

async function overFtp(url: URL, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client(patienceMs);
  try {
    const { hostname: host, port, username: user, password } = url;
    await client.access({ host, port: Number(port === '' ? 21 : port), user, password });
    await work(client);
  } finally {
    client.close();
  }
}
