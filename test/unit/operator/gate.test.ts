import { afterEach, describe, expect, test } from 'vitest';
import type { OperatorToken } from '../../../src/operator/tokens.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { charger, gatewayDouble, row } from './gateway-double.ts';
import { ask, openStage } from './operator-stage.ts';

const known = [
  { name: 'grafana', scope: 'read', token: Buffer.from('read-token-0123456789') },
  { name: 'ems', scope: 'operate', token: Buffer.from('operate-token-0123456') },
  { name: 'boss', scope: 'admin', token: Buffer.from('admin-token-012345678') },
] as const;
const tokens = () => known;

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const read = bearer('read-token-0123456789');
const operate = bearer('operate-token-0123456');
const admin = bearer('admin-token-012345678');

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

async function start(given: Parameters<typeof openStage>[0] = {}) {
  const rows = [row(1, { deadReason: 'refused' }), row(2, { deadReason: 'refused' })];
  const door = gatewayDouble({ chargers: [charger('CP-1')], rows });
  const stage = await openStage({ door, ...given });
  close = stage.close;
  return stage;
}

const post = (headers: Readonly<Record<string, string>> = {}) => ({ method: 'POST', headers });

describe('with tokens', () => {
  test('without one, 401 that asks for one; health stays open', async () => {
    const { tcp } = await start({ tokens });
    const reply = await ask(tcp, '/api/outbox');
    expect(reply).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer realm="ocpp-edge"' } });
    expect(JSON.parse(reply.text)).toEqual({ error: 'a token is needed' });
    expect((await ask(tcp, '/api/outbox/1/drop', post())).status).toBe(401);
    expect((await ask(tcp, '/metrics')).status).toBe(401);
    expect((await ask(tcp, '/healthz')).status).toBe(200);
    expect((await ask(tcp, '/readyz')).status).toBe(200);
  });

  test.each([
    ['another token', 'Bearer read-token-0123456788'],
    ['a longer one', 'Bearer read-token-01234567890'],
    ['an empty one', 'Bearer '],
    ['Basic', `Basic ${Buffer.from('grafana:read-token-0123456789').toString('base64')}`],
    ['the bare token', 'read-token-0123456789'],
  ])('%s is 401', async (_, authorization) => {
    const { tcp } = await start({ tokens });
    expect((await ask(tcp, '/api/outbox', { headers: { authorization } })).status).toBe(401);
  });

  test('a wrong token is logged, and itself in no line', async () => {
    const { tcp, lines } = await start({ tokens });
    const reply = await ask(tcp, '/api/outbox?dead=true', { headers: bearer('CANARY5EE-CANARY5EE') });
    expect(reply.headers['www-authenticate']).toBe('Bearer realm="ocpp-edge", error="invalid_token"');
    const fields = { rule: 'token', from: '127.0.0.1', method: 'GET', path: '/api/outbox' };
    expect(lines).toEqual([{ level: 'warn', event: 'operator request refused', fields }]);
    expect(JSON.stringify(lines)).not.toContain('CANARY5EE');
  });

  test('a token reads; to act is 403 that names the scope that is needed', async () => {
    const { tcp } = await start({ tokens });
    expect((await ask(tcp, '/api/outbox', { headers: read })).status).toBe(200);
    const reply = await ask(tcp, '/api/chargers/CP-1/block', post(read));
    expect(reply.status).toBe(403);
    expect(JSON.parse(reply.text)).toEqual({ error: 'the token grafana has the scope read; this needs operate' });
    expect(reply.headers['www-authenticate']).toContain('error="insufficient_scope", scope="operate"');
  });

  test('each scope includes the ones before', async () => {
    const { tcp } = await start({ tokens });
    expect((await ask(tcp, '/api/outbox', { headers: operate })).status).toBe(200);
    expect((await ask(tcp, '/api/chargers/CP-1/block', post(operate))).status).toBe(200);
    expect((await ask(tcp, '/api/outbox/1/drop', post(operate))).status).toBe(403);
    expect((await ask(tcp, '/api/outbox/1/drop', post(admin))).status).toBe(200);
    expect((await ask(tcp, '/api/chargers/CP-1/adopt', post(admin))).status).toBe(200);
  });

  test('who changed what is logged by the name of the token', async () => {
    const { tcp, lines } = await start({ tokens });
    await ask(tcp, '/api/chargers/CP-1/block', post(operate));
    const fields = { method: 'POST', path: '/api/chargers/CP-1/block', status: 200, caller: 'ems', from: '127.0.0.1' };
    expect(lines).toEqual([{ level: 'info', event: 'operator request answered', fields }]);
  });

  test('/api/me says whose token it is', async () => {
    const { tcp, socket } = await start({ tokens });
    const me = async (where: typeof tcp | typeof socket, headers: Readonly<Record<string, string>>) =>
      JSON.parse((await ask(where, '/api/me', { headers })).text);
    expect(await me(tcp, operate)).toEqual({ name: 'ems', scope: 'operate', version: '0.1.0' });
    expect(await me(socket, {})).toEqual({ name: 'owner', scope: 'admin', version: '0.1.0' });
  });

  test('any host name is served: a page whose name was made to resolve here has no token', async () => {
    const { tcp } = await start({ tokens });
    expect((await ask(tcp, '/api/outbox', { headers: { ...read, host: 'gateway.example' } })).status).toBe(200);
  });
});

