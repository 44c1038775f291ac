import type { Operations } from '../operator/operations.ts';
import type { ChargerRow } from '../operator/views/chargers.ts';
import { formatAge } from './age.ts';
import { linkWords, printUrls, showCharger } from './charger-sheet.ts';
import { folderOptions, onDataFolder } from './data-folder.ts';
import { exits, type Io } from './io.ts';
import { misused, Refusal, readArguments, tellRefusals } from './refusal.ts';
import { formatTable, plain } from './table.ts';

const usage = `usage: ocpp-edge chargers ls
       ocpp-edge chargers show ID
       ocpp-edge chargers url ID
       ocpp-edge chargers adopt ID
       ocpp-edge chargers block ID
with --json, and -c FILE (default config/gateway.yaml) or --data FOLDER
`;

/** `ocpp-edge chargers`: who was ever seen, and who may speak. Resolves with the exit code. */
export function runChargers(args: readonly string[], io: Io): Promise<number> {
  return tellRefusals(io, async () => {
    const options = { ...folderOptions, json: { type: 'boolean', default: false } } as const;
    const { values, positionals } = readArguments({ args: [...args], options, allowPositionals: true }, usage);
    const act = chooseAct(positionals, values.json, io);
    return onDataFolder(values, io, act);
  });
}

function chooseAct([verb, identity, ...rest]: readonly string[], json: boolean, io: Io) {
  if (rest.length > 0) throw misused(usage);
  if (verb === 'ls' && identity === undefined) return (operations: Operations) => list(operations, json, io);
  if (verb === 'show' && identity !== undefined) {
    return (operations: Operations) => showCharger(operations, identity, json, io);
  }
  if (verb === 'url' && identity !== undefined) {
    return (operations: Operations) => printUrls(operations, identity, json, io);
  }
  if ((verb === 'adopt' || verb === 'block') && identity !== undefined) {
    return (operations: Operations) => stand(operations, verb, identity, json, io);
  }
  throw misused(usage);
}

async function list(operations: Operations, json: boolean, io: Io): Promise<number> {
  const chargers = await operations.chargers();
  if (json) io.out(`${JSON.stringify({ chargers })}\n`);
  else if (chargers.length === 0) io.out('no charger was ever seen\n');
  else io.out(table(chargers, io.now()));
  return exits.done;
}

async function stand(operations: Operations, verb: 'adopt' | 'block', identity: string, json: boolean, io: Io) {
  if (!(await operations[verb](identity))) throw new Refusal(`charger ${plain(identity)} was never seen`);
  if (verb === 'adopt' && (await operations.setup(identity))?.blocked === true) {
    throw new Refusal(`${plain(identity)} stays blocked: the config says so`);
  }
  const standing = verb === 'adopt' ? 'accepted' : 'blocked';
  io.out(json ? `${JSON.stringify({ charger: identity, standing })}\n` : `${plain(identity)} is ${standing}\n`);
  return exits.done;
}

function table(chargers: readonly ChargerRow[], nowMs: number): string {
  const rows = chargers
    .toSorted((one, other) => (one.identity < other.identity ? -1 : 1))
    .map((charger) => [
      charger.identity,
      charger.standing,
      charger.wire,
      formatAge(charger.lastSeenMs, nowMs),
      linkWords(charger, nowMs),
      String(charger.openTransactions),
      charger.source ?? '-',
      remarksOn(charger),
    ]);
  const headings = ['CHARGER', 'STANDING', 'PROTOCOL', 'SEEN', 'CSMS LINK', 'TRANSACTIONS', 'FROM', 'REMARKS'];
  return formatTable(headings, rows);
}

function remarksOn({ conflict, noCommandsReason, linkError, boot }: ChargerRow): string {
  const remarks = [
    conflict ? 'a second source claims this identity' : undefined,
    noCommandsReason === undefined ? undefined : `no remote commands: ${noCommandsReason}`,
    linkError,
    boot === undefined || boot === 'Accepted' ? undefined : `boot ${boot}`,
  ];
  return remarks.filter((remark) => remark !== undefined).join('; ');
}
