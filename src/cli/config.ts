import type { ConfigView } from '../operator/views/config.ts';
import { folderOptions, onGateway } from './data-folder.ts';
import { askGateway, isRecord } from './gateway-client.ts';
import { exits, type Io } from './io.ts';
import { misused, readArguments, Refusal, tellRefusals } from './refusal.ts';
import { formatTable } from './table.ts';

const usage = `usage: ocpp-edge config
with --json, and -c FILE (default config/gateway.yaml) or --data FOLDER
`;

/** `ocpp-edge config`: every value that holds in the running gateway, with where it was said. Resolves with the exit code. */
export function runConfig(args: readonly string[], io: Io): Promise<number> {
  return tellRefusals(io, async () => {
    const options = { ...folderOptions, json: { type: 'boolean', default: false } } as const;
    const { values, positionals } = readArguments({ args: [...args], options, allowPositionals: true }, usage);
    if (positionals.length > 0) throw misused(usage);
    return onGateway(values, io, async (socketPath) => {
      const view = await configOf(socketPath);
      io.out(values.json ? `${JSON.stringify(view)}\n` : tableOf(view));
      return exits.done;
    });
  });
}

/** The config of the gateway behind a socket; a Refusal where it answers in another form. */
export async function configOf(socketPath: string): Promise<ConfigView> {
  const { body } = await askGateway(socketPath, 'GET', '/api/config');
  if (isView(body)) return body;
  throw new Refusal('the gateway answers in another form: it is of another release');
}

const isView = (body: unknown): body is ConfigView =>
  isRecord(body) && Array.isArray(body['values']) && isRecord(body['reload']);

function tableOf({ values }: ConfigView): string {
  const rows = values.map(({ key, value, source, effect, pending }) => [
    key,
    value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value),
    pending ? `${source} (the file says something else, from the next start)` : source,
    effect,
  ]);
  return formatTable(['KEY', 'VALUE', 'SOURCE', 'CHANGE'], rows);
}
