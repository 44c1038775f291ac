import { chmodSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { UploadRequest } from '../../src/transfers/ports.ts';
import { createCa } from '../../src/demo/certificates.ts';
import { sha256, someBytes } from '../support/file-door.ts';
import { openOutside, type OutsideStage } from '../support/outside.ts';
import { startNginx } from '../support/programs/nginx.ts';
import { freePort, needs, programPath, startProgram } from '../support/programs/program.ts';
import { startVsftpd } from '../support/programs/vsftpd.ts';

/** Our fetcher and uploader with real servers: vsftpd (session reuse required), nginx, busybox httpd, Python's. */

const bytes = someBytes(3_000_000);
const ca = createCa('servers test CA');
const tls = ca.issue({ commonName: 'server', hosts: ['127.0.0.1', 'files.example'] });

type Place = { readonly url: string; readonly folder: string };

const places = new Map<string, Place>();
const stops: (() => Promise<unknown>)[] = [];
let plainFolder: string;
let stage: OutsideStage;

async function start(program: string, open: () => Promise<void>): Promise<void> {
  if (programPath(program) !== undefined) await open();
}

beforeAll(async () => {
  plainFolder = mkdtempSync(join(tmpdir(), 'servers-'));
  await start('vsftpd', async () => {
    const plain = await startVsftpd();
    const secure = await startVsftpd({ tls });
    places.set('ftp', { url: `ftp://127.0.0.1:${plain.port}/pub`, folder: plain.folder });
    places.set('ftps', { url: `ftps://files.example:${secure.port}/pub`, folder: secure.folder });
    stops.push(
      () => plain.stop(),
      () => secure.stop(),
    );
  });
  await start('nginx', async () => {
    const nginx = await startNginx(tls);
    places.set('http', { url: `http://127.0.0.1:${nginx.port}`, folder: nginx.folder });
    places.set('https', { url: `https://files.example:${nginx.tlsPort}`, folder: nginx.folder });
    stops.push(() => nginx.stop());
  });
  await start('busybox', async () => {
    const port = await freePort();
    const httpd = ['httpd', '-f', '-p', `127.0.0.1:${port}`, '-h', plainFolder];
    const program = await startProgram('busybox', httpd, '127.0.0.1', port);
    places.set('busybox', { url: `http://127.0.0.1:${port}`, folder: plainFolder });
    stops.push(() => program.stop());
  });
  await start('python3', async () => {
    const port = await freePort();
    const http = ['-m', 'http.server', '--bind', '127.0.0.1', '--directory', plainFolder, String(port)];
    const program = await startProgram('python3', http, '127.0.0.1', port);
    places.set('python', { url: `http://127.0.0.1:${port}`, folder: plainFolder });
    stops.push(() => program.stop());
  });
  for (const { folder } of places.values()) put(folder, 'image.bin', bytes);
  stage = await openOutside({ ca: ca.cert });
});

afterAll(async () => {
  stage.end();
  await Promise.all(stops.map((stop) => stop()));
  rmSync(plainFolder, { recursive: true, force: true });
});

afterEach(() => {
  stage.lines.length = 0;
});

/** A file that is old enough for its date to be a validator. */
function put(folder: string, name: string, content: Buffer): void {
  writeFileSync(join(folder, name), content);
  utimesSync(join(folder, name), 1_577_880_000, 1_577_880_000);
}

const programs = {
  ftp: 'vsftpd',
  ftps: 'vsftpd',
  http: 'nginx',
  https: 'nginx',
  busybox: 'busybox',
  python: 'python3',
} as const;
const all = ['ftp', 'ftps', 'http', 'https', 'busybox', 'python'] as const;

function placeAt(kind: (typeof all)[number]): Place {
  const place = places.get(kind);
  if (place === undefined) throw new Error(`no server for ${kind}`);
  return place;
}

describe('our fetcher', () => {
  test.for(all)('brings a file by %s, and then asks only whether it is still the one', async (kind, { skip }) => {
    needs(skip, programs[kind]);
    const { url } = placeAt(kind);
    const first = await stage.fetch(`${url}/image.bin`);
    expect(first.file).toEqual({ sha256: sha256(bytes), bytes: bytes.length });
    expect((await stage.fetch(`${url}/image.bin`)).from).toBe('spool');
  });

  test.for(all)('hears by %s that there is no such file', async (kind, { skip }) => {
    needs(skip, programs[kind]);
    await expect(stage.fetch(`${placeAt(kind).url}/none.bin`)).rejects.toMatchObject({ code: 'NotFound' });
  });

  test.for(all)('refuses by %s what is empty or too large', async (kind, { skip }) => {
    needs(skip, programs[kind]);
    const { url, folder } = placeAt(kind);
    put(folder, 'empty.bin', Buffer.alloc(0));
    await expect(stage.fetch(`${url}/empty.bin`)).rejects.toMatchObject({ code: 'TooSmall' });
    await expect(stage.fetch(`${url}/image.bin`, { maxBytes: 2_999_999 })).rejects.toMatchObject({ code: 'TooLarge' });
  });

  test('does not trust the certificate of a stranger', async ({ skip }) => {
    needs(skip, 'vsftpd', 'nginx');
    const strict = await openOutside();
    try {
      for (const kind of ['ftps', 'https'] as const) {
        await expect(strict.fetch(`${placeAt(kind).url}/image.bin`)).rejects.toMatchObject({ code: 'TlsFailed' });
        const other = placeAt(kind).url.replace('files.example', 'other.example');
        await expect(stage.fetch(`${other}/image.bin`)).rejects.toMatchObject({ code: 'TlsFailed' });
      }
    } finally {
      strict.end();
    }
  });
});

describe('our uploader', () => {
  const request = (location: string, wish: Partial<UploadRequest> = {}): UploadRequest => ({
    sha256: sha256(bytes),
    name: 'diag 1.zip',
    location,
    persistence: { retries: 0, retryIntervalMs: 0 },
    httpMethod: 'put',
    ...wish,
  });

  async function spooled(): Promise<void> {
    const draft = await stage.spool.draft(1e9);
    await draft.write(bytes);
    await draft.commit('test');
  }

  test.for(['ftp', 'ftps', 'http', 'https'] as const)('brings a file by %s', async (kind, { skip }) => {
    needs(skip, programs[kind]);
    await spooled();
    const { url, folder } = placeAt(kind);
    await stage.uploader.upload(request(`${url}/`), (line) => stage.lines.push(line));
    expect(readFileSync(join(folder, 'diag 1.zip')).equals(bytes)).toBe(true);
  });

  test('writes over what lies there under the same name, larger or not', async ({ skip }) => {
    needs(skip, 'vsftpd');
    await spooled();
    const { url, folder } = placeAt('ftp');
    for (const size of [10, bytes.length, bytes.length * 2]) {
      const older = join(folder, 'diag 1.zip');
      rmSync(older, { force: true });
      writeFileSync(older, someBytes(size));
      chmodSync(older, 0o666);
      await stage.uploader.upload(request(url), (line) => stage.lines.push(line));
      expect(readFileSync(join(folder, 'diag 1.zip')).equals(bytes)).toBe(true);
    }
  });

  test('hears that it may not', async ({ skip }) => {
    needs(skip, 'vsftpd', 'nginx');
    await spooled();
    const upward = placeAt('ftp').url.replace('/pub', '/');
    await expect(stage.uploader.upload(request(upward), () => undefined)).rejects.toMatchObject({ permanent: true });
    const post = request(`${placeAt('http').url}/image.bin`, { httpMethod: 'post' });
    await expect(stage.uploader.upload(post, () => undefined)).rejects.toMatchObject({ code: 'Refused' });
  });
});
