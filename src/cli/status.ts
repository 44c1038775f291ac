import type { ReloadView } from '../operator/views/config.ts';
import { somebodyListens, socketPathIn } from '../operator/socket-file.ts';
import { formatAge, formatSpan } from './age.ts';
import { folderOf, folderOptions } from './data-folder.ts';
import { askGateway, isRecord } from './gateway-client.ts';
import { exits, type Io } from './io.ts';
import { misused, readArguments, Refusal, tellRefusals } from './refusal.ts';
import { plain } from './table.ts';

const usage = `usage: ocpp-edge status
with --json, and -c FILE (default config/gateway.yaml) or --data FOLDER
`;

/** `ocpp-edge status`: how the gateway on a data folder is. Resolves with the exit code: 0 it is ready, 1 it is not, or does not run. */
export function runStatus(args: readonly string[], io: Io): Promise<number> {
  return tellRefusals(io, async () => {
    const options = { ...folderOptions, json: { type: 'boolean', default: false } } as const;
    const { values, positionals } = readArguments({ args: [...args], options, allowPositionals: true }, usage);
    if (positionals.length > 0) throw misused(usage);
    const folder = folderOf(values, io);
    const status = await statusOf(folder);
    if (values.json) io.out(`${JSON.stringify({ running: status !== undefined, folder, ...status })}\n`);
    else io.out(status === undefined ? `no gateway runs on ${folder}\n` : report(status, folder, io.now()));
    return status?.ready?.ready === true ? exits.done : exits.failed;
  });
}

/** What `/statusz` says; undefined: no gateway runs there. */
export async function statusOf(folder: string): Promise<Status | undefined> {
  const socketPath = socketPathIn(folder);
  if (!(await somebodyListens(socketPath))) return undefined;
  const { body } = await askGateway(socketPath, 'GET', '/statusz');
  if (isStatus(body)) return body;
  throw new Refusal('the gateway answers in another form: it is of another release');
}

/** As `operator/status.ts` describes it; what could not be read is not there. */
type Status = {
  readonly version: string;
  readonly uptimeS: number;
  readonly unread: readonly string[];
  readonly ready?: { readonly ready: boolean; readonly reasons: readonly string[] };
  readonly outbox?: { readonly waiting: number; readonly dead: number; readonly oldestS?: number };
  readonly transactionsActive?: number;
  readonly chargers?: Readonly<
    Record<'accepted' | 'quarantined' | 'blocked' | 'alive' | 'withoutCommands' | 'csmsConnected', number>
  >;
  readonly alarms?: readonly { readonly site: string; readonly about: string; readonly message: string }[];
  readonly reload?: ReloadView;
};

// The gateway is of this build, or nearly: what names it is checked, the rest is taken as it comes.
const isStatus = (body: unknown): body is Status =>
  isRecord(body) && typeof body['version'] === 'string' && Array.isArray(body['unread']);

function report(status: Status, folder: string, nowMs: number): string {
  const { version, uptimeS, unread } = status;
  const lines: readonly (readonly [string, string])[] = [
    ['gateway', `${version} on ${folder}, for ${formatSpan(uptimeS * 1000)}`],
    ['ready', readyWords(status)],
    ...chargerLines(status),
    ...outboxLines(status),
    ...(status.alarms ?? []).map(({ site, about, message }) => ['alarm', `${site}: ${about}: ${message}`] as const),
    ...reloadLines(status.reload, nowMs),
    ...(unread.length === 0 ? [] : [['not read', unread.join(', ')] as const]),
  ];
  return lines.map(([name, words]) => `${name.padEnd(13)}${plain(words)}\n`).join('');
}

function readyWords({ ready }: Status): string {
  if (ready === undefined) return 'unknown';
  return ready.ready ? 'yes' : `no: ${ready.reasons.join(', ')}`;
}

function chargerLines({ chargers, transactionsActive }: Status): readonly (readonly [string, string])[] {
  if (chargers === undefined) return [];
  const { accepted, alive, quarantined, blocked, withoutCommands, csmsConnected } = chargers;
  return [
    [
      'chargers',
      `${accepted} accepted, ${quarantined} quarantined, ${blocked} blocked; ${alive} alive, ${withoutCommands} without commands`,
    ],
    ['csms links', `${csmsConnected} open`],
    ...(transactionsActive === undefined ? [] : [['transactions', String(transactionsActive)] as const]),
  ];
}

function outboxLines({ outbox }: Status): readonly (readonly [string, string])[] {
  if (outbox === undefined) return [];
  const { waiting, dead, oldestS } = outbox;
  const age = oldestS === undefined ? '' : `, the oldest for ${formatSpan(oldestS * 1000)}`;
  return [['outbox', `${waiting} waiting${age}; ${dead} dead letters`]];
}

function reloadLines(reload: ReloadView | undefined, nowMs: number): readonly (readonly [string, string])[] {
  if (reload === undefined || reload.kind === 'none') return [];
  const age = formatAge(reload.atMs ?? nowMs, nowMs);
  const { changed, restartNeeded, mistakes } = reload;
  const what = changed.length === 0 ? 'nothing changed' : changed.join(', ');
  return [
    ['config', reload.kind === 'applied' ? `read ${age}: ${what}` : `refused ${age}, the one before holds`],
    ...mistakes.map((mistake) => ['mistake', mistake] as const),
    ...restartNeeded.map((key) => ['at restart', key] as const),
  ];
}
