import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import type { Config, LoadedConfig } from '../config/load.ts';
import { type KeyPath, type Mistake, placeOf } from '../config/place.ts';
import { systemProblem } from '../config/system-problem.ts';
import { backupFolder } from '../main/backups.ts';
import { lackOfRoom } from '../store/copy-room.ts';

/** Whether this machine is ready for the config: the ports free, the data folder writable. Changes nothing. */
export async function checkSurroundings({ config, sources }: LoadedConfig): Promise<readonly Mistake[]> {
  const { soap, operator, transfers, data } = config;
  const { host } = transfers;
  const listeners: readonly Listener[] = [
    { path: ['soap', 'port'], host: soap.host, port: soap.port },
    ...(soap.tls === undefined ? [] : [{ path: ['soap', 'tls', 'port'], host: soap.host, port: soap.tls.port }]),
    { path: ['operator', 'port'], host: operator.host, port: operator.port },
    ...(transfers.enabled
      ? [
          { path: ['transfers', 'http', 'port'], host, port: transfers.http.port },
          { path: ['transfers', 'ftp', 'port'], host, port: transfers.ftp.port },
        ]
      : []),
  ];
  const ports = await Promise.all(listeners.map(checkListener));
  const folder = { path: ['data', 'folder'], problem: folderProblem(resolve(data.folder)) };
  const copies = { path: ['backup', 'folder'], problem: copiesProblem(config) };
  return [...ports, folder, copies].flatMap(({ path, problem }) =>
    problem === undefined ? [] : [{ place: placeOf(sources, path), path, message: problem }],
  );
}

type Listener = { readonly path: KeyPath; readonly host: string; readonly port: number };
type Verdict = { readonly path: KeyPath; readonly problem: string | undefined };

function checkListener({ path, host, port }: Listener): Promise<Verdict> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', (error) => done({ path, problem: `${host}:${port} ${systemProblem(error)}` }));
    server.listen({ host, port, exclusive: true }, () => {
      server.close(() => done({ path, problem: undefined }));
    });
  });
}

/** What the data folder lacks is told of it, and not again of the copies in it. */
function copiesProblem({ backup, data }: Config): string | undefined {
  const problem = backup.folder === undefined ? undefined : folderProblem(resolve(backup.folder));
  if (problem !== undefined || !backup.enabled) return problem;
  const database = join(data.folder, 'gateway.db');
  if (!existsSync(database)) return undefined;
  return lackOfRoom(nearestFolder(resolve(backupFolder({ backup, data }))), statSync(database).size);
}

function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(dirname(folder));
}

/** A folder that is not there yet must be one that can be made. */
function folderProblem(folder: string): string | undefined {
  if (!existsSync(folder)) {
    const parent = dirname(folder);
    return parent === folder ? `${folder} does not exist` : folderProblem(parent);
  }
  if (!statSync(folder).isDirectory()) return `${folder} is not a folder`;
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return `${folder} ${systemProblem(error)}`;
  }
}
