import { once } from 'node:events';
import { afterEach, beforeEach } from 'vitest';
import { WebSocket } from 'ws';
import type { Admittance, ChargerCall, ChargerReply, Claim, ConnectionDoor } from '../../../src/gateway/ports.ts';
import { ChargerConnections } from '../../../src/ocpp-j/charger-connections.ts';
import { defaultJsonLimits, type JsonLimits } from '../../../src/ocpp-j/server-limits.ts';
import { createJsonServer } from '../../../src/ocpp-j/server.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { Recorder } from './surroundings.ts';

/** A door that lets everybody in, answers what it is told to, and remembers. */
export class OpenDoor implements ConnectionDoor {
  readonly received: { readonly claim: Claim; readonly call: ChargerCall }[] = [];
  readonly comings: string[] = [];
  admittance: (claim: Claim) => Admittance | Promise<Admittance> = ({ identity }) => ({ kind: 'admitted', identity });
  reply: (claim: Claim, call: ChargerCall) => ChargerReply | Promise<ChargerReply> = ({ identity }) => ({
    kind: 'answered',
    identity,
    payload: { currentTime: '2026-03-01T12:00:00Z' },
  });

  async admit(claim: Claim): Promise<Admittance> {
    return this.admittance(claim);
  }

  async receive(claim: Claim, call: ChargerCall): Promise<ChargerReply> {
    this.received.push({ claim, call });
    return this.reply(claim, call);
  }

  opened(identity: string): void {
    this.comings.push(`opened ${identity}`);
  }

  closed(identity: string): void {
    this.comings.push(`closed ${identity}`);
  }

  wireProfile(): never {
    throw new Error('chargers with OCPP-J have no envelopes');
  }
}

/** The server for the test that runs now, on a free port of loopback, in a time of its own. */
export let door: OpenDoor;
export let clock: VirtualClock;
export let recorder: Recorder;
export let connections: ChargerConnections;

let ends: (() => unknown)[];

beforeEach(() => {
  door = new OpenDoor();
  clock = new VirtualClock();
  recorder = new Recorder();
  ends = [];
});

afterEach(async () => {
  for (const end of ends.toReversed()) await end();
});

const unlimited = { perSecond: Number.MAX_SAFE_INTEGER, burst: Number.MAX_SAFE_INTEGER };

/** Starts it; resolves with its URL. No limits of rate unless asked for. */
export async function listen(change: Partial<JsonLimits> = {}): Promise<string> {
  const rates = { perAddress: unlimited, perCharger: unlimited };
  const limits = { ...defaultJsonLimits, rates, pingIntervalMs: 0, ...change };
  const around = { clock, log: recorder.log, meters: recorder.meters, messages: recorder.messages };
  connections = new ChargerConnections({ ...around, limits });
  const server = createJsonServer({ ...around, host: '127.0.0.1', port: 0, path: '/ocpp', limits, door, connections });
  const { port } = await server.listen();
  ends.push(async () => {
    const closed = server.close();
    await connections.close(0);
    await closed;
  });
  return `ws://127.0.0.1:${port}/ocpp`;
}

export function endAfterwards(end: () => unknown): void {
  ends.push(end);
}

/** A WebSocket that is open, with the frames that came and the code that it was closed with. */
export class Dialled {
  readonly frames: unknown[] = [];
  closedWith: number | undefined;
  readonly socket: WebSocket;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => this.frames.push(JSON.parse(data.toString())));
    socket.on('close', (code) => {
      this.closedWith = code;
    });
  }

  send(...frame: unknown[]): void {
    this.socket.send(JSON.stringify(frame));
  }
}

export async function dial(url: string, identity = 'CP1', options: object = {}): Promise<Dialled> {
  const dialled = new Dialled(new WebSocket(`${url}/${identity}`, ['ocpp1.6'], options));
  ends.push(() => dialled.socket.terminate());
  await once(dialled.socket, 'open');
  return dialled;
}

/** The HTTP status of a handshake that is refused, with its headers. */
export async function refusalOf(url: string, identity = 'CP1') {
  const socket = new WebSocket(`${url}/${identity}`, ['ocpp1.6']);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, import('node:http').IncomingMessage];
  response.resume();
  return { status: response.statusCode, headers: response.headers };
}
