import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drawEnd, drawPicture } from '../demo/picture.ts';
import { type Output, Screen } from '../demo/screen.ts';
import type { Snapshot } from '../demo/stage.ts';
import { type Audience, isClean, playStory, type StartGateway } from '../demo/story.ts';

export type DemoIo = { readonly out: Output; readonly err: Output };

type DemoOptions = { readonly durationS: number | undefined; readonly json: boolean };

const leastS = 15;
const usage = `usage: ocpp-edge demo [--for SECONDS] [--json]   (at least ${leastS} seconds; without --for until Ctrl-C)`;

/**
 * `ocpp-edge demo`: the gateway between simulated SOAP chargers and a small CSMS, with an outage, and the ledger at the
 * end. Resolves with the exit code: 0 clean, 1 not, 2 for arguments that make no sense.
 */
export async function runDemo(args: readonly string[], io: DemoIo, startGateway: StartGateway): Promise<number> {
  const options = parseOptions(args);
  if (typeof options === 'string') {
    io.err.write(`${options}\n${usage}\n`);
    return 2;
  }
  const dataFolder = await mkdtemp(join(tmpdir(), 'ocpp-edge-demo-'));
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once('SIGINT', interrupt);
  try {
    return await play(options, io, { startGateway, dataFolder, signal: interrupted.signal });
  } finally {
    process.off('SIGINT', interrupt);
    await rm(dataFolder, { recursive: true, force: true });
  }
}

type Play = { readonly startGateway: StartGateway; readonly dataFolder: string; readonly signal: AbortSignal };

async function play({ durationS, json }: DemoOptions, io: DemoIo, how: Play): Promise<number> {
  const audience = openAudience(json ? io.err : io.out, durationS);
  try {
    const end = await playStory({ ...how, durationS, audience, wsdlFolder: wsdlFolder() });
    audience.close();
    (json ? io.err : io.out).write(`${drawEnd(end).join('\n')}\n`);
    if (json) io.out.write(`${JSON.stringify({ ledger: end.ledger })}\n`);
    return isClean(end) ? 0 : 1;
  } finally {
    audience.close();
  }
}

/** A number of seconds and a flag, or the reason why they are refused. */
function parseOptions(args: readonly string[]): DemoOptions | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { for: { type: 'string' }, json: { type: 'boolean', default: false } },
    });
    const durationS = values.for === undefined ? undefined : Number(values.for);
    if (durationS !== undefined && !(durationS >= leastS && Number.isFinite(durationS))) {
      return `--for ${values.for}: a number of seconds, at least ${leastS}, is needed`;
    }
    return { durationS, json: values.json };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** On a terminal a picture that refreshes itself twice a second; elsewhere a line for each event. */
function openAudience(output: Output, durationS: number | undefined): Audience & { close(): void } {
  const beganMs = performance.now();
  const elapsedS = () => (performance.now() - beganMs) / 1000;
  const stamped = (text: string) => `${elapsedS().toFixed(1).padStart(6)} s  ${text}`;
  if (output.isTTY !== true) {
    return {
      onBegin: ({ operatorUrl }) => void output.write(`${stamped(`the gateway runs; operator at ${operatorUrl}`)}\n`),
      onEvent: (text) => void output.write(`${stamped(text)}\n`),
      close: () => undefined,
    };
  }
  const screen = new Screen(output);
  const events: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const draw = (look: () => Snapshot, operatorUrl: string) =>
    screen.draw(drawPicture(look(), { elapsedS: elapsedS(), durationS, operatorUrl, events }));
  return {
    onBegin: ({ operatorUrl, look }) => {
      timer = setInterval(() => draw(look, operatorUrl), 500);
    },
    onEvent: (text) => {
      events.push(stamped(text));
      if (events.length > 6) events.shift();
    },
    close: () => clearInterval(timer),
  };
}

/** The WSDL folder beside package.json, whether this file runs from the sources or from the build. */
function wsdlFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'wsdl', '1.6');
}
