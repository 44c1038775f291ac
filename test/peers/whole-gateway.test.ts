import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Payload } from '../../src/gateway/ports.ts';
import { chargerActions, csmsActions } from '../../src/ocpp/messages.generated.ts';
import { arbitraryRequest, arbitraryResponse, everyRequest, everyResponse } from '../support/arbitraries.ts';
import { type Edge, startTestEdge } from '../support/edge.ts';
import { RpcCsms } from '../support/rpc-csms.ts';
import { inOneForm, SoapCharger } from '../support/soap-charger.ts';

/*
 * The gateway between two implementations of others: the package `soap` is the charger, `ocpp-rpc` the CSMS. Neither
 * shares a line with the gateway but for the WSDL, and the CSMS has the published schemas of its own.
 */

const csms = new RpcCsms();
const chargers = new Map<string, SoapCharger>();
let edge: Edge;

const bootAccepted = { status: 'Accepted', currentTime: '2026-03-01T12:00:00Z', interval: 3600 };
const prefixes = [
  ['soap', 'PEER-1'],
  ['SOAP-ENV', 'PEER-2'],
] as const;

beforeAll(async () => {
  await csms.start();
  // The charger answers for its profiles and its files itself: this is about how messages are told.
  const chargerDefaults = { smartCharging: 'charger', transfers: 'direct' };
  edge = await startTestEdge({ csmsUrl: csms.url, config: { chargerDefaults } });
  for (const [prefix, identity] of prefixes) {
    const charger = new SoapCharger({ identity, endpoint: edge.soapUrl, prefix });
    chargers.set(identity, charger);
    // oxlint-disable-next-line no-await-in-loop -- one charger after the other
    await charger.start();
    // oxlint-disable-next-line no-await-in-loop -- one charger after the other
    await bootUp(identity);
  }
});

afterAll(async () => {
  await Promise.all([...chargers.values()].map((charger) => charger.stop()));
  await edge.remove();
  await csms.stop();
});

/** The CSMS accepts the charger, and wants to hear nothing of it for an hour. */
async function bootUp(identity: string): Promise<void> {
  csms.answer = (action) => (action === 'BootNotification' ? bootAccepted : otherwise(action));
  await chargerOf(identity).say('BootNotification', { chargePointVendor: 'Peer', chargePointModel: 'P' });
}

function chargerOf(identity: string): SoapCharger {
  const charger = chargers.get(identity);
  if (charger === undefined) throw new Error(`there is no ${identity}`);
  return charger;
}

/** What the gateway answers in its own name: the CSMS's words come later, or not at all. */
const answeredAtOnce = new Set([
  'DiagnosticsStatusNotification',
  'FirmwareStatusNotification',
  'MeterValues',
  'StatusNotification',
  'StopTransaction',
]);

let transactionId = 0;

/** An answer of the CSMS that the gateway must pass on as it is: an id of its own for each transaction. */
function usable(action: string, response: Payload): Payload {
  return action === 'StartTransaction' ? { ...response, transactionId: ++transactionId } : response;
}

/** One message up and its answer down; both ends must see what the other said. */
async function up(identity: string, action: string, request: Payload, anyResponse: Payload): Promise<void> {
  const response = usable(action, anyResponse);
  csms.answer = (asked) => (asked === action ? response : otherwise(asked));
  const before = csms.of(identity, action).length;
  const answer = await chargerOf(identity).say(action, request);
  await vi.waitFor(() => expect(csms.of(identity, action)).toHaveLength(before + 1), { interval: 1, timeout: 5_000 });
  expect(inOneForm(csms.of(identity, action)[before]), action).toEqual(inOneForm(request));
  expect(inOneForm(answer ?? {}), action).toEqual(inOneForm(answeredAtOnce.has(action) ? {} : response));
  if (action === 'StartTransaction') await close(identity, response);
  if (action === 'BootNotification') await bootUp(identity);
}

/** The gateway passes Heartbeats on at an interval of its own. */
const otherwise = (action: string) => (action === 'Heartbeat' ? { currentTime: '2026-03-01T12:00:00Z' } : {});

/** A transaction left open would lend its id to meter values of its connector. */
async function close(identity: string, { transactionId: id }: Payload): Promise<void> {
  const before = csms.of(identity, 'StopTransaction').length;
  csms.answer = otherwise;
  await chargerOf(identity).say('StopTransaction', {
    transactionId: id,
    timestamp: '2026-03-01T13:00:00Z',
    meterStop: 1,
  });
  await vi.waitFor(() => expect(csms.of(identity, 'StopTransaction')).toHaveLength(before + 1), { interval: 1 });
  expect(csms.of(identity, 'StopTransaction')[before]).toMatchObject({ transactionId: id });
}

