import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { describeMistake } from '../config/place.ts';
import { listenersAtRest, setupsOf } from '../main/charger-setup.ts';
import { readChargers } from '../main/read-config.ts';
import { createLog } from '../operator/log.ts';
import { type Operations, operationsOn, type SetupOf } from '../operator/operations.ts';
import { socketPathIn, somebodyListens } from '../operator/socket-file.ts';
import { storeOperatorDoor } from '../operator/store-door.ts';
import { defaultConfigFile } from './config-file.ts';
import { operationsOver } from './gateway-client.ts';
import { exits, type Io } from './io.ts';
import { Refusal } from './refusal.ts';

/** How the command line names a data folder. */
export const folderOptions = {
  config: { type: 'string', short: 'c' },
  data: { type: 'string' },
} as const;

export type FolderChoice = { readonly config?: string | undefined; readonly data?: string | undefined };

/**
 * Does `work` on a data folder: with a gateway running there, through its socket; else on the store itself, which takes
 * the folder's lock. Rejects with Refusal or DataFolderError when the folder cannot be found or used.
 */
export async function onDataFolder<T>(
  choice: FolderChoice,
  io: Io,
  work: (operations: Operations) => Promise<T>,
): Promise<T> {
  const file = choice.config ?? (choice.data === undefined ? defaultConfigFile() : undefined);
  const folder = choice.data ?? folderOfConfig(file ?? defaultConfigFile(), io);
  const socketPath = socketPathIn(folder);
  if (await somebodyListens(socketPath)) return work(operationsOver(socketPath));
  return onStore(folder, io, work, setupAtRest(file, io));
}

function folderOfConfig(file: string, io: Io): string {
  const loaded = loadConfig(file, io.env);
  if (loaded.kind === 'loaded') return loaded.config.data.folder;
  const mistakes = loaded.mistakes.map(describeMistake).join('\n');
  throw new Refusal(`${mistakes}\nname a sound config with -c, or the data folder itself with --data`, exits.usage);
}

/** What the config says of chargers while no gateway runs; it is read when somebody asks, and nobody can without one. */
function setupAtRest(file: string | undefined, io: Io): SetupOf {
  if (file === undefined) return () => undefined;
  return (identity, boot) => {
    const read = readChargers(file, io.env);
    if (read.kind === 'refused') throw new Refusal(read.mistakes.map(describeMistake).join('\n'), exits.usage);
    return setupsOf(read, () => listenersAtRest(read.config))(identity, boot);
  };
}

async function onStore<T>(
  folder: string,
  io: Io,
  work: (operations: Operations) => Promise<T>,
  setupOf: SetupOf,
): Promise<T> {
  if (!existsSync(join(folder, 'gateway.db')))
    throw new Refusal(`${folder} is not a gateway's data folder: no gateway.db`);
  // SQLite's native code is loaded only when no gateway runs.
  const { openStore } = await import('../store/open.ts');
  const store = await openStore({ folder, log: createLog({ level: 'warn', destination: { write: io.err } }) });
  try {
    return await work(operationsOn(storeOperatorDoor(store), setupOf));
  } finally {
    await store.close();
  }
}
