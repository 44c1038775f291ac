import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { serve } from '../control/serve.ts';
import { Charger } from '../load/charger.ts';
import { type ClosedLoop, closedLoop, type OpenLoop, openLoop } from '../load/loops.ts';
import { commandAnswer } from '../wire/envelopes.ts';
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

const commandAnswers = (['SetChargingProfile', 'ChangeAvailability'] as const).map((action) => {
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

/** Connects chargers until there are so many; each boots and begins a transaction. */
async function gather({ relay, port, chargers: wanted }: Fleet): Promise<void> {
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
      await charger.prepare();
      fleet[place] = charger;
    }
  };
  await Promise.all(Array.from({ length: 50 }, lane));
}

function fleetOf(relay: string, chargers: number): readonly Charger[] {
  const fleet = fleets.get(relay)?.slice(0, chargers) ?? [];
  if (fleet.length < chargers) throw new Error(`${relay} has ${fleet.length} chargers, not ${chargers}`);
  return fleet;
}

type Of<Loop> = Loop & { readonly relay: string; readonly chargers: number };

const asks = {
  gather,
  closed: ({ relay, chargers, ...loop }: Of<ClosedLoop>) => closedLoop(fleetOf(relay, chargers), loop),
  open: ({ relay, chargers, ...loop }: Of<OpenLoop>) => openLoop(fleetOf(relay, chargers), loop),
  dismiss: ({ relay }: { relay: string }) => {
    for (const charger of fleets.get(relay) ?? []) charger.close();
    fleets.delete(relay);
  },
};

export type LoadAsks = typeof asks;

serve(asks);
