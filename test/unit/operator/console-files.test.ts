import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConsoleFiles } from '../../../src/operator/console-files.ts';
import { ask, openStage } from './operator-stage.ts';

const script = 'console.log("the console");\n'.repeat(50);
const scriptPath = '/assets/index-B3x_9aQz.js';

let folder: string;
let stage: Awaited<ReturnType<typeof openStage>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'console-'));
  const built = join(folder, 'console');
  await mkdir(join(built, 'assets'), { recursive: true });
  await Promise.all([
    writeFile(join(folder, 'secret.json'), '{"no":"one"}'),
    writeFile(join(built, 'index.html'), '<!doctype html><title>console</title>'),
    writeFile(join(built, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>'),
    writeFile(join(built, scriptPath), script),
    writeFile(join(built, `${scriptPath}.br`), brotliCompressSync(script)),
    writeFile(join(built, `${scriptPath}.gz`), gzipSync(script)),
  ]);
  stage = await openStage({ console: await readConsoleFiles(built), host: '0.0.0.0' });
});
afterAll(async () => {
  await stage.close();
  await rm(folder, { recursive: true });
});

describe('the files of the console', () => {
  test('its page is open to everyone, is asked for anew each time, and may do nothing but fetch from here', async () => {
    const reply = await ask(stage.tcp, '/');
    expect(reply).toMatchObject({ status: 200, text: '<!doctype html><title>console</title>' });
    expect(reply.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    const policy = reply.headers['content-security-policy'];
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect((await ask(stage.tcp, '/index.html')).text).toBe(reply.text);
  });

  test('a file with a hash in its name is kept for a year, others are not', async () => {
    const { headers } = await ask(stage.tcp, scriptPath);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await ask(stage.tcp, '/icon.svg')).headers['cache-control']).toBe('no-cache');
  });

  test.each([
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['gzip;q=1, br;q=0', 'gzip'],
    ['br;q=0.5', 'br'],
    ['identity', undefined],
    ['', undefined],
  ])('accept-encoding %j gets %s', async (accepted, coding) => {
    const { headers } = await ask(stage.tcp, scriptPath, { headers: { 'accept-encoding': accepted } });
    expect(headers['content-encoding']).toBe(coding);
    expect(headers).toMatchObject({ vary: 'accept-encoding', 'content-type': 'text/javascript; charset=utf-8' });
    const length = { br: brotliCompressSync(script).length, gzip: gzipSync(script).length, none: script.length };
    expect(Number(headers['content-length'])).toBe(length[coding === 'br' || coding === 'gzip' ? coding : 'none']);
  });

  test('what the browser has is not sent again; each coding has a tag of its own', async () => {
    const plain = (await ask(stage.tcp, scriptPath)).headers.etag ?? '';
    const packed = { 'accept-encoding': 'br' };
    const small = (await ask(stage.tcp, scriptPath, { headers: packed })).headers.etag ?? '';
    expect(plain).toMatch(/^"[\w-]{20,}"$/);
    expect(small).not.toBe(plain);
    const asked = { headers: { ...packed, 'if-none-match': `"other", W/${small}` } };
    expect(await ask(stage.tcp, scriptPath, asked)).toMatchObject({ status: 304, text: '', headers: { etag: small } });
    const other = { headers: { ...packed, 'if-none-match': plain } };
    expect((await ask(stage.tcp, scriptPath, other)).status).toBe(200);
  });

  test('HEAD is GET without the bytes', async () => {
    const reply = await ask(stage.tcp, scriptPath, { method: 'HEAD' });
    expect(reply).toMatchObject({ status: 200, text: '', headers: { 'content-length': String(script.length) } });
  });

  test.each([
    '/../secret.json',
    '/assets/../../secret.json',
    '/%2e%2e/secret.json',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.json',
    '/assets/..\\..\\secret.json',
    '//secret.json',
    '/assets/',
    '/assets',
    `${scriptPath}.br`,
    '/constructor',
    '/__proto__',
  ])('%s is not among them', async (path) => {
    expect((await ask(stage.tcp, path)).status).toBe(404);
  });

  test('they are read only', async () => {
    expect((await ask(stage.tcp, '/', { method: 'POST' })).status).toBe(404);
  });
});

test('without them, the page says how to build them', async () => {
  expect(await readConsoleFiles(join(folder, 'nowhere'))).toBeUndefined();
  const bare = await openStage();
  try {
    const reply = await ask(bare.tcp, '/');
    expect(reply).toMatchObject({ status: 404, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(reply.text).toContain('npm run build');
    expect(reply.headers['content-security-policy']).toContain("default-src 'self'");
  } finally {
    await bare.close();
  }
});
