import type { Moved, Operations, OutboxItem } from '../operator/operations.ts';
import { parseSeq } from '../operator/routes.ts';
import { formatAge, formatSpan } from './age.ts';
import { folderOptions, onDataFolder } from './data-folder.ts';
import { exits, type Io } from './io.ts';
import { misused, Refusal, readArguments, tellRefusals } from './refusal.ts';
import { formatTable, plain } from './table.ts';

const usage = `usage: ocpp-edge outbox ls [--station ID] [--dead]
       ocpp-edge outbox retry SEQ
       ocpp-edge outbox retry --all-dead [--station ID]
       ocpp-edge outbox drop SEQ
with --json, and -c FILE (default config/gateway.yaml) or --data FOLDER
`;

type Values = {
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  readonly station?: string | undefined;
  readonly dead: boolean;
  readonly 'all-dead': boolean;
  readonly json: boolean;
};

type Act = (operations: Operations) => Promise<number>;

/**
 * `ocpp-edge outbox`: shows what waits for the CSMS and what it refused, puts dead letters back, drops them. Resolves
 * with the exit code.
 */
export function runOutbox(args: readonly string[], io: Io): Promise<number> {
  return tellRefusals(io, async () => {
    const options = {
      ...folderOptions,
      station: { type: 'string' },
      dead: { type: 'boolean', default: false },
      'all-dead': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    } as const;
    const { values, positionals } = readArguments({ args: [...args], options, allowPositionals: true }, usage);
    return onDataFolder(values, io, chooseAct(positionals, values, io));
  });
}

function chooseAct([verb, text, ...rest]: readonly string[], values: Values, io: Io): Act {
  if (rest.length > 0) throw misused(usage);
  if (verb === 'ls' && text === undefined && !values['all-dead']) return (operations) => list(operations, values, io);
  if (verb === 'retry' && text === undefined && values['all-dead'] && !values.dead) {
    return (operations) => retryAll(operations, values, io);
  }
  if ((verb !== 'retry' && verb !== 'drop') || text === undefined) throw misused(usage);
  if (values.station !== undefined || values.dead || values['all-dead']) throw misused(usage);
  const seq = parseSeq(text);
  if (seq === undefined) throw misused(usage, `${text} is not a number of \`outbox ls\``);
  return (operations) => move(operations, verb, seq, values.json, io);
}

async function list(operations: Operations, { station, dead, json }: Values, io: Io): Promise<number> {
  const items = await operations.outbox({ dead, ...(station === undefined ? {} : { station }) });
  if (json) io.out(`${JSON.stringify({ outbox: items })}\n`);
  else if (items.length === 0) io.out(dead ? 'no dead letters\n' : 'nothing waits for the CSMS\n');
  else io.out(table(items, io.now()));
  return exits.done;
}

async function move(operations: Operations, verb: 'retry' | 'drop', seq: number, json: boolean, io: Io) {
  const items = movedItems(seq, await operations[verb](seq));
  tellMoved(verb, items, json, io);
  return exits.done;
}

function movedItems(seq: number, moved: Moved): readonly OutboxItem[] {
  switch (moved.kind) {
    case 'moved':
      return moved.items;
    case 'unknown':
      throw new Refusal(`no dead letter has the number ${seq}: see \`outbox ls --dead\``);
    case 'stuck':
      throw new Refusal(`${seq} cannot go back, the StartTransaction that it belongs to was dropped: drop it too`);
  }
}

/** One after the other, as they came; one that cannot go back holds up no other. */
async function retryAll(operations: Operations, { station, json }: Values, io: Io): Promise<number> {
  const dead = await operations.outbox({ dead: true, ...(station === undefined ? {} : { station }) });
  const back = new Map<number, OutboxItem>();
  const stuck: number[] = [];
  for (const { seq } of dead) {
    if (back.has(seq)) continue;
    const moved = await operations.retry(seq);
    if (moved.kind === 'stuck') stuck.push(seq);
    if (moved.kind === 'moved') for (const item of moved.items) back.set(item.seq, item);
  }
  tellMoved('retry', [...back.values()], json, io);
  if (stuck.length === 0) return exits.done;
  io.err(`${stuck.join(', ')}: cannot go back, their StartTransaction was dropped: drop them too\n`);
  return exits.failed;
}

function tellMoved(verb: 'retry' | 'drop', items: readonly OutboxItem[], json: boolean, io: Io): void {
  if (json) {
    io.out(`${JSON.stringify({ outbox: items })}\n`);
    return;
  }
  const done = verb === 'retry' ? 'put back' : 'dropped';
  for (const item of items) io.out(`${done} ${item.seq}: ${describe(item)}\n`);
  if (items.length === 0) io.out('no dead letters\n');
}

function describe(item: OutboxItem): string {
  const transaction = item.transaction === undefined ? '' : `, transaction ${transactionOf(item)}`;
  return plain(`${item.action} of ${item.station}${transaction}`);
}

/** The id that the CSMS knows; before it knows one, the id that the charger was given. */
function transactionOf({ transaction }: OutboxItem): string {
  if (transaction === undefined) return '-';
  if (transaction.csmsTxId !== undefined) return transaction.csmsTxId;
  return transaction.chargerTxId === undefined ? 'not started' : `${transaction.chargerTxId} (provisional)`;
}

function table(items: readonly OutboxItem[], nowMs: number): string {
  const rows = items.map((item) => [
    String(item.seq),
    item.station,
    item.action,
    transactionOf(item),
    formatAge(item.atMs, nowMs),
    String(item.attempts),
    stateOf(item, nowMs),
  ]);
  return formatTable(['NUMBER', 'CHARGER', 'ACTION', 'TRANSACTION', 'CAME', 'ATTEMPTS', 'STATE'], rows);
}

function stateOf({ deadReason, notBeforeMs }: OutboxItem, nowMs: number): string {
  if (deadReason !== undefined) return `dead: ${deadReason}`;
  return notBeforeMs > nowMs ? `waits ${formatSpan(notBeforeMs - nowMs)} before the next attempt` : 'waits';
}
