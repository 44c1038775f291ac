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

/** Where all chargers listen for commands; every command is answered with the same bytes. */
const commandServer = createServer({ noDelay: true }, answerCommands).listen(0, '127.0.0.1');
await once(commandServer, 'listening');
const commandPort = (commandServer.address() as AddressInfo).port;

const commandBytes = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml; charset=utf-8\r\n' +
    `Content-Length: ${Buffer.byteLength(commandAnswer)}\r\n\r\n${commandAnswer}`,
);

function answerCommands(socket: Socket): void {
  const reader = new HttpReader();
  socket.on('data', (chunk) => {
    if (reader.take(chunk) !== undefined) socket.write(commandBytes);
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
        callbackUrl: `http://127.0.0.1:${commandPort}/${identity}`,
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
