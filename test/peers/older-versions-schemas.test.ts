import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Payload } from '../../src/gateway/ports.ts';
import type { OcppVersion } from '../../src/ocpp-s/message.ts';
import { arbitraryRequest, everyRequest } from '../support/arbitraries.ts';
import { startHarness, type Harness } from '../support/gateway-harness.ts';
import { violationsOf } from '../support/json-oracle.ts';
import { OlderCharger } from '../support/older-charger.ts';
import { type OlderMessage, olderOperations } from '../support/older-messages.ts';

/*
 * Everything that reaches the CSMS of a charger of OCPP 1.5 or 1.2 is valid by the JSON schemas that ocpp-rpc carries:
 * random valid messages and every value of every enumeration, through the codecs, the dialect and the gateway with its
 * store. What the charger is told is valid by the WSDL of its version (OlderCharger holds it against libxml2).
 */
let h: Harness;
let fleet: readonly OlderCharger[];
beforeAll(async () => {
  h = await startHarness();
  fleet = Array.from({ length: 50 }, (_, n) => new OlderCharger(h, n % 2 === 0 ? '1.5' : '1.2', `CP${n + 1}`));
  await Promise.all(fleet.map((charger) => charger.boot()));
});
afterAll(() => h.end());

const requests = olderOperations.filter(({ service, kind }) => service === 'CentralSystem' && kind === 'request');
const answers = olderOperations.filter(({ service, kind }) => service === 'ChargePoint' && kind === 'response');

/** Messages that must not reach the CSMS, since it cannot be told them. */
let keptBack = 0;

async function say(charger: OlderCharger, action: string, payload: Payload): Promise<void> {
  try {
    await charger.says(action, payload);
  } catch (thrown) {
    // A StartTransaction with an idTag longer than any of 1.6: a fault, by design.
    expect(thrown).toMatchObject({ code: 'PropertyConstraintViolation' });
    expect(action).toBe('StartTransaction');
    keptBack += 1;
  }
}

async function sayAll(charger: OlderCharger, messages: readonly OlderMessage[]): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- a charger says one thing after the other
  for (const { action, payload } of messages) await say(charger, action, payload);
}

const ofVersion = (ocpp: OcppVersion) => requests.filter((operation) => operation.ocpp === ocpp);

async function expectOnlyValid(): Promise<number> {
  await h.clock.advance(100);
  const violations = h.csms.heard.flatMap(({ action, payload }) => violationsOf({ action, direction: 'req', payload }));
  expect(violations).toEqual([]);
  return h.csms.heard.splice(0).length;
}

test('every value of every enumeration, in every message of a charger', async () => {
  for (const charger of fleet.slice(0, 2)) {
    // oxlint-disable-next-line no-await-in-loop -- one charger after the other
    await sayAll(
      charger,
      ofVersion(charger.ocpp).flatMap(({ every }) => every),
    );
  }
  expect(await expectOnlyValid()).toBeGreaterThan(60);
});

test('5,000 random valid messages of 1.5 and 1.2', async () => {
  const said = fleet.map((charger) => {
    const message = fc.constantFrom(...ofVersion(charger.ocpp)).chain((operation) => operation.any);
    return sayAll(charger, fc.sample(message, 100));
  });
  await Promise.all(said);
  expect(said).toHaveLength(50);
  expect(await expectOnlyValid()).toBeGreaterThan(2_500);
  expect(keptBack).toBeLessThan(500);
}, 120_000);

test('every answer of a charger to every call of the CSMS', async () => {
  for (const operation of answers) {
    const charger = new OlderCharger(h, operation.ocpp === '1.5' ? '1.5' : '1.2');
    // oxlint-disable-next-line no-await-in-loop -- one operation after the other
    await charger.boot();
    const { action } = operation;
    const replies = [...operation.every, ...fc.sample(operation.any, 40)];
    const calls = [...everyRequest(action), ...fc.sample(arbitraryRequest(action), 40)];
    for (const [nth, { payload }] of replies.entries()) {
      charger.react = () => payload;
      const request = calls[nth % calls.length] ?? {};
      // oxlint-disable-next-line no-await-in-loop -- one call after the other
      const reply = await h.csms.call('CP1', action, request);
      if (reply.kind === 'answered') {
        expect(violationsOf({ action, direction: 'conf', payload: reply.payload })).toEqual([]);
      } else expect(reply.error.code).toBe('PropertyConstraintViolation');
    }
  }
}, 60_000);
