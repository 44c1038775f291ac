import { parseArgs } from 'node:util';
import { type Config, loadConfig } from '../config/load.ts';
import { describeMistake } from '../config/place.ts';
import { type RunningGateway, startEdge } from '../main.ts';
import { createLog } from '../operator/log.ts';
import { DataFolderError } from '../store/errors.ts';
import { defaultConfigFile } from './config-file.ts';
import { exits, type Io } from './io.ts';

const usage = 'usage: ocpp-edge run [-c FILE]\n';

/**
 * `ocpp-edge run`: the gateway, until SIGTERM or SIGINT. Resolves with the exit code: 0 after an orderly end, 1 when it
 * could not start, 2 when the config has mistakes.
 */
export async function runGateway(args: readonly string[], io: Io): Promise<number> {
  const file = configFile(args);
  if (file === undefined) {
    io.err(usage);
    return exits.usage;
  }
  const loaded = loadConfig(file, io.env);
  if (loaded.kind === 'refused') {
    io.err(loaded.mistakes.map((mistake) => `${describeMistake(mistake)}\n`).join(''));
    return exits.usage;
  }
  return serve(loaded.config, io);
}

function configFile(args: readonly string[]): string | undefined {
  try {
    const { values } = parseArgs({ args: [...args], options: { config: { type: 'string', short: 'c' } } });
    return values.config ?? defaultConfigFile();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

async function serve(config: Config, io: Io): Promise<number> {
  const log = createLog({ level: config.log.level });
  let gateway: RunningGateway;
  try {
    gateway = await startEdge(config, { log });
  } catch (error) {
    if (!(error instanceof DataFolderError) && !isSystemError(error)) throw error;
    io.err(`${error.message}\n`);
    return exits.failed;
  }
  const signal = await endSignal();
  log.info('gateway asked to end', { signal });
  await gateway.close();
  log.info('gateway ended');
  return exits.done;
}

/** An address in use, a folder that may not be written: for the operator, not for us. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

function endSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}
