import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Edge, startTestEdge } from '../support/edge.ts';

const canary = 'CANARY5EE-0123456789';
const [reading, acting] = [`${canary}-read`, `${canary}-admin`];

let edge: Edge;

beforeAll(async () => {
  edge = await startTestEdge({
    csmsUrl: 'ws://127.0.0.1:9/ocpp',
    config: {
      operator: {
        host: '127.0.0.1',
        port: 0,
        tokens: {
          grafana: { scope: 'read', tokenFrom: 'env:READING' },
          console: { scope: 'admin', tokenFrom: 'file:acting' },
        },
      },
    },
    files: { acting: `${acting}\n` },
    env: { READING: reading },
  });
});
afterAll(() => edge.remove());

type Asked = { method?: string; headers?: Record<string, string>; body?: string };

function ask(path: string, token?: string, { headers = {}, ...asked }: Asked = {}) {
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(`${edge.operatorUrl}${path}`, { ...asked, headers: { ...authorization, ...headers } });
}

/** Rows 68 to 71 of the bad inputs. */
describe('the whole gateway, its API with tokens', () => {
  test('68: what an admin may do, without a token, is 401', async () => {
    const reply = await ask('/api/backup', undefined, { method: 'POST' });
    expect(reply.status).toBe(401);
    expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer /);
  });

  test('69: to act with a token that reads is 403', async () => {
    expect((await ask('/api/outbox', reading)).status).toBe(200);
    const reply = await ask('/api/chargers/CP-1/block', reading, { method: 'POST' });
    expect([reply.status, await reply.json()]).toEqual([
      403,
      { error: 'the token grafana has the scope read; this needs operate' },
    ]);
  });

  test('70: a form that a page of another site posts is 403', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await ask('/api/chargers/CP-1/block', acting, { method: 'POST', headers, body: 'a=b' });
    expect(reply.status).toBe(403);
  });

  test('71: a stream that a page of another site opens is 403', async () => {
    const headers = { origin: 'https://evil.example' };
    expect((await ask('/api/stream?topics=sites', reading, { headers })).status).toBe(403);
  });

  test('the right token is heard, over TCP as the command line is over the socket', async () => {
    expect(await (await ask('/api/me', acting)).json()).toMatchObject({ name: 'console', scope: 'admin' });
    expect(await edge.view('CP-1')).toBeUndefined();
    expect((await ask('/healthz')).status).toBe(200);
  });

  test('no token is in any line of the log', () => {
    expect(edge.logged.map(({ event }) => event)).toContain('operator request refused');
    expect(JSON.stringify(edge.logged)).not.toContain(canary);
  });
});
