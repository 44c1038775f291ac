import { readFile } from 'node:fs/promises';
import { exits, type Io } from './io.ts';
import { Refusal } from './refusal.ts';

/** Thousands of scenarios are smaller; a wrong file should be refused before it fills the memory. */
const maxInputBytes = 33_554_432;

/** The JSON in a file, or on stdin for `-`. Throws Refusal in the name of the command for what is no JSON or too large. */
export async function readJson(command: string, file: string, io: Io): Promise<unknown> {
  const bytes = file === '-' ? await readAll(io.stdin) : await readFile(file);
  if (bytes.length > maxInputBytes) throw new Refusal(`ocpp-edge ${command}: more than ${maxInputBytes} bytes`);
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    throw new Refusal(`ocpp-edge ${command}: not JSON: ${oneLine(thrown.message)}`, exits.failed, { cause: thrown });
  }
}

/** White space as single blanks: a peer's text must not break a line of ours. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

async function readAll(stdin: Io['stdin']): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const read = Buffer.from(chunk);
    chunks.push(read);
    bytes += read.length;
    if (bytes > maxInputBytes) break;
  }
  return Buffer.concat(chunks);
}
