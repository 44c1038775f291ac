import { setTimeout as pause } from 'node:timers/promises';
import type {
  CampaignPlan,
  CampaignReply,
  CampaignsDesk,
  CampaignView,
  MemberView,
  Opening,
} from '../transfers/campaigns/ports.ts';
import { Screen } from '../demo/screen.ts';
import { formatAge } from './age.ts';
import { bar } from './bar.ts';
import { folderOptions, onCampaigns } from './data-folder.ts';
import { exits, type Io } from './io.ts';
import { misused, Refusal, readArguments, tellRefusals } from './refusal.ts';
import { formatTable, plain } from './table.ts';

const usage = `usage: ocpp-edge campaign plan NAME     who would be updated in which wave, and who would not
       ocpp-edge campaign start NAME
       ocpp-edge campaign pause NAME
       ocpp-edge campaign resume NAME
       ocpp-edge campaign abort NAME
       ocpp-edge campaign status [NAME]
       ocpp-edge campaign status NAME --follow     until it is over
with --json, and -c FILE (default config/gateway.yaml) or --data FOLDER
`;

type Act = (desk: CampaignsDesk, isRunning: boolean) => Promise<number>;

type Values = { readonly json: boolean; readonly follow: boolean };

const lookEveryMs = 1_000;

/** `ocpp-edge campaign`: firmware for many chargers, wave by wave. Resolves with the exit code. */
export function runCampaign(args: readonly string[], io: Io): Promise<number> {
  return tellRefusals(io, async () => {
    const flag = { type: 'boolean', default: false } as const;
    const options = { ...folderOptions, json: flag, follow: flag } as const;
    const { values, positionals } = readArguments({ args: [...args], options, allowPositionals: true }, usage);
    return onCampaigns(values, io, chooseAct(positionals, values, io));
  });
}

function chooseAct([verb, name, ...rest]: readonly string[], { json, follow }: Values, io: Io): Act {
  if (rest.length > 0 || (follow && (verb !== 'status' || name === undefined || json))) throw misused(usage);
  if (verb === 'status' && name === undefined) return (desk) => list(desk, json, io);
  if (name === undefined) throw misused(usage);
  if (verb === 'plan') return async (desk) => tellPlan(valueOf(await desk.plan(name)), json, io);
  if (follow) return (desk, isRunning) => followed(desk, name, isRunning, io);
  if (verb === 'status') return async (desk) => tellStatus(valueOf(await desk.status(name)), json, io);
  if (verb !== 'start' && verb !== 'pause' && verb !== 'resume' && verb !== 'abort') throw misused(usage);
  return async (desk) => tellChange(valueOf(await desk[verb](name)), json, io);
}

function valueOf<T>(reply: CampaignReply<T>): T {
  if (reply.kind === 'done') return reply.value;
  throw new Refusal(reply.reason.split('\n').map(plain).join('\n'));
}

// ------------------------------------------------------------------------------------------------ plan

/** A plan for nobody is a failure: whoever wrote the file meant somebody. */
function tellPlan(plan: CampaignPlan, json: boolean, io: Io): number {
  io.out(json ? `${JSON.stringify({ plan })}\n` : planned(plan));
  if (plan.members.length > 0) return exits.done;
  throw new Refusal(`campaign ${plan.name} selects no charger`);
}

function planned({ name, targetVersion, members, leftOut, opening }: CampaignPlan): string {
  const taken = members.map(({ station, wave }) => [station, String(wave + 1), '']);
  const others = leftOut.map(({ station, reason }) => [station, '-', reason]);
  const waves = new Set(members.map(({ wave }) => wave)).size;
  const heading = `${name} to ${plain(targetVersion)}: ${members.length} chargers in ${waves} waves${windowWords(opening)}\n`;
  return `${heading}${formatTable(['CHARGER', 'WAVE', 'LEFT OUT BECAUSE'], [...taken, ...others])}`;
}

