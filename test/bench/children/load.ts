import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { sharedNowMs } from '../control/asks.ts';
import { serve } from '../control/serve.ts';
import { Charger } from '../load/charger.ts';
import { type ClosedLoop, closedLoop, type OpenLoop, openLoop } from '../load/loops.ts';
import { besideVandals } from '../load/vandals.ts';
import { type AnsweredAction, commandAnswer } from '../wire/envelopes.ts';
import { HttpReader } from '../wire/http-reader.ts';

/*
 * The chargers of the bench: raw sockets and requests built beforehand, so that the generator costs little of the
 * machine that it shares with what it measures.
 */

const fleets = new Map<string, Charger[]>();

/** As many as any measure has chargers with commands. */
const listeners = 50;

/** Where chargers listen for commands, one port each, as chargers have: what is kept is kept per address. */
const commandPorts = await Promise.all(
  Array.from({ length: listeners }, async () => {
    const server = createServer({ noDelay: true }, answerCommands).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }),
);

const answered: readonly AnsweredAction[] = ['SetChargingProfile', 'ClearChargingProfile', 'ChangeAvailability'];

const commandAnswers = answered.map((action) => {
  const xml = commandAnswer(action);
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml; charset=utf-8\r\n';
  return { action, bytes: Buffer.from(`${head}Content-Length: ${Buffer.byteLength(xml)}\r\n\r\n${xml}`) };
});

function answerCommands(socket: Socket): void {
  const reader = new HttpReader();
  socket.on('data', (chunk) => {
    const request = reader.take(chunk);
    if (request === undefined) return;
    const answer = commandAnswers.find(({ action }) => request.body.includes(action.slice(1)));
    if (answer === undefined) throw new Error(`a command that the bench does not know: ${request.body.toString()}`);
    socket.write(answer.bytes);
  });
  socket.on('error', () => socket.destroy());
}

type Fleet = { readonly relay: string; readonly port: number; readonly chargers: number };

/** Connects chargers until there are so many, `lanes` at a time. */
async function enlist(
  { relay, port, chargers: wanted }: Fleet,
  lanes: number,
  prepare: (charger: Charger) => Promise<void>,
): Promise<void> {
  const fleet = fleets.get(relay) ?? [];
  fleets.set(relay, fleet);
  const lane = async (): Promise<void> => {
    while (fleet.length < wanted) {
      const identity = `CP-${String(fleet.length + 1).padStart(5, '0')}`;
      const place = fleet.length;
      fleet.length += 1;
      // oxlint-disable-next-line no-await-in-loop -- a lane is one charger after the other
      const charger = await Charger.connect(port, {
        identity,
        callbackUrl: `http://127.0.0.1:${commandPorts[place % listeners]}/${identity}`,
      });
      // oxlint-disable-next-line no-await-in-loop
      await prepare(charger);
      fleet[place] = charger;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Each boots and begins a transaction. */
const gather = (fleet: Fleet) => enlist(fleet, 50, (charger) => charger.prepare());

/** As many connections as a listener of Node lets wait. */
const bootsAtOnce = 500;

/** Each boots, as many at once as can: what power that comes back does. */
async function boot(fleet: Fleet) {
  const startedMs = sharedNowMs();
  let accepted = 0;
  await enlist(fleet, bootsAtOnce, async (charger) => {
    if (await charger.boot()) accepted += 1;
  });
  return { startedMs, endedMs: sharedNowMs(), accepted };
}

function fleetOf(relay: string, chargers: number): readonly Charger[] {
  const fleet = fleets.get(relay)?.slice(0, chargers) ?? [];
  if (fleet.length < chargers) throw new Error(`${relay} has ${fleet.length} chargers, not ${chargers}`);
  return fleet;
}

type Of<Loop> = Loop & { readonly relay: string; readonly chargers: number; readonly malformedTo?: number };

const asks = {
  gather,
  boot,
  closed: ({ relay, chargers, malformedTo, ...loop }: Of<ClosedLoop>) =>
    besideVandals(malformedTo, (sent) => closedLoop(fleetOf(relay, chargers), loop, sent)),
  open: ({ relay, chargers, malformedTo, ...loop }: Of<OpenLoop>) =>
    besideVandals(malformedTo, (sent) => openLoop(fleetOf(relay, chargers), loop, sent)),
  dismiss: ({ relay }: { relay: string }) => {
    for (const charger of fleets.get(relay) ?? []) charger.close();
    fleets.delete(relay);
  },
};

export type LoadAsks = typeof asks;

serve(asks);