/** Keys that the gateway answers itself, as the link to the CSMS. */
const linkKeys = new Set(['CpoName', 'SecurityProfile', 'WebSocketPingInterval']);

function withoutLinkKeys(response: Payload): Payload {
  const { configurationKey, ...rest } = response;
  if (!Array.isArray(configurationKey)) return response;
  const theirs = configurationKey.filter(({ key }: { key: string }) => !linkKeys.has(key));
  return theirs.length === 0 ? rest : { ...rest, configurationKey: theirs };
}

/** One command down and its answer up. */
async function down(identity: string, action: string, request: Payload, response: Payload): Promise<void> {
  const charger = chargerOf(identity);
  charger.react = () => response;
  const before = charger.called.length;
  const answer = await csms.call(identity, action, request);
  expect(charger.called.slice(before).map((call) => call.action)).toEqual([action]);
  expect(inOneForm(charger.called[before]?.payload ?? {}), action).toEqual(inOneForm(request));
  // What the charger refuses to compute, the gateway computes from the profiles that it keeps of it.
  if (action === 'GetCompositeSchedule' && response['status'] === 'Rejected') return;
  const passed = action === 'GetConfiguration' ? withoutLinkKeys(answer) : answer;
  expect(inOneForm(passed), action).toEqual(inOneForm(response));
}

const relayed = chargerActions.filter((action) => action !== 'Heartbeat');

describe.each(prefixes)('a charger whose envelopes are written with %s', (_, identity) => {
  test.each(relayed)('says %s with every field and every value', async (action) => {
    const responses = everyResponse(action);
    for (const [nth, request] of everyRequest(action).entries()) {
      // oxlint-disable-next-line no-await-in-loop -- a charger sends one request after the other
      await up(identity, action, request, responses[nth % responses.length] ?? {});
    }
    expect(csms.violations).toEqual([]);
  });

  test.each(relayed)('says %s with mandatory fields only', async (action) => {
    await up(identity, action, leastRequest(action), leastResponse(action));
    expect(csms.violations).toEqual([]);
  });

  test('beats and hears the time of the gateway', async () => {
    const before = Math.floor(Date.now() / 1000);
    const answer = await chargerOf(identity).say('Heartbeat', {});
    const { currentTime } = inOneForm(answer) as { readonly currentTime: string };
    expect(Date.parse(currentTime) / 1000).toBeGreaterThanOrEqual(before);
    expect(Date.parse(currentTime)).toBeLessThanOrEqual(Date.now());
  });

  test.each(csmsActions)('is asked %s with every field and every value', async (action) => {
    const responses = everyResponse(action);
    for (const [nth, request] of everyRequest(action).entries()) {
      // oxlint-disable-next-line no-await-in-loop -- one command after the other
      await down(identity, action, request, responses[nth % responses.length] ?? {});
    }
    expect(csms.violations).toEqual([]);
  });

  test.each(csmsActions)('is asked %s with mandatory fields only', async (action) => {
    await down(identity, action, leastRequest(action), leastResponse(action));
    expect(csms.violations).toEqual([]);
  });
});

test('300 random valid messages of the charger arrive as they were said', async () => {
  const message = fc
    .constantFrom(...relayed)
    .chain((action) => fc.tuple(fc.constant(action), arbitraryRequest(action), arbitraryResponse(action)));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('PEER-1', 'PEER-2'), message, async (identity, [action, request, response]) => {
      await up(identity, action, request, response);
    }),
    { numRuns: 300 },
  );
  expect(csms.violations).toEqual([]);
}, 60_000);

test('300 random valid commands of the CSMS arrive as they were said, and so do their answers', async () => {
  const command = fc
    .constantFrom(...csmsActions)
    .chain((action) => fc.tuple(fc.constant(action), arbitraryRequest(action), arbitraryResponse(action)));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('PEER-1', 'PEER-2'), command, async (identity, [action, request, response]) => {
      await down(identity, action, request, response);
    }),
    { numRuns: 300 },
  );
  expect(csms.violations).toEqual([]);
}, 60_000);

test('the gateway found nothing to complain about in itself', () => {
  expect(edge.logged.filter(({ level }) => level === 'error')).toEqual([]);
});

/** The smallest of a hundred. */
function leastRequest(action: string): Payload {
  return least(fc.sample(arbitraryRequest(action), 100));
}

function leastResponse(action: string): Payload {
  return least(fc.sample(arbitraryResponse(action), 100));
}

function least(payloads: readonly Payload[]): Payload {
  const size = (payload: Payload) => Object.keys(payload).length;
  return payloads.reduce((smallest, payload) => (size(payload) < size(smallest) ? payload : smallest));
}
