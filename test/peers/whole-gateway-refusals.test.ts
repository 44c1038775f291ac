import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Payload } from '../../src/gateway/ports.ts';
import { type Edge, startTestEdge } from '../support/edge.ts';
import { callError, RpcCsms } from '../support/rpc-csms.ts';
import { inOneForm, SoapCharger } from '../support/soap-charger.ts';

/*
 * What each side's refusal looks like on the other side: SOAP faults (OCPP-S 1.6 §4) and CALLERRORs (OCPP-J 1.6 §4.2.3),
 * between the packages `soap` and `ocpp-rpc`. The CSMS is not strict here: it must be able to send nonsense.
 */

const csms = new RpcCsms({ strict: false });
const identity = 'PEER-1';
let charger: SoapCharger;
let edge: Edge;
/** New in each test: what the charger was found to lack in the one before is forgotten. */
let firmware = 0;

const confirmations: Readonly<Record<string, Payload>> = {
  Authorize: { idTagInfo: { status: 'Accepted' } },
  BootNotification: { status: 'Accepted', currentTime: '2026-03-01T12:00:00Z', interval: 3600 },
  StartTransaction: { transactionId: 7, idTagInfo: { status: 'Accepted' } },
};

beforeAll(async () => {
  await csms.start();
  edge = await startTestEdge({ csmsUrl: csms.url, config: { outbox: { attempts: 1 } } });
  charger = new SoapCharger({ identity, endpoint: edge.soapUrl, prefix: 'soap' });
  await charger.start();
});

beforeEach(async () => {
  csms.answer = (action) => confirmations[action] ?? {};
  charger.react = () => ({ status: 'Accepted' });
  firmware += 1;
  await charger.say('BootNotification', {
    chargePointVendor: 'Peer',
    chargePointModel: 'P',
    firmwareVersion: firmware,
  });
});

afterAll(async () => {
  await charger.stop();
  await edge.remove();
  await csms.stop();
});

