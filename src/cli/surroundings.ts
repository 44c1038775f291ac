import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import type { LoadedConfig } from '../config/load.ts';
import { type KeyPath, type Mistake, placeOf } from '../config/place.ts';
import { systemProblem } from '../config/system-problem.ts';

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
  return [...ports, folder].flatMap(({ path, problem }) =>
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
