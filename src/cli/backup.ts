import { setTimeout as pause } from 'node:timers/promises';
import type { BackupState } from '../timetable/ports.ts';
import { folderOptions, onGateway } from './data-folder.ts';
import { askGateway, isRecord } from './gateway-client.ts';
import { exits, type Io } from './io.ts';
import { misused, Refusal, readArguments, tellRefusals } from './refusal.ts';

const usage = `usage: ocpp-edge backup
with --json, and -c FILE (default config/gateway.yaml) or --data FOLDER
`;

const lookEveryMs = 200;

/** `ocpp-edge backup`: has the running gateway copy its database now. Resolves with the exit code. */
export function runBackup(args: readonly string[], io: Io): Promise<number> {
  return tellRefusals(io, async () => {
    const options = { ...folderOptions, json: { type: 'boolean', default: false } } as const;
    const { values, positionals } = readArguments({ args: [...args], options, allowPositionals: true }, usage);
    if (positionals.length > 0) throw misused(usage);
    return onGateway(values, io, (socketPath) => backUp(socketPath, values.json, io));
  });
}

async function backUp(socketPath: string, json: boolean, io: Io): Promise<number> {
  let state = await asked(socketPath, 'POST');
  while (state.kind === 'running') {
    await pause(lookEveryMs);
    state = await asked(socketPath, 'GET');
  }
  if (state.kind !== 'made') throw new Refusal(state.kind === 'failed' ? `no backup: ${state.reason}` : 'no backup');
  const { path, bytes, durationMs } = state.backup;
  io.out(json ? `${JSON.stringify({ backup: state.backup })}\n` : `${bytes} bytes in ${path}, in ${durationMs} ms\n`);
  return exits.done;
}

async function asked(socketPath: string, method: 'GET' | 'POST'): Promise<BackupState> {
  const { body } = await askGateway(socketPath, method, '/api/backup');
  const state: unknown = isRecord(body) ? body['backup'] : undefined;
  if (isState(state)) return state;
  throw new Refusal('the gateway answers in another form: it is of another release');
}

// The gateway is of this build, or nearly: what names a state is checked, the rest is taken as it comes.
const isState = (state: unknown): state is BackupState =>
  isRecord(state) && typeof state['kind'] === 'string' && (state['kind'] !== 'made' || isRecord(state['backup']));
