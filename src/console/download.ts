import { fetchFile, type Reply } from './api.ts';

/** Saves what a path answers as a file: fetched, since a link carries no token. */
export async function download(path: string, name: string): Promise<Reply<Blob>> {
  const reply = await fetchFile(path);
  if (reply.kind === 'failed') return reply;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(reply.value);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
  return reply;
}
