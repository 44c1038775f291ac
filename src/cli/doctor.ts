import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defaultConfigFile } from './config-file.ts';
import { folderOf, folderOptions } from './data-folder.ts';
import { exits, type Io } from './io.ts';
import { misused, readArguments, tellRefusals } from './refusal.ts';
import { collectBundle } from './support-bundle.ts';
import { tarOf } from './tar.ts';

const usage = `usage: ocpp-edge doctor [-o FILE.tar.gz]
with -c FILE (default config/gateway.yaml) or --data FOLDER
`;

/** `ocpp-edge doctor`: a support bundle without secrets. Resolves with the exit code. */
export function runDoctor(args: readonly string[], io: Io): Promise<number> {
  return tellRefusals(io, async () => {
    const options = { ...folderOptions, output: { type: 'string', short: 'o' } } as const;
    const { values, positionals } = readArguments({ args: [...args], options, allowPositionals: true }, usage);
    if (positionals.length > 0) throw misused(usage);
    const stamp = new Date(io.now()).toISOString().replaceAll(/[:.]/g, '-');
    const path = values.output ?? `ocpp-edge-doctor-${stamp}.tar.gz`;
    const configFile = values.config ?? (values.data === undefined ? defaultConfigFile() : undefined);
    const files = await collectBundle({ io, configFile, folder: folderOf(values, io) });
    const inFolder = files.map(({ name, text }) => ({ name: `ocpp-edge-doctor/${name}`, text }));
    await writeFile(path, gzipSync(tarOf(inFolder, io.now())), { mode: 0o600, flag: 'wx' });
    io.out(
      `${files.map(({ name }) => basename(name)).join(', ')}\nin ${path}; look through it before you hand it on\n`,
    );
    return exits.done;
  });
}