function windowWords(opening: Opening | undefined): string {
  if (opening === undefined) return '';
  if (opening.open) return ', in a window that is open';
  return opening.nextMs === undefined ? '' : `, in a window that opens at ${iso(opening.nextMs)}`;
}

// ------------------------------------------------------------------------------------------------ status

async function list(desk: CampaignsDesk, json: boolean, io: Io): Promise<number> {
  const campaigns = await desk.campaigns();
  if (json) io.out(`${JSON.stringify({ campaigns })}\n`);
  else if (campaigns.length === 0) io.out('no campaign was ever started\n');
  else io.out(formatTable(['CAMPAIGN', 'STATE', 'STARTED', 'OVER', 'FAILED', 'TARGET'], campaigns.map(rowOf(io))));
  return exits.done;
}

const rowOf = (io: Io) => (view: CampaignView) => [
  view.name,
  view.state,
  formatAge(view.startedAtMs, io.now()),
  `${overOf(view)} of ${view.members.length}`,
  String(view.failures),
  view.targetVersion,
];

const overOf = ({ waves }: CampaignView): number => waves.reduce((sum, { over }) => sum + over, 0);

function tellStatus(campaign: CampaignView, json: boolean, io: Io): number {
  io.out(json ? `${JSON.stringify({ campaign })}\n` : described(campaign, io.now()));
  return exits.done;
}

/** On a terminal the picture is drawn over itself; elsewhere a line tells of each charger that is over. */
async function followed(desk: CampaignsDesk, name: string, isRunning: boolean, io: Io): Promise<number> {
  const screen = io.terminal && new Screen(io.terminal, io.out);
  for (let told = ''; ; await pause(lookEveryMs)) {
    const view = valueOf(await desk.status(name));
    const line = `${headline(view)}: ${overOf(view)} of ${view.members.length}\n`;
    if (screen !== undefined) screen.draw(described(view, io.now()).trimEnd().split('\n'));
    else if (line !== told) io.out(line);
    told = line;
    if (view.state === 'done') return exits.done;
    if (view.state === 'aborted' || !isRunning) return exits.failed;
  }
}

function tellChange(campaign: CampaignView, json: boolean, io: Io): number {
  io.out(json ? `${JSON.stringify({ campaign })}\n` : `${headline(campaign)}\n`);
  return exits.done;
}

function headline({ name, targetVersion, state, reason, opening }: CampaignView): string {
  const why = reason === undefined ? '' : ` (${reason})`;
  const window = state === 'running' ? windowWords(opening) : '';
  return plain(`campaign ${name} to ${targetVersion} is ${state}${why}${window}`);
}

function described(view: CampaignView, nowMs: number): string {
  const { waves, members, failures, abortAfterFailures } = view;
  const total = `all      ${bar(overOf(view), members.length)}  ${failures} failed, ${abortAfterFailures} end it\n`;
  const parts = waves.map(({ wave, chargers, over, opensAtMs }) => {
    const isSoaking = view.state === 'running' && over === 0 && opensAtMs !== undefined && opensAtMs > nowMs;
    return `wave ${String(wave + 1).padEnd(4)}${bar(over, chargers)}${isSoaking ? `  from ${iso(opensAtMs)}` : ''}\n`;
  });
  const rows = members.map((member) => [
    member.station,
    String(member.wave + 1),
    member.state,
    member.atMs === undefined ? '-' : formatAge(member.atMs, nowMs),
    bytesOf(member),
    member.reason ?? '',
  ]);
  const table = formatTable(['CHARGER', 'WAVE', 'STATE', 'SINCE', 'BYTES', 'REASON'], rows);
  return `${headline(view)}\n${total}${parts.join('')}\n${table}`;
}

function bytesOf({ job }: MemberView): string {
  return job?.bytes === undefined ? '-' : bar(job.sentBytes, job.bytes);
}

const iso = (ms: number): string => new Date(ms).toISOString();
