import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Client, createClientAsync, type IServices, listen } from 'soap';
import { packageRoot } from '../../../src/main/package.ts';
import { serve } from '../control/serve.ts';
import { StationLink } from './station-link.ts';
import { type RelayAsks, usageAsks } from './usage.ts';

/*
 * The gateway as one would write it in an afternoon: `soap.listen` for the chargers, the `soap` client for commands, the
 * same `ws` for the CSMS; no store, no checks.
 */

type Payload = Readonly<Record<string, unknown>>;
type Operation = (payload: Payload, done: (answer: unknown) => void, headers: unknown) => void;
type AsyncOperation = (payload: unknown, options: unknown) => Promise<readonly [Payload]>;

const [csmsUrl = ''] = process.argv.slice(2);
const wsdlFolder = join(packageRoot, 'wsdl', '1.6');

const agent = new Agent({ keepAlive: true });

class Station {
  readonly #link: StationLink;
  readonly #callbackUrl: string;
  readonly #waiting = new Map<string, (answer: unknown) => void>();
  #client: Promise<Client> | undefined;
  #calls = 0;

  constructor(identity: string, callbackUrl: string) {
    this.#callbackUrl = callbackUrl;
    this.#link = new StationLink(csmsUrl, identity, (data) => void this.#receive(data.toString()));
  }

  call(action: string, payload: Payload, done: (answer: unknown) => void): void {
    this.#calls += 1;
    const id = String(this.#calls);
    this.#waiting.set(id, done);
    this.#link.send(JSON.stringify([2, id, action, payload]));
  }

  async #receive(text: string): Promise<void> {
    const [type, id, actionOrPayload, payload] = JSON.parse(text) as readonly [number, string, unknown, unknown];
    if (type === 2) {
      const answer = await this.#command(String(actionOrPayload), payload);
      this.#link.send(JSON.stringify([3, id, answer]));
      return;
    }
    this.#waiting.get(id)?.(actionOrPayload);
    this.#waiting.delete(id);
  }

  async #command(action: string, payload: unknown): Promise<Payload> {
    this.#client ??= createClientAsync(join(wsdlFolder, 'charge-point.wsdl'), {
      endpoint: this.#callbackUrl,
      forceSoap12Headers: true,
    });
    const client = await this.#client;
    const operation = client[`${action}Async`] as AsyncOperation;
    const [answer] = await operation.call(client, payload, { httpAgent: agent });
    return answer;
  }
}

const stations = new Map<string, Station>();

function stationOf(headers: unknown): Station {
  const identity = textIn(headers, 'chargeBoxIdentity');
  const known = stations.get(identity);
  if (known !== undefined) return known;
  const station = new Station(identity, textIn(headers, 'Address'));
  stations.set(identity, station);
  return station;
}

/** The package hands an element with attributes over as an object, and one without as text. */
function textIn(headers: unknown, name: string): string {
  const found = name === 'Address' ? fieldOf(fieldOf(headers, 'From'), name) : fieldOf(headers, name);
  return String(fieldOf(found, '$value') ?? found);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Payload)[name] : undefined;
}

const actions = ['BootNotification', 'StartTransaction', 'MeterValues', 'Authorize', 'Heartbeat'];
const operations = actions.map((action): readonly [string, Operation] => [
  action,
  (payload, done, headers) => stationOf(headers).call(action, payload, done),
]);
const services = { CentralSystemService: { CentralSystemServiceSoap12: Object.fromEntries(operations) } } as IServices;

const server = createServer({ keepAliveTimeout: 3_600_000 }).listen(0, '127.0.0.1');
await once(server, 'listening');
const xml = readFileSync(join(wsdlFolder, 'central-system.wsdl'), 'utf8');
await new Promise((ready) => {
  const options = { services, xml, forceSoap12Headers: true, enableChunkedEncoding: false, callback: ready };
  listen(server, { path: /^\/ocpp\//, ...options });
});

const asks: RelayAsks = { ...usageAsks(), port: () => (server.address() as AddressInfo).port };

serve(asks);
