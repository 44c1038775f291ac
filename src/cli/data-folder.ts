import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { describeMistake } from '../config/place.ts';
import type { Store } from '../gateway/store-port.ts';
import { listenersAtRest, setupsOf } from '../main/charger-setup.ts';
import { readConfig } from '../main/read-config.ts';
import { createLog } from '../operator/log.ts';
import { type Operations, operationsOn, type SetupOf } from '../operator/operations.ts';
import { socketPathIn, somebodyListens } from '../operator/socket-file.ts';
import { storeOperatorDoor } from '../operator/store-door.ts';
import { telemetryPathIn } from '../telemetry/path.ts';
import type { CampaignsDesk, CampaignStore } from '../transfers/campaigns/ports.ts';
import { restingCampaigns } from '../transfers/campaigns/resting-campaigns.ts';
import type { TransfersDesk, TransferStore } from '../transfers/jobs/ports.ts';
import { restingDesk } from '../transfers/jobs/resting-desk.ts';
import { campaignsOver } from './campaign-client.ts';
import { defaultConfigFile } from './config-file.ts';
import { operationsOver } from './gateway-client.ts';
import { exits, type Io } from './io.ts';
import { messagesOver } from './messages-client.ts';
import { Refusal } from './refusal.ts';
import type { MessageSource } from './tail.ts';
import { transfersOver } from './transfers-client.ts';

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
export function onDataFolder<T>(
  choice: FolderChoice,
  io: Io,
  work: (operations: Operations) => Promise<T>,
): Promise<T> {
  return onFolder(choice, io, {
    running: (socketPath) => work(operationsOver(socketPath)),
    resting: (store, file) => {
      const door = storeOperatorDoor(store);
      return work(operationsOn(door, setupAtRest(file, io), { door, clock: io }));
    },
  });
}

/** As `onDataFolder`, with the transfers. */
export function onTransfers<T>(choice: FolderChoice, io: Io, work: (desk: TransfersDesk) => Promise<T>): Promise<T> {
  return onFolder(choice, io, {
    running: (socketPath) => work(transfersOver(socketPath)),
    resting: (store) => work(restingDesk(store)),
  });
}

/** As `onDataFolder`, with the firmware campaigns; `isRunning`: something may become of them while one looks. */
export function onCampaigns<T>(
  choice: FolderChoice,
  io: Io,
  work: (desk: CampaignsDesk, isRunning: boolean) => Promise<T>,
): Promise<T> {
  return onFolder(choice, io, {
    running: (socketPath) => work(campaignsOver(socketPath), true),
    resting: (store) => work(restingCampaigns(store, io), false),
  });
}

/** Reads the message log of a data folder: a running gateway's through its socket, else the file itself. */
export async function onMessages<T>(
  choice: FolderChoice,
  io: Io,
  work: (source: MessageSource, isRunning: boolean) => Promise<T>,
): Promise<T> {
  const folder = folderOf(choice, io);
  const socketPath = socketPathIn(folder);
  if (await somebodyListens(socketPath)) return work(messagesOver(socketPath), true);
  if (!existsSync(telemetryPathIn(folder))) throw new Refusal(`${folder} holds no messages: no telemetry.db`);
  const { messagesAtRest } = await import('../telemetry/at-rest.ts');
  const resting = messagesAtRest(folder, createLog({ level: 'warn', destination: { write: io.err } }));
  try {
    return await work(resting, false);
  } finally {
    resting.close();
  }
}

type KeptStore = Store & TransferStore & CampaignStore;

/** Does `work` through the socket of the gateway that runs on a data folder; a Refusal when none does. */
export function onGateway<T>(choice: FolderChoice, io: Io, work: (socketPath: string) => Promise<T>): Promise<T> {
  return onFolder(choice, io, { running: work, resting: undefined });
}

type Ways<T> = {
  readonly running: (socketPath: string) => Promise<T>;
  /** `file`: the config; undefined when only the folder was named. Undefined: this needs a running gateway. */
  readonly resting: ((store: KeptStore, file: string | undefined) => Promise<T>) | undefined;
};

async function onFolder<T>(choice: FolderChoice, io: Io, { running, resting }: Ways<T>): Promise<T> {
  const file = choice.config ?? (choice.data === undefined ? defaultConfigFile() : undefined);
  const folder = folderOf(choice, io);
  const socketPath = socketPathIn(folder);
  if (await somebodyListens(socketPath)) return running(socketPath);
  if (resting === undefined) throw new Refusal(`no gateway runs on ${folder}`);
  return onStore(folder, io, (store) => resting(store, file));
}

/** The data folder that is meant; a Refusal when the config that would name it has mistakes. */
export function folderOf(choice: FolderChoice, io: Io): string {
  return choice.data ?? folderOfConfig(choice.config ?? defaultConfigFile(), io);
}

function folderOfConfig(file: string, io: Io): string {
  const loaded = loadConfig(file, io.env);
  if (loaded.kind === 'loaded') return loaded.config.data.folder;
  // a gateway that runs goes on with the config that it had
  if (loaded.folder !== undefined && existsSync(socketPathIn(loaded.folder))) return loaded.folder;
  const mistakes = loaded.mistakes.map(describeMistake).join('\n');
  throw new Refusal(`${mistakes}\nname a sound config with -c, or the data folder itself with --data`, exits.usage);
}

/** What the config says of chargers while no gateway runs; it is read when somebody asks, and nobody can without one. */
function setupAtRest(file: string | undefined, io: Io): SetupOf {
  if (file === undefined) return () => undefined;
  return async (identity, boot) => {
    const read = await readConfig(file, io.env);
    if (read.kind === 'refused') throw new Refusal(read.mistakes.map(describeMistake).join('\n'), exits.usage);
    return setupsOf(read, () => listenersAtRest(read.config))(identity, boot);
  };
}

async function onStore<T>(folder: string, io: Io, work: (store: KeptStore) => Promise<T>): Promise<T> {
  if (!existsSync(join(folder, 'gateway.db')))
    throw new Refusal(`${folder} is not a gateway's data folder: no gateway.db`);
  // SQLite's native code is loaded only when no gateway runs.
  const { openStore } = await import('../store/open.ts');
  const store = await openStore({ folder, log: createLog({ level: 'warn', destination: { write: io.err } }) });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
