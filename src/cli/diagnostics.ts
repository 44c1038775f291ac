import { copyFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { TransfersDesk, TransferView, TransferWish } from '../transfers/jobs/ports.ts';
import { folderOptions, onTransfers } from './data-folder.ts';
import { exits, type Io } from './io.ts';
import { misused, Refusal, readArguments, tellRefusals } from './refusal.ts';
import { plain } from './table.ts';

const usage = `usage: ocpp-edge diagnostics get STATION [-o FILE] [--wait SECONDS]
with --json, and -c FILE (default config/gateway.yaml) or --data FOLDER
`;

type Values = { readonly output?: string | undefined; readonly json: boolean };

const lookEveryMs = 500;
const usualWaitS = 900;

/**
 * `ocpp-edge diagnostics get`: asks a charger for its diagnostics and writes them into a file, by default under the name
 * that the charger gives them. Resolves with the exit code.
 */
export function runDiagnostics(args: readonly string[], io: Io): Promise<number> {
  return tellRefusals(io, async () => {
    const options = {
      ...folderOptions,
      output: { type: 'string', short: 'o' },
      wait: { type: 'string', default: String(usualWaitS) },
      json: { type: 'boolean', default: false },
    } as const;
    const { values, positionals } = readArguments({ args: [...args], options, allowPositionals: true }, usage);
    const [verb, station, ...rest] = positionals;
    if (verb !== 'get' || station === undefined || rest.length > 0) throw misused(usage);
    if (!/^[1-9]\d{0,5}$/.test(values.wait)) throw misused(usage, `--wait ${values.wait} is no number of seconds`);
    return onTransfers(values, io, (desk) => get(desk, station, Number(values.wait) * 1000, values, io));
  });
}

async function get(desk: TransfersDesk, station: string, waitMs: number, { output, json }: Values, io: Io) {
  const asked = begun(await desk.askDiagnostics(station));
  const ended = await followed(desk, asked, waitMs, io);
  const source = await desk.fileOf(ended.id);
  if (ended.state !== 'kept' || source === undefined) throw new Refusal(failureOf(ended));
  const target = output ?? safeName(ended.name ?? 'diagnostics');
  copyFileSync(source, target);
  const bytes = ended.file?.bytes ?? 0;
  io.out(
    json
      ? `${JSON.stringify({ transfer: ended, file: target })}\n`
      : `${bytes} bytes of ${plain(station)} in ${target}\n`,
  );
  return exits.done;
}

function begun(wish: TransferWish): TransferView {
  if (wish.kind === 'done') return wish.transfer;
  throw new Refusal(plain(wish.kind === 'unknown' ? `there is no ${wish.what}` : wish.reason));
}

/** Waits for the end of a transfer; each state is told on stderr. */
async function followed(desk: TransfersDesk, asked: TransferView, waitMs: number, io: Io): Promise<TransferView> {
  let { state } = asked;
  let transfer = asked;
  for (const endMs = io.now() + waitMs; transfer.open; ) {
    if (io.now() >= endMs) throw new Refusal(`${failureOf(transfer)}; it goes on: see \`transfers show ${asked.id}\``);
    await pause(lookEveryMs);
    transfer = (await desk.transfer(asked.id))?.transfer ?? transfer;
    if (transfer.state !== state) io.err(`${transfer.state}\n`);
    state = transfer.state;
  }
  return transfer;
}

const failureOf = ({ id, state, reason }: TransferView): string =>
  plain(`transfer ${id} is ${state}${reason === undefined ? '' : `: ${reason}`}`);

/** The charger chose it. */
const safeName = (name: string): string => (name.split(/[/\\]/).at(-1) ?? '').replaceAll(/[^A-Za-z0-9._-]/g, '_');
