import { request } from 'node:http';
import type { ChargerSetup, Moved, Operations, OutboxItem } from '../operator/operations.ts';
import { socketAddress } from '../operator/socket-file.ts';
import type { ChargerRow, ChargerSheet } from '../operator/views/chargers.ts';
import { exits } from './io.ts';
import { Refusal } from './refusal.ts';

const deadlineMs = 20_000;

/** The operations of a running gateway, over the Unix socket in its data folder. What it refuses becomes a Refusal. */
export function operationsOver(socketPath: string): Operations {
  const call = (method: string, path: string) => askGateway(socketPath, method, path);
  const stand = async (identity: string, verb: string): Promise<boolean> => {
    const { status } = await call('POST', `/api/chargers/${encodeURIComponent(identity)}/${verb}`);
    return status !== 404;
  };
  const move = async (seq: number, verb: string): Promise<Moved> => {
    const { status, body } = await call('POST', `/api/outbox/${seq}/${verb}`);
    if (status === 404) return { kind: 'unknown' };
    return status === 409 ? { kind: 'stuck' } : { kind: 'moved', items: parseOutbox(body) };
  };
  return {
    chargers: async () => parseChargers((await call('GET', '/api/chargers')).body),
    charger: async (identity) => {
      const { status, body } = await call('GET', `/api/chargers/${encodeURIComponent(identity)}`);
      return status === 404 ? undefined : parseOne(body, 'charger', isSheet);
    },
    setup: async (identity) =>
      parseOne((await call('GET', `/api/chargers/${encodeURIComponent(identity)}/setup`)).body, 'setup', isSetup),
    adopt: (identity) => stand(identity, 'adopt'),
    block: (identity) => stand(identity, 'block'),
    outbox: async ({ station, dead }) => {
      const query = new URLSearchParams();
      if (station !== undefined) query.set('station', station);
      if (dead !== undefined) query.set('dead', String(dead));
      return parseOutbox((await call('GET', `/api/outbox?${query.toString()}`)).body);
    },
    retry: (seq) => move(seq, 'retry'),
    drop: (seq) => move(seq, 'drop'),
  };
}

/** What the gateway answered: 200, 404 or 409. */
export type Reply = { readonly status: number; readonly body: unknown };

/** Asks a running gateway; every other answer becomes a Refusal. */
export async function askGateway(socketPath: string, method: string, path: string): Promise<Reply> {
  const { status, text } = await exchange(socketPath, method, path);
  const body: unknown = JSON.parse(text);
  if (status === 200 || status === 404 || status === 409) return { status, body };
  throw undone(status, body);
}

/** Reads what is no JSON from a running gateway. */
export async function readGateway(socketPath: string, path: string): Promise<string> {
  const { status, text } = await exchange(socketPath, 'GET', path);
  if (status === 200) return text;
  throw undone(status, JSON.parse(text));
}

function undone(status: number, body: unknown): Refusal {
  const reason = isRecord(body) && typeof body['error'] === 'string' ? body['error'] : `status ${status}`;
  return new Refusal(`the gateway could not do it: ${reason}`);
}

/** What a running gateway serves as text. */
export async function fetchText(socketPath: string, path: string): Promise<string> {
  const { status, text } = await exchange(socketPath, 'GET', path);
  if (status !== 200) throw new Refusal(`the gateway could not do it: status ${status}`);
  return text;
}

function exchange(socketPath: string, method: string, path: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) =>
      reject(new Refusal('the gateway on this data folder does not answer', exits.failed, { cause }));
    const signal = AbortSignal.timeout(deadlineMs);
    const call = request({ socketPath: socketAddress(socketPath), method, path, signal, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', fail);
    });
    call.on('error', fail);
    call.end();
  });
}

function parseOutbox(body: unknown): readonly OutboxItem[] {
  return parseList(body, 'outbox', isItem);
}

function parseChargers(body: unknown): readonly ChargerRow[] {
  return parseList(body, 'chargers', isCharger);
}

function parseList<T>(body: unknown, name: string, fits: (entry: unknown) => entry is T): readonly T[] {
  const list: unknown = isRecord(body) ? body[name] : undefined;
  if (Array.isArray(list) && list.every(fits)) return list;
  throw anotherRelease();
}

function parseOne<T>(body: unknown, name: string, fits: (entry: unknown) => entry is T): T {
  const entry: unknown = isRecord(body) ? body[name] : undefined;
  if (fits(entry)) return entry;
  throw anotherRelease();
}

const anotherRelease = () => new Refusal('the gateway answers in another form: it is of another release');

// The gateway is of this build, or nearly: what names an entry is checked, the rest is taken as it comes.
const isItem = (entry: unknown): entry is OutboxItem =>
  isRecord(entry) && Number.isSafeInteger(entry['seq']) && typeof entry['action'] === 'string';
const isCharger = (entry: unknown): entry is ChargerRow =>
  isRecord(entry) && typeof entry['identity'] === 'string' && Array.isArray(entry['connectors']);

const isSheet = (entry: unknown): entry is ChargerSheet =>
  isRecord(entry) && isCharger(entry['charger']) && Array.isArray(entry['transactions']);
const isSetup = (entry: unknown): entry is ChargerSetup => isRecord(entry) && Array.isArray(entry['urls']);

/** True for a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
