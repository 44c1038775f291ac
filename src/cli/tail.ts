import { setTimeout as pause } from 'node:timers/promises';
import type { MessageFilter, MessageFull, MessageHead, TelemetryDoor } from '../telemetry/ports.ts';
import { folderOptions, onMessages } from './data-folder.ts';
import { exits, type Io } from './io.ts';
import { misused, readArguments, tellRefusals } from './refusal.ts';
import { plain } from './table.ts';

const usage = `usage: ocpp-edge tail [-f|--follow] [-n NUMBER] [--charger ID] [--action NAME] [--side soap|json|json-charger]
                      [--full] [--json]
with -c FILE (default config/gateway.yaml) or --data FOLDER
`;

const sides = ['soap', 'json', 'json-charger'] as const;
const usualNumber = '20';
const most = 1000;
const lookEveryMs = 500;

/** Where messages are read: of a running gateway, or from the file in its folder. */
export type MessageSource = Pick<TelemetryDoor, 'messages' | 'texts'>;

type Wish = {
  readonly filter: Omit<MessageFilter, 'limit' | 'before' | 'after'>;
  readonly number: number;
  readonly follow: boolean;
  readonly full: boolean;
  readonly json: boolean;
};

/** `ocpp-edge tail`: the newest messages on the wires, and with -f those that come. Resolves with the exit code. */
export function runTail(args: readonly string[], io: Io, until = new AbortController().signal): Promise<number> {
  return tellRefusals(io, async () => {
    const wish = wishOf(args);
    await onMessages(parse(args).values, io, (source, isRunning) =>
      tail(source, { ...wish, follow: wish.follow && isRunning }, io, until),
    );
    return exits.done;
  });
}

function parse(args: readonly string[]) {
  const options = {
    ...folderOptions,
    follow: { type: 'boolean', short: 'f', default: false },
    number: { type: 'string', short: 'n', default: usualNumber },
    charger: { type: 'string' },
    action: { type: 'string' },
    side: { type: 'string' },
    full: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  } as const;
  return readArguments({ args: [...args], options }, usage);
}

function wishOf(args: readonly string[]): Wish {
  const { values } = parse(args);
  const { charger, action, follow, full, json } = values;
  const side = sides.find((known) => known === values.side);
  const number = /^[1-9]\d{0,3}$/.test(values.number) ? Number(values.number) : most + 1;
  if (values.side !== undefined && side === undefined) throw misused(usage, `--side is one of ${sides.join(', ')}`);
  if (number > most) throw misused(usage, `-n is a number from 1 to ${most}`);
  const filter = {
    ...(charger === undefined ? {} : { charger }),
    ...(action === undefined ? {} : { action }),
    ...(side === undefined ? {} : { side }),
  };
  return { filter, number, follow, full, json };
}

async function tail(source: MessageSource, wish: Wish, io: Io, until: AbortSignal): Promise<void> {
  let last = await tell(source, wish, { limit: wish.number }, io);
  while (wish.follow && !until.aborted) {
    await pause(lookEveryMs, undefined, { signal: until }).catch(ignoreAbort);
    last = (await tell(source, wish, { limit: most, after: last ?? 0 }, io)) ?? last;
  }
}

/** The pause was cut short: that is what the signal is for. */
function ignoreAbort(thrown: unknown): void {
  if (!(thrown instanceof Error && thrown.name === 'AbortError')) throw thrown;
}

/** Tells messages, oldest first; resolves with the id of the last one, if there was any. */
async function tell(
  source: MessageSource,
  { filter, full, json }: Wish,
  range: Pick<MessageFilter, 'limit' | 'after'>,
  io: Io,
): Promise<number | undefined> {
  const wanted = { ...filter, ...range };
  const messages: readonly (MessageHead | MessageFull)[] = full
    ? await source.texts(wanted)
    : (await source.messages(wanted)).messages;
  for (const message of messages.toReversed()) io.out(json ? `${JSON.stringify(message)}\n` : described(message));
  return messages[0]?.id;
}

function described(message: MessageHead | MessageFull): string {
  const { atMs, charger, side, action, outcome, latencyMs } = message;
  const cells = [
    new Date(atMs).toISOString(),
    plain(charger === '' ? '?' : charger).padEnd(16),
    `${side} ${isUp(message) ? '→' : '←'}`.padEnd(14),
    (action === '' ? '?' : action).padEnd(24),
    outcome.padEnd(12),
    latencyMs === undefined ? '' : `${latencyMs.toFixed(1)} ms`,
  ];
  return `${cells.join('  ').trimEnd()}\n${'request' in message ? textsOf(message) : ''}`;
}

/** Towards the CSMS. */
const isUp = ({ side, direction }: MessageHead): boolean => (side === 'json') === (direction === 'out');

function textsOf({ request, answer }: MessageFull): string {
  const indented = (sign: string, text: string) =>
    text
      .split(/\r?\n/)
      .map((line) => `  ${sign} ${plain(line)}\n`)
      .join('');
  return `${indented('>', request)}${answer === undefined ? '' : indented('<', answer)}`;
}
