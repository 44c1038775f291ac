import { createClientAsync, type Client } from 'soap';
import { expect, test } from 'vitest';
import { OcppError } from '../../src/ocpp/errors.ts';
import { fromSoap } from '../../src/demo/charger/from-soap.ts';
import { startListener, type Listener } from '../unit/ocpp-s-http/listener.ts';
import { fromCharger } from './soap-samples.ts';

type Invoke = (payload: unknown) => Promise<readonly [unknown, string]>;

/** A charger on the `soap` package that knows nothing of us but the URL of the WSDL. */
async function charger(listener: Listener, prefix: string): Promise<Client> {
  const client = await createClientAsync(`${listener.url}?wsdl`, { forceSoap12Headers: true, envelopeKey: prefix });
  client.addSoapHeader(
    '<o:chargeBoxIdentity xmlns:o="urn://Ocpp/Cs/2015/10/">DEPOT-07</o:chargeBoxIdentity>' +
      '<MessageID xmlns="http://www.w3.org/2005/08/addressing">urn:uuid:1</MessageID>',
  );
  return client;
}

function invoke(client: Client, action: string, payload: unknown): ReturnType<Invoke> {
  const method = client[`${action}Async`] as Invoke;
  return method.call(client, payload);
}

test('the golden vectors cover the ten operations of the central system', () => {
  expect(fromCharger.map(({ action }) => action)).toHaveLength(10);
});

test.each(['soap', 'SOAP-ENV'])(
  'the soap package as charger speaks all ten operations with the prefix %s',
  async (prefix) => {
    const listener = await startListener();
    const client = await charger(listener, prefix);
    for (const { action, request, response } of fromCharger) {
      listener.around.reply = () => ({ kind: 'answered', identity: 'DEPOT-07', payload: response });
      // oxlint-disable-next-line no-await-in-loop -- a charger sends one request after the other
      const [answer] = await invoke(client, action, request);
      expect(fromSoap(answer), action).toEqual(response);
      expect(listener.around.received.at(-1)).toMatchObject({
        claim: { identity: 'DEPOT-07', wire: 'ocpp1.6-soap' },
        call: { action, payload: request, anomalies: [] },
      });
    }
    expect(listener.around.received).toHaveLength(10);
  },
);

test('the soap package reads our faults: code, subcode and reason', async () => {
  const listener = await startListener();
  const client = await charger(listener, 'soap');
  listener.around.reply = () => ({
    kind: 'refused',
    identity: 'DEPOT-07',
    error: new OcppError('SecurityError', 'go away'),
  });
  const failure: unknown = await invoke(client, 'Heartbeat', {}).catch((thrown: unknown) => thrown);
  expect(failure).toMatchObject({
    root: {
      Envelope: {
        Body: {
          Fault: {
            Code: {
              Value: expect.stringMatching(/:Sender$/),
              Subcode: { Value: expect.stringMatching(/:SecurityError$/) },
            },
            Reason: { Text: { $value: 'go away' } },
          },
        },
      },
    },
  });
});
