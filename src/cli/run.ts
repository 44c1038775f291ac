import { describeMistake } from '../config/place.ts';
import { systemClock } from '../gateway/clock.ts';
import { openOwnStore } from '../main/own-store.ts';
import { readConfig } from '../main/read-config.ts';
import type { ConfigOrigin } from '../main/reloading.ts';
import { serviceManager } from '../main/service-manager.ts';
import { createLog } from '../operator/log.ts';
import { defaultConfigFile } from './config-file.ts';
import { exits, type Io } from './io.ts';
import { readArguments, Refusal, tellRefusals } from './refusal.ts';

const usage = 'usage: ocpp-edge run [-c FILE]\n';

/**
 * `ocpp-edge run`: the gateway, until SIGTERM or SIGINT; SIGHUP has it read its config again. Resolves with the exit code: 0 after an orderly end, 1 when it
 * could not start, 2 when the config has mistakes.
 */
export function runGateway(args: readonly string[], io: Io): Promise<number> {
  return tellRefusals(io, async () => {
    const options = { config: { type: 'string', short: 'c' } } as const;
    const { values } = readArguments({ args: [...args], options }, usage);
    const file = values.config ?? defaultConfigFile();
    const loaded = await readConfig(file, io.env);
    if (loaded.kind === 'refused') throw new Refusal(loaded.mistakes.map(describeMistake).join('\n'), exits.usage);
    return serve({ file, env: io.env, read: loaded });
  });
}

async function serve(origin: ConfigOrigin): Promise<number> {
  const { read: loaded, env } = origin;
  const reloads = hangUps();
  const log = createLog({ level: loaded.config.log.level });
  for (const warning of loaded.warnings) log.warn('config doubted', { warning: describeMistake(warning) });
  // The store's thread opens the data folder while this one loads the rest of the program.
  const [store, { startEdge }] = await Promise.all([openOwnStore(loaded.config, log), import('../main.ts')]);
  const gateway = await startEdge(loaded, { log, store, origin, lastLines: () => log.lastLines() });
  const manager = serviceManager({ env, store, clock: systemClock, log });
  gateway.current.follow(
    ({ config }) =>
      () =>
        log.setLevel(config.log.level),
  );
  const asked = endSignal();
  await manager.ready();
  reloads.serve(() => void manager.reloading(() => gateway.reload('signal')));
  log.info('gateway asked to end', { signal: await asked });
  reloads.end();
  await Promise.all([manager.stopping(), gateway.close()]);
  log.info('gateway ended');
  return exits.done;
}

function endSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}

/** SIGHUP: one that comes before the gateway serves is served then, one that comes when it ends does not kill it. */
function hangUps() {
  let isAsked = false;
  let hangUp = (): void => {
    isAsked = true;
  };
  process.on('SIGHUP', () => hangUp());
  return {
    serve: (reload: () => void): void => {
      hangUp = reload;
      if (isAsked) reload();
    },
    end: (): void => {
      hangUp = () => undefined;
    },
  };
}
