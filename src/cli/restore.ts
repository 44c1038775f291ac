import { folderOf, folderOptions } from './data-folder.ts';
import { formatAge } from './age.ts';
import { exits, type Io } from './io.ts';
import { misused, readArguments, tellRefusals } from './refusal.ts';

const usage = `usage: ocpp-edge restore FILE
FILE: a backup (backups/gateway-….db), or a gateway.db of a gateway at rest
with -c FILE (default config/gateway.yaml) or --data FOLDER
`;

/**
 * `ocpp-edge restore FILE`: puts a backup in the place of the database of a gateway that does not run. Resolves with the
 * exit code: 0 done, 1 not done, and nothing changed.
 */
export function runRestore(args: readonly string[], io: Io): Promise<number> {
  return tellRefusals(io, async () => {
    const { values, positionals } = readArguments(
      { args: [...args], options: folderOptions, allowPositionals: true },
      usage,
    );
    const [copy, ...others] = positionals;
    if (copy === undefined || others.length > 0) throw misused(usage);
    const folder = folderOf(values, io);
    const { restoreDatabase } = await import('../store/restore.ts');
    io.out(report(await restoreDatabase(folder, copy, io.now()), copy, io.now()));
    return exits.done;
  });
}

type Restored = Awaited<ReturnType<typeof import('../store/restore.ts')['restoreDatabase']>>;

function report(
  { aside, bytes, schema, waiting, dead, lastSeenMs, ids }: Restored,
  copy: string,
  nowMs: number,
): string {
  const age = lastSeenMs === undefined ? 'no charger in it' : `its chargers spoke last ${formatAge(lastSeenMs, nowMs)}`;
  return [
    `${copy} is the database now: ${bytes} bytes, schema ${schema}, ${age}.`,
    `It holds ${waiting} messages for the CSMS and ${dead} dead letters.`,
    ...(aside === undefined ? [] : [`The database that was there is ${aside}: keep it until all is well.`]),
    '',
    'What came after the copy:',
    '- messages that were delivered since are delivered again; the CSMS sees them twice',
    '- messages that chargers handed over since, and that were not delivered, are only in the database set aside',
    '- transactions that began since are unknown; their MeterValues and stop pass with the id that the charger names',
    idWords[ids],
    '',
  ].join('\n');
}

const idWords: Readonly<Record<Restored['ids'], string>> = {
  carried: '- transaction ids that were given offline since then are not given again: the counter was taken over',
  none: '- transaction ids given offline since then may be given again: set outbox.provisionalIds to a block that was never in use',
  unknown:
    '- the database that was there could not be read: transaction ids given offline since the copy may be given again. Set outbox.provisionalIds to a block that was never in use',
};
