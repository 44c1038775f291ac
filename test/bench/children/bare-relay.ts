import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '../control/serve.ts';
import { constantAnswer } from '../wire/envelopes.ts';
import { StationLink } from './station-link.ts';
import { type RelayAsks, usageAsks } from './usage.ts';

/*
 * What no gateway on node:http and ws can be cheaper than: each body goes up unread, on the WebSocket of the station
 * that the path names, and each answer goes down unread. No parsing, no store, no checks.
 */

const [csmsUrl = ''] = process.argv.slice(2);
const answer = Buffer.from(constantAnswer);

type Station = { readonly link: StationLink; readonly waiting: ServerResponse[] };

const stations = new Map<string, Station>();

function stationOf(identity: string): Station {
  const known = stations.get(identity);
  if (known !== undefined) return known;
  const waiting: ServerResponse[] = [];
  const station = { waiting, link: new StationLink(csmsUrl, identity, () => respond(waiting.shift())) };
  stations.set(identity, station);
  return station;
}

function respond(response: ServerResponse | undefined): void {
  response?.writeHead(200, {
    'Content-Type': 'application/soap+xml; charset=utf-8',
    'Content-Length': answer.length,
  });
  response?.end(answer);
}

function relay(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const station = stationOf((request.url ?? '').slice('/ocpp/'.length));
    station.waiting.push(response);
    station.link.send(Buffer.concat(chunks));
  });
}

const server = createServer({ keepAliveTimeout: 3_600_000 }, relay).listen(0, '127.0.0.1');
await once(server, 'listening');

const asks: RelayAsks = { ...usageAsks(), port: () => (server.address() as AddressInfo).port };

serve(asks);