describe("the charger's fault becomes a CALLERROR", () => {
  test.each([
    ['Sender', 'SecurityError', 'SecurityError', 400],
    ['Sender', 'IdentityMismatch', 'GenericError', 400],
    ['Sender', 'ProtocolError', 'ProtocolError', 400],
    ['Receiver', 'InternalError', 'InternalError', 500],
    ['Receiver', 'NotSupported', 'NotSupported', 500],
    ['Sender', 'ActionNotSupported', 'NotSupported', 400],
    ['Sender', 'UrlMismatch', 'GenericError', 400],
    ['Sender', 'MessageAddressingHeaderRequired', 'ProtocolError', 400],
    ['Sender', 'InvalidAddressingHeader', 'ProtocolError', 400],
    ['MustUnderstand', undefined, 'ProtocolError', 500],
    ['VersionMismatch', undefined, 'ProtocolError', 500],
    ['Sender', undefined, 'GenericError', 400],
    ['Receiver', undefined, 'InternalError', 500],
  ] as const)('%s/%s → %s', async (code, subcode, rpcErrorCode, httpStatus) => {
    charger.react = () => ({ fault: [code, subcode] });
    await expect(csms.call(identity, 'Reset', { type: 'Soft' })).rejects.toMatchObject({
      rpcErrorCode,
      message: 'not today',
      details: { soapCode: code, soapSubcode: subcode ?? null, httpStatus },
    });
  });

  test.each([
    ['HTTP 404', 404, 'no such page'],
    ['HTTP 405', 405, ''],
    ['HTTP 415', 415, 'what is this'],
    ['a login page with HTTP 200', 200, '<!DOCTYPE html><html><body>log in</body></html>'],
    ['half an envelope', 200, '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>'],
  ])('%s → GenericError', async (_, status, body) => {
    await answerFrom((response) => response.writeHead(status, { 'Content-Type': 'text/html' }).end(body));
    await expect(csms.call(identity, 'Reset', { type: 'Soft' })).rejects.toMatchObject({
      rpcErrorCode: 'GenericError',
      details: { httpStatus: status },
    });
  });

  test('a connection that is cut instead of answered → GenericError, told as unreachable', async () => {
    await answerFrom((response) => response.destroy());
    await expect(csms.call(identity, 'Reset', { type: 'Soft' })).rejects.toMatchObject({
      rpcErrorCode: 'GenericError',
      message: expect.stringMatching(/^charge point unreachable/),
    });
  });

  /** From now on the charger says that it listens where something else answers. */
  async function answerFrom(answer: (response: ServerResponse) => void): Promise<void> {
    const server = createServer((request, response) => {
      request.resume().once('end', () => answer(response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      charger.from = undefined;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    charger.from = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cp`;
    await charger.say('Heartbeat', {});
  }
});

describe('a call that cannot be one for the charger never reaches it', () => {
  test.each([
    ['an action that OCPP 1.6 does not have', 'FlyToTheMoon', {}, 'NotImplemented'],
    ['an action of its security extension', 'DeleteCertificate', {}, 'NotImplemented'],
    ['an action of the other direction', 'Authorize', { idTag: 'A' }, 'NotSupported'],
    ['an unknown field', 'Reset', { type: 'Soft', colour: 'red' }, 'FormationViolation'],
    ['a missing field', 'Reset', {}, 'OccurenceConstraintViolation'],
    ['a number where text stands', 'Reset', { type: 7 }, 'TypeConstraintViolation'],
    ['a value that is none', 'Reset', { type: 'Warm' }, 'PropertyConstraintViolation'],
    [
      'a text that is too long',
      'ChangeConfiguration',
      { key: 'k'.repeat(51), value: '' },
      'PropertyConstraintViolation',
    ],
    [
      'a transaction id that SOAP cannot carry',
      'RemoteStopTransaction',
      { transactionId: 2 ** 31 },
      'PropertyConstraintViolation',
    ],
    [
      'a character that XML cannot carry',
      'ChangeConfiguration',
      { key: 'k', value: '\u0001' },
      'PropertyConstraintViolation',
    ],
  ])('%s', async (_, action, payload, rpcErrorCode) => {
    const before = charger.called.length;
    await expect(csms.call(identity, action, payload)).rejects.toMatchObject({ rpcErrorCode });
    expect(charger.called).toHaveLength(before);
  });
});

describe("the CSMS's CALLERROR becomes a fault", () => {
  test.each([
    ['NotSupported', 'Receiver', 'NotSupported'],
    ['NotImplemented', 'Receiver', 'NotSupported'],
    ['ProtocolError', 'Sender', 'ProtocolError'],
    ['FormationViolation', 'Sender', 'ProtocolError'],
    ['FormatViolation', 'Sender', 'ProtocolError'],
    ['PropertyConstraintViolation', 'Sender', 'ProtocolError'],
    ['OccurenceConstraintViolation', 'Sender', 'ProtocolError'],
    ['TypeConstraintViolation', 'Sender', 'ProtocolError'],
    ['SecurityError', 'Sender', 'SecurityError'],
  ])('%s → %s/%s', async (rpcErrorCode, code, subcode) => {
    refuseWith('Authorize', rpcErrorCode);
    expect(await faultOf(charger.say('Authorize', { idTag: 'A' }))).toEqual([code, subcode]);
  });

  test.each(['InternalError', 'GenericError'])('%s to DataTransfer → Receiver/InternalError', async (rpcErrorCode) => {
    refuseWith('DataTransfer', rpcErrorCode);
    expect(await faultOf(charger.say('DataTransfer', { vendorId: 'V' }))).toEqual(['Receiver', 'InternalError']);
  });
});

describe('a CALLERROR is no fault where a conf can say no', () => {
  test.each(['InternalError', 'GenericError'])('%s to Authorize → Invalid', async (rpcErrorCode) => {
    refuseWith('Authorize', rpcErrorCode);
    expect(await said('Authorize', { idTag: 'A' })).toEqual({ idTagInfo: { status: 'Invalid' } });
  });

  test.each(['NotImplemented', 'NotSupported'])('%s to DataTransfer → UnknownVendorId', async (rpcErrorCode) => {
    refuseWith('DataTransfer', rpcErrorCode);
    expect(await said('DataTransfer', { vendorId: 'V' })).toEqual({ status: 'UnknownVendorId' });
  });

  test.each(['InternalError', 'SecurityError', 'FormationViolation'])(
    '%s to what is kept first: answered all the same, and a dead letter',
    async (rpcErrorCode) => {
      const reading = {
        connectorId: 9,
        meterValue: [{ timestamp: '2026-03-01T12:00:00Z', sampledValue: [{ value: rpcErrorCode }] }],
      };
      refuseWith('MeterValues', rpcErrorCode);
      const before = deadLetters();
      expect(await said('MeterValues', reading)).toEqual({});
      await vi.waitFor(() => expect(deadLetters()).toBe(before + 1), { interval: 1 });
    },
  );

  const deadLetters = () => edge.logged.filter(({ event }) => event === 'message became a dead letter').length;
});

test('no answer of the CSMS in time is no fault: Authorize → Invalid', async () => {
  const silent = new RpcCsms();
  await silent.start();
  const slow = await startTestEdge({ csmsUrl: silent.url, config: { offline: { waitMs: 100 } } });
  const lonely = new SoapCharger({ identity, endpoint: slow.soapUrl, prefix: 'SOAP-ENV' });
  onTestFinished(async () => {
    await lonely.stop();
    await slow.remove();
    await silent.stop();
  });
  await lonely.start();
  silent.answer = () => confirmations['BootNotification'];
  // On a busy machine the first boots are answered before the CSMS could.
  await vi.waitFor(
    async () => {
      const boot = await lonely.say('BootNotification', { chargePointVendor: 'Peer', chargePointModel: 'P' });
      expect(boot).toMatchObject({ status: 'Accepted' });
    },
    { timeout: 30_000 },
  );
  let release: (answer: Payload) => void = () => undefined;
  silent.answer = () => new Promise((resolve) => (release = resolve));
  expect(inOneForm(await lonely.say('Authorize', { idTag: 'A' }))).toEqual({ idTagInfo: { status: 'Invalid' } });
  release({ idTagInfo: { status: 'Accepted' } });
});

function refuseWith(action: string, rpcErrorCode: string): void {
  csms.answer = (asked) => {
    if (asked === action) throw callError(rpcErrorCode);
    return confirmations[asked] ?? {};
  };
}

async function said(action: string, payload: Payload): Promise<unknown> {
  return inOneForm((await charger.say(action, payload)) ?? {});
}

/** Code and subcode of the fault that the package throws, without their prefixes. */
async function faultOf(saying: Promise<unknown>): Promise<readonly unknown[]> {
  const thrown: unknown = await saying.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  const { Code } = (thrown as FaultError).root.Envelope.Body.Fault;
  return [Code.Value, Code.Subcode?.Value].map((name) => name?.replace(/^.*:/, ''));
}

type FaultError = {
  readonly root: {
    readonly Envelope: {
      readonly Body: {
        readonly Fault: { readonly Code: { readonly Value: string; readonly Subcode?: { readonly Value: string } } };
      };
    };
  };
};
