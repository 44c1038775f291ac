import { readFile } from 'node:fs/promises';
import type { Io } from './io.ts';
import { Refusal } from './refusal.ts';

/** The bytes of a file, of stdin for `-` or nothing. Rejects with a Refusal when there are more than `mostBytes`. */
export async function readBytes(file: string | undefined, io: Io, mostBytes: number): Promise<Buffer> {
  const bytes = file === undefined || file === '-' ? await readStdin(io.stdin, mostBytes) : await readFile(file);
  if (bytes.length > mostBytes) throw new Refusal(`more than ${mostBytes} bytes`);
  return bytes;
}

/** Stops reading once there is too much. */
async function readStdin(stdin: Io['stdin'], mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const read = Buffer.from(chunk);
    chunks.push(read);
    bytes += read.length;
    if (bytes > mostBytes) break;
  }
  return Buffer.concat(chunks);
}
