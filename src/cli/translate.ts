import { OcppError } from '../ocpp/errors.ts';
import { decodeXmlBytes } from '../ocpp-s/http-charset.ts';
import { readBytes } from './input.ts';
import { exits, type Io } from './io.ts';
import { misused, Refusal, readArguments, tellRefusals } from './refusal.ts';
import { type TranslateOptions, translate } from './translation.ts';

const usage =
  'usage: ocpp-edge translate [--to json|soap] [--ocpp 1.6|1.5|1.2] [--station ID] [--action NAME] [FILE|-]\n';

/** One message is far smaller; a wrong file should be refused before it fills the memory. */
const maxInputBytes = 2_097_152;

/**
 * `ocpp-edge translate`: one message from FILE or stdin, its translation as one line on stdout. Resolves with the exit
 * code: 0; 1 for input that is refused, with one line on stderr; 2 for options that are not understood.
 */
export function runTranslate(args: readonly string[], io: Io): Promise<number> {
  return tellRefusals(io, async () => {
    const { file, options } = readCommand(args);
    io.out(`${await translated(file, options, io)}\n`);
    return exits.done;
  });
}

async function translated(file: string | undefined, options: TranslateOptions, io: Io): Promise<string> {
  try {
    return translate(await readInput(file, io), options);
  } catch (thrown) {
    throw new Refusal(describe(thrown), exits.failed, { cause: thrown });
  }
}

type Command = { readonly file: string | undefined; readonly options: TranslateOptions };

const optionTypes = {
  to: { type: 'string' },
  ocpp: { type: 'string' },
  station: { type: 'string' },
  action: { type: 'string' },
} as const;

function readCommand(args: readonly string[]): Command {
  const { values, positionals } = readArguments(
    { args: [...args], options: optionTypes, allowPositionals: true },
    usage,
  );
  const { to, ocpp, ...names } = values;
  if (positionals.length > 1) throw misused(usage, 'more than one FILE');
  const [file] = positionals;
  const options = { ...names, ...choice('to', directions, to), ...choice('ocpp', versions, ocpp) };
  return { file, options };
}

const directions = ['json', 'soap'] as const;
const versions = ['1.6', '1.5', '1.2'] as const;

function choice<Name extends string, Value extends string>(
  name: Name,
  values: readonly Value[],
  text: string | undefined,
): { readonly [Key in Name]?: Value } {
  if (text === undefined) return {};
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) throw misused(usage, `--${name} ${text}: must be ${values.join(' or ')}`);
  return { [name]: value } as { readonly [Key in Name]: Value };
}

async function readInput(file: string | undefined, io: Io): Promise<string> {
  const decoded = decodeXmlBytes(await readBytes(file, io, maxInputBytes), undefined);
  if (decoded.kind === 'broken') throw new OcppError('ProtocolError', decoded.hint);
  return decoded.text;
}

/** One line, whatever was thrown; a file that cannot be read says so in Node's own words. */
function describe(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = thrown instanceof OcppError ? `${thrown.code}: ` : '';
  return `ocpp-edge translate: ${code}${message.replace(/\s*[\r\n]+\s*/g, ' ')}`;
}
