import type { TransferDetails, TransfersDesk, TransferView, TransferWish } from '../transfers/jobs/ports.ts';
import { parseSeq } from '../operator/routes.ts';
import { formatAge } from './age.ts';
import { folderOptions, onTransfers } from './data-folder.ts';
import { exits, type Io } from './io.ts';
import { misused, Refusal, readArguments, tellRefusals } from './refusal.ts';
import { formatTable, plain } from './table.ts';

const usage = `usage: ocpp-edge transfers ls [--station ID] [--open]
       ocpp-edge transfers show NUMBER
       ocpp-edge transfers retry NUMBER
       ocpp-edge transfers cancel NUMBER
with --json, and -c FILE (default config/gateway.yaml) or --data FOLDER
`;

type Values = { readonly station?: string | undefined; readonly open: boolean; readonly json: boolean };

/**
 * `ocpp-edge transfers`: firmware and diagnostics, and what happened on the way, line by line. Resolves with the exit
 * code.
 */
export function runTransfers(args: readonly string[], io: Io): Promise<number> {
  return tellRefusals(io, async () => {
    const options = {
      ...folderOptions,
      station: { type: 'string' },
      open: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    } as const;
    const { values, positionals } = readArguments({ args: [...args], options, allowPositionals: true }, usage);
    return onTransfers(values, io, chooseAct(positionals, values, io));
  });
}

function chooseAct([verb, text, ...rest]: readonly string[], values: Values, io: Io) {
  if (rest.length > 0) throw misused(usage);
  if (verb === 'ls' && text === undefined) return (desk: TransfersDesk) => list(desk, values, io);
  if ((verb !== 'show' && verb !== 'retry' && verb !== 'cancel') || text === undefined) throw misused(usage);
  if (values.station !== undefined || values.open) throw misused(usage);
  const id = parseSeq(text);
  if (id === undefined) throw misused(usage, `${text} is not a number of \`transfers ls\``);
  if (verb === 'show') return (desk: TransfersDesk) => show(desk, id, values.json, io);
  return async (desk: TransfersDesk) => tellWish(await desk[verb](id), values.json, io);
}

async function list(desk: TransfersDesk, { station, open, json }: Values, io: Io): Promise<number> {
  const filter = { ...(station === undefined ? {} : { station }), ...(open ? { open } : {}) };
  const transfers = await desk.transfers(filter);
  if (json) io.out(`${JSON.stringify({ transfers })}\n`);
  else if (transfers.length === 0) io.out(open ? 'no transfer is under way\n' : 'there was no transfer\n');
  else io.out(table(transfers, io.now()));
  return exits.done;
}

function table(transfers: readonly TransferView[], nowMs: number): string {
  const rows = transfers.map((transfer) => [
    String(transfer.id),
    transfer.station,
    transfer.kind,
    transfer.state,
    formatAge(transfer.createdAtMs, nowMs),
    progressOf(transfer),
    transfer.name ?? '-',
    transfer.told ?? '-',
    transfer.reason ?? '',
  ]);
  return formatTable(
    ['NUMBER', 'CHARGER', 'KIND', 'STATE', 'ASKED', 'BYTES', 'FILE', 'CSMS HEARD LAST', 'REASON'],
    rows,
  );
}

const askers: Readonly<Record<TransferView['askedBy'], string>> = {
  csms: 'the CSMS',
  operator: 'the operator',
  campaign: 'a campaign',
};

/** Bytes that the charger has, of all. */
function progressOf({ kind, file, sentBytes = 0 }: TransferView): string {
  if (file === undefined) return '-';
  return kind === 'firmware' ? `${sentBytes} of ${file.bytes}` : String(file.bytes);
}

async function show(desk: TransfersDesk, id: number, json: boolean, io: Io): Promise<number> {
  const details = await desk.transfer(id);
  if (details === undefined) throw new Refusal(`there is no transfer ${id}: see \`transfers ls\``);
  io.out(json ? `${JSON.stringify(details)}\n` : described(details));
  return exits.done;
}

function described({ transfer, lines }: TransferDetails): string {
  const facts = [
    ['state', transfer.reason === undefined ? transfer.state : `${transfer.state}: ${transfer.reason}`],
    ['asked by', askers[transfer.askedBy]],
    ['location', transfer.location ?? 'this gateway'],
    ['file', transfer.name ?? '-'],
    ['bytes', progressOf(transfer)],
    ['sha256', transfer.file?.sha256 ?? '-'],
    ['CSMS heard', transfer.told ?? 'nothing yet'],
  ];
  const heading = `${transfer.kind} of ${plain(transfer.station)}, transfer ${transfer.id}\n`;
  const body = facts.map(([name = '', value = '']) => `  ${name.padEnd(12)}${plain(value)}\n`).join('');
  const transcript = lines.map(({ atMs, text }) => `${new Date(atMs).toISOString()}  ${plain(text)}\n`).join('');
  return `${heading}${body}\n${transcript}`;
}

/** What became of a wish; throws Refusal when nothing did. */
export function tellWish(wish: TransferWish, json: boolean, io: Io): number {
  switch (wish.kind) {
    case 'done': {
      const { transfer } = wish;
      const words = `${transfer.kind} of ${plain(transfer.station)}, transfer ${transfer.id}: ${transfer.state}\n`;
      io.out(json ? `${JSON.stringify({ transfer })}\n` : words);
      return exits.done;
    }
    case 'unknown':
      throw new Refusal(`there is no ${plain(wish.what)}`);
    case 'refused':
      throw new Refusal(plain(wish.reason));
  }
}
