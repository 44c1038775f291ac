import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { type WebSocket, WebSocketServer } from 'ws';
import { serve } from '../control/serve.ts';
import type { CommandAction } from '../wire/envelopes.ts';
import { sharedNowMs } from '../control/asks.ts';

/*
 * The CSMS of the bench. It reads no more of a frame than it needs, answers what each action wants, and counts. Stations
 * connect to /<relay>/<identity>; a binary frame is a message of the bare relay.
 */

/** All stations of one relay. */
type Relay = {
  readonly stations: Map<string, WebSocket>;
  lastStationMs: number;
  /** Messages of chargers, Heartbeats not counted: the gateway passes on few of them, in its own time. */
  messages: number;
  lastMessageMs: number;
  transactions: number;
};

const relays = new Map<string, Relay>();
const commandAnswered = new Map<string, () => void>();

const server = new WebSocketServer({
  port: 0,
  host: '127.0.0.1',
  perMessageDeflate: false,
  handleProtocols: () => 'ocpp1.6',
});
server.on('connection', (socket, request) => {
  const [, relayName = '', identity = ''] = (request.url ?? '').split('/');
  const relay = relayOf(relayName);
  relay.stations.set(identity, socket);
  relay.lastStationMs = sharedNowMs();
  socket.on('message', (data, isBinary) => receive(relay, socket, data as Buffer, isBinary));
});
await once(server, 'listening');

function relayOf(name: string): Relay {
  const known = relays.get(name);
  if (known !== undefined) return known;
  const relay: Relay = {
    stations: new Map(),
    lastStationMs: 0,
    messages: 0,
    lastMessageMs: 0,
    transactions: 1_000_000,
  };
  relays.set(name, relay);
  return relay;
}

const binaryAnswer = Buffer.from('answer');
const headBytes = 120;

function receive(relay: Relay, socket: WebSocket, data: Buffer, isBinary: boolean): void {
  if (isBinary) {
    count(relay);
    socket.send(binaryAnswer);
    return;
  }
  const [type = '', id = '', , action = ''] = data.toString('latin1', 0, headBytes).split('"');
  if (type.startsWith('[3')) {
    if (!data.includes('Accepted')) throw new Error(`a command was answered ${data.toString()}`);
    commandAnswered.get(id)?.();
    return;
  }
  if (!type.startsWith('[2')) throw new Error(`the CSMS of the bench got ${data.toString()}`);
  if (action !== 'Heartbeat') count(relay);
  socket.send(`[3,"${id}",${answerTo(relay, action)}]`);
}

function count(relay: Relay): void {
  relay.messages += 1;
  relay.lastMessageMs = sharedNowMs();
}

const currentTime = '"currentTime":"2026-03-01T09:00:00Z"';

function answerTo(relay: Relay, action: string): string {
  switch (action) {
    case 'BootNotification':
      return `{"status":"Accepted",${currentTime},"interval":300}`;
    case 'Heartbeat':
      return `{${currentTime}}`;
    case 'Authorize':
      return '{"idTagInfo":{"status":"Accepted"}}';
    case 'StartTransaction':
      relay.transactions += 1;
      return `{"transactionId":${relay.transactions},"idTagInfo":{"status":"Accepted"}}`;
    default:
      return '{}';
  }
}

const profile = {
  connectorId: 1,
  csChargingProfiles: {
    chargingProfileId: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'ChargePointMaxProfile',
    chargingProfileKind: 'Absolute',
    chargingSchedule: {
      startSchedule: '2026-03-01T09:00:00Z',
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [
        { startPeriod: 0, limit: 16 },
        { startPeriod: 900, limit: 10.5 },
        { startPeriod: 1800, limit: 32 },
      ],
    },
  },
};

const payloads: Readonly<Record<CommandAction, string>> = {
  SetChargingProfile: JSON.stringify(profile),
  ChangeAvailability: JSON.stringify({ connectorId: 1, type: 'Operative' }),
};

let commands = 0;

type Work = {
  readonly relay: string;
  readonly action: CommandAction;
  readonly inFlight: number;
  /** It goes on until both have passed. */
  readonly forMs: number;
  readonly atLeastMessages: number;
};

/** Calls all stations in turn, `inFlight` at a time. */
async function command({ relay, action, inFlight, forMs, atLeastMessages }: Work) {
  const idle = [...relayOf(relay).stations.values()];
  const startedMs = sharedNowMs();
  let called = 0;
  const lane = async (): Promise<void> => {
    for (let socket = idle.shift(); socket !== undefined; socket = idle.shift()) {
      called += 1;
      // oxlint-disable-next-line no-await-in-loop -- a lane is one call after the other
      await callOnce(socket, action);
      if (called >= atLeastMessages && sharedNowMs() - startedMs > forMs) return;
      idle.push(socket);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return { messages: called, startedMs, endedMs: sharedNowMs() };
}

async function callOnce(socket: WebSocket, action: CommandAction): Promise<void> {
  commands += 1;
  const id = `c${commands}`;
  const answered = new Promise<void>((resolve) => commandAnswered.set(id, resolve));
  socket.send(`[2,"${id}","${action}",${payloads[action]}]`);
  await answered;
  commandAnswered.delete(id);
}

/** Resolves with the time at which the last of so many stations connected; rejects after a while. */
async function lastStation({ relay: name, stations }: { relay: string; stations: number }): Promise<number> {
  const relay = relayOf(name);
  await until(
    () => relay.stations.size >= stations,
    () => `${relay.stations.size} of ${stations} stations of ${name} have connected`,
  );
  return relay.lastStationMs;
}

/** Resolves when `isSo`; rejects with what `seen` tells when it is not so for too long. */
async function until(isSo: () => boolean, seen: () => string): Promise<void> {
  const deadlineMs = sharedNowMs() + 30_000;
  while (!isSo()) {
    if (sharedNowMs() > deadlineMs) throw new Error(seen());
    // oxlint-disable-next-line no-await-in-loop -- a look every now and then
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Resolves with the time of the last message when so many have come; rejects after a while. */
async function arrived({ relay: name, messages }: { relay: string; messages: number }): Promise<number> {
  const relay = relayOf(name);
  await until(
    () => relay.messages >= messages,
    () => `${name} delivered ${relay.messages} of ${messages} messages`,
  );
  if (relay.messages > messages) throw new Error(`${name} delivered ${relay.messages - messages} messages too many`);
  return relay.lastMessageMs;
}

const asks = {
  port: () => (server.address() as AddressInfo).port,
  lastStation,
  messages: ({ relay }: { relay: string }) => relayOf(relay).messages,
  arrived,
  command,
};

export type CsmsAsks = typeof asks;

serve(asks);
