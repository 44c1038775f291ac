import { expect, test } from 'vitest';
import { startListener, wsdls } from './listener.ts';
import { exchangeBytes, openSocket } from './wire.ts';

const get = async (port: number, path: string, headers = 'Host: gw.depot.example:8180') =>
  exchangeBytes(await openSocket(port), `GET ${path} HTTP/1.1\r\n${headers}\r\n\r\n`);

test.each(['?wsdl', '?WSDL', '?Wsdl=', '/soap?wsdl'])('GET %s is the WSDL of the central system', async (query) => {
  const { port } = await startListener();
  const answer = await get(port, `/ocpp${query}`);
  const text = answer?.body.toString() ?? '';
  expect(answer?.status).toBe(200);
  expect(answer?.headers.get('content-type')).toBe('text/xml; charset=utf-8');
  expect(text).toContain('targetNamespace="urn://Ocpp/Cs/2015/10/"');
  expect(text).toContain('location="http://gw.depot.example:8180/ocpp"');
  expect(text).not.toContain('http://localhost');
});

test.each(['chargepoint', 'ChargePointService', 'chargepoint-1.6'])(
  'GET ?wsdl=%s is the WSDL of the charge point',
  async (name) => {
    const { port } = await startListener();
    const answer = await get(port, `/ocpp?wsdl=${name}`);
    expect(answer?.body.toString()).toContain('targetNamespace="urn://Ocpp/Cp/2015/10/"');
  },
);

test.each([
  ['1.5', 'Cs/2012/06'],
  ['1.2', 'Cs/2010/08'],
  ['chargepoint-1.5', 'Cp/2012/06'],
])('GET ?wsdl=%s is the WSDL of that version', async (name, namespace) => {
  const { port } = await startListener();
  const answer = await get(port, `/ocpp?wsdl=${name}`);
  expect(answer?.body.toString()).toContain(`targetNamespace="urn://Ocpp/${namespace}/"`);
});

test('GET ?wsdl of a version that is not served is 404', async () => {
  const { port } = await startListener({ wsdls: wsdls.filter(({ version }) => version === '1.6') });
  expect((await get(port, '/ocpp?wsdl=1.2'))?.status).toBe(404);
});

test('the WSDL names the public URL when there is one', async () => {
  const { port } = await startListener({ publicUrl: 'https://gw.example/a?b=1&c="2' });
  const answer = await get(port, '/ocpp?wsdl');
  expect(answer?.body.toString()).toContain('location="https://gw.example/a?b=1&amp;c=&quot;2"');
});

test('a Host header that is no host does not get into the WSDL', async () => {
  const { port } = await startListener();
  for (const headers of ['Host: "><evil/>', 'X-No: host']) {
    // oxlint-disable-next-line no-await-in-loop -- two short requests
    const text = (await get(port, '/ocpp?wsdl', headers))?.body.toString() ?? '';
    expect(text).toContain(`location="http://127.0.0.1:${port}/ocpp"`);
    expect(text).not.toContain('evil');
  }
});

test('a JSON charger at the SOAP port gets 426 with a hint', async () => {
  const { port, around } = await startListener();
  const headers =
    'Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13';
  const answer = await get(port, '/ocpp/DEPOT-07', headers);
  expect(answer?.status).toBe(426);
  expect(answer?.body.toString()).toMatch(/SOAP.*OCPP-J/);
  expect(around.logged).toMatchObject([
    { event: 'http request refused', fields: { peer: '127.0.0.1', rule: 'upgrade' } },
  ]);
});

test('a browser gets 405 with a hint and Allow: POST', async () => {
  const { port } = await startListener();
  const answer = await get(port, '/ocpp');
  expect([answer?.status, answer?.headers.get('allow')]).toEqual([405, 'POST']);
  expect(answer?.body.toString()).toContain('?wsdl');
});

test.each(['PUT', 'DELETE', 'OPTIONS', 'PROPFIND'])('%s is 405', async (method) => {
  const { port } = await startListener();
  const answer = await exchangeBytes(
    await openSocket(port),
    `${method} /ocpp HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`,
  );
  expect(answer?.status).toBe(405);
});
