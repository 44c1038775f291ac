import { readBytes } from './input.ts';
import { exits, type Io } from './io.ts';
import { Refusal } from './refusal.ts';

/** Thousands of scenarios are smaller; a wrong file should be refused before it fills the memory. */
const maxInputBytes = 33_554_432;

/** The JSON in a file, or on stdin for `-`. Throws Refusal in the name of the command for what is no JSON or too large. */
export async function readJson(command: string, file: string, io: Io): Promise<unknown> {
  const bytes = await readBytes(file, io, maxInputBytes);
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