describe('a page of another site in the browser of the operator', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  test.each([
    ['a form, by Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site', ...form }],
    ['a form of an old browser, by Origin', { origin: 'http://evil.example', ...form }],
    ['a form of another port of this machine', { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' }],
    ['a sandboxed frame', { origin: 'null' }],
  ])('may not post: %s', async (_, headers) => {
    const { tcp, lines } = await start();
    const reply = await ask(tcp, '/api/chargers/CP-1/block', { method: 'POST', headers, body: 'a=b' });
    expect(reply.status).toBe(403);
    expect(lines).toMatchObject([{ level: 'warn', fields: { rule: 'crossSite' } }]);
  });

  test.each([
    ['by Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }],
    ['by Origin', { origin: 'https://evil.example' }],
  ])('may not listen to the stream: %s', async (_, headers) => {
    const { tcp } = await start();
    expect((await ask(tcp, '/api/stream', { headers })).status).toBe(403);
  });

  test('not even with a token', async () => {
    const { tcp } = await start({ tokens });
    const headers = { ...admin, origin: 'http://evil.example' };
    expect((await ask(tcp, '/api/outbox/1/drop', { method: 'POST', headers })).status).toBe(403);
  });

  test('is told nothing of CORS', async () => {
    const { tcp } = await start();
    const headers = { origin: 'http://evil.example', 'access-control-request-method': 'PUT' };
    const reply = await ask(tcp, '/api/sites/yard/signals/pv', { method: 'OPTIONS', headers });
    expect(reply.status).toBe(405);
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('what is no other site', () => {
  test.each([
    ['a tool that says nothing', () => ({})],
    ['the console', (port: number) => ({ origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' })],
    ['the console in an old browser', (port: number) => ({ origin: `http://127.0.0.1:${port}` })],
    ['an address that was typed', () => ({ 'sec-fetch-site': 'none' })],
  ])('may post: %s', async (_, headersAt) => {
    const { tcp } = await start();
    const headers: Readonly<Record<string, string>> = headersAt(tcp.port);
    expect((await ask(tcp, '/api/chargers/CP-1/block', post(headers))).status).toBe(200);
  });
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
  'a body of type %j is 415',
  async (type) => {
    const { tcp } = await start();
    const headers: Readonly<Record<string, string>> = type === '' ? {} : { 'content-type': type };
    expect((await ask(tcp, '/api/chargers/CP-1/block', { method: 'POST', headers, body: '{}' })).status).toBe(415);
  },
);

describe('rates', () => {
  test('an address that asks too often is 429, and is told when to come back', async () => {
    const clock = new VirtualClock();
    const { tcp } = await start({ clock });
    const statuses: number[] = [];
    for (let count = 0; count < 301; count += 1) statuses.push((await ask(tcp, '/healthz')).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(300);
    const reply = await ask(tcp, '/healthz');
    expect(reply).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    await clock.advance(20);
    expect((await ask(tcp, '/healthz')).status).toBe(200);
  });

  test('after five wrong tokens, every token of that address waits, and then the right one is taken', async () => {
    const clock = new VirtualClock();
    const { tcp } = await start({ clock, tokens });
    const status = async (headers: Readonly<Record<string, string>>) => (await ask(tcp, '/api/me', { headers })).status;
    for (let count = 0; count < 5; count += 1) expect(await status(bearer('a-guess-0123456789'))).toBe(401);
    const reply = await ask(tcp, '/api/me', { headers: read });
    expect(reply).toMatchObject({ status: 429, headers: { 'retry-after': '5' } });
    expect(await status({})).toBe(401);
    await clock.advance(5_000);
    expect(await status(read)).toBe(200);
    expect(await status(bearer('a-guess-0123456789'))).toBe(401);
    expect(await status(bearer('a-guess-0123456789'))).toBe(429);
  });

  test('a token counts from the moment at which the config has it, until it has it no more', async () => {
    const [grafana, , boss] = known;
    let present: readonly OperatorToken[] = [grafana];
    const { tcp } = await start({ tokens: () => present });
    const status = async (headers: Readonly<Record<string, string>>) => (await ask(tcp, '/api/me', { headers })).status;
    expect([await status(read), await status(admin)]).toEqual([200, 401]);
    present = [{ ...grafana, token: boss.token }];
    expect([await status(read), await status(admin)]).toEqual([401, 200]);
    expect((await ask(tcp, '/api/me', {})).status).toBe(401);
  });

  test('a token that came from an address before is taken from there, however many guesses come from there too', async () => {
    const { tcp } = await start({ clock: new VirtualClock(), tokens });
    const status = async (headers: Readonly<Record<string, string>>) => (await ask(tcp, '/api/me', { headers })).status;
    expect(await status(read)).toBe(200);
    for (let count = 0; count < 5; count += 1) expect(await status(bearer('a-guess-0123456789'))).toBe(401);
    expect(await status(bearer('a-guess-0123456789'))).toBe(429);
    expect(await status(read)).toBe(200);
    expect(await status(admin)).toBe(429);
  });

  test('the socket is not limited', async () => {
    const clock = new VirtualClock();
    const { socket } = await start({ clock });
    for (let count = 0; count < 310; count += 1) expect((await ask(socket, '/healthz')).status).toBe(200);
  });
});
