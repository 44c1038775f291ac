import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'basic-ftp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChargerScheme } from '../../src/transfers/ports.ts';
import { type DoorStage, openStage, sha256, someBytes } from '../support/file-door.ts';
import { needs, type Outcome, run } from '../support/programs/program.ts';

/** Real FTP clients at our door: each of them fetches an image, goes on with one, brings a file, and goes on with that. */

const bytes = someBytes(3_000_000);
const whole = { name: 'diag.zip', file: { sha256: sha256(bytes), bytes: bytes.length } };
const ftplib = fileURLToPath(new URL('../support/programs/python-client.py', import.meta.url));

let stage: DoorStage;
let folder: string;
let source: string;

beforeAll(async () => {
  stage = await openStage({ ftp: { maxSessionsPerAddress: 30, maxSessions: 30 }, requireSessionReuse: true });
  folder = mkdtempSync(join(tmpdir(), 'ftp-clients-'));
  source = join(folder, 'diag.zip');
  writeFileSync(source, bytes);
  writeFileSync(join(folder, 'ca.pem'), stage.ca);
});

afterAll(async () => {
  await stage.end();
  rmSync(folder, { recursive: true, force: true });
});

/** What a client needs to know of a ticket. */
type At = {
  readonly url: string;
  readonly host: string;
  readonly port: string;
  readonly user: string;
  readonly password: string;
  readonly token: string;
  readonly ca: string;
};

type Act = (at: At, file: string) => Promise<Outcome | void>;

type FtpClient = {
  readonly name: string;
  readonly programs: readonly string[];
  readonly scheme: ChargerScheme;
  /** Fetches the image to a file. */
  readonly get?: Act;
  /** Goes on with a file that has the beginning of it. */
  readonly resume?: Act;
  /** Brings a file as diag.zip. */
  readonly put?: Act;
  /** Goes on where the door's file ends. */
  readonly goOn?: Act;
};

const python = (
  mode: string,
  action: string,
  { host, port, user, password, token }: At,
  name: string,
  file: string,
  ...ca: string[]
) => run('python3', [ftplib, mode, action, host, port, user, password, `${token}/${name}`, file, ...ca]);
const lftp = ({ user, password, host, port, ca }: At, commands: string, tls: boolean) =>
  run('lftp', [
    '-c',
    `set ftp:ssl-allow ${tls}; set ftp:ssl-force ${tls}; set ftp:ssl-protect-data ${tls}; set ssl:ca-file ${ca}; set net:max-retries 2; open -u ${user},${password} ftp://${host}:${port}; ${commands}`,
  ]);
const curlTls = (at: At) => ['-sS', '--ssl-reqd', '--cacert', at.ca];
const plainUrl = (at: At, name = '') => `${at.url.replace('ftps:', 'ftp:')}${name}`;

async function withBasicFtp(at: At, secure: boolean, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client(10_000);
  const secureOptions = { ca: readFileSync(at.ca, 'utf8') };
  try {
    await client.access({
      host: at.host,
      port: Number(at.port),
      user: at.user,
      password: at.password,
      secure,
      secureOptions,
    });
    await work(client);
  } finally {
    client.close();
  }
}

function basicFtp(scheme: 'ftp' | 'ftps'): FtpClient {
  const secure = scheme === 'ftps';
  return {
    name: `basic-ftp (${scheme})`,
    programs: [],
    scheme,
    get: (at, file) => withBasicFtp(at, secure, (client) => client.downloadTo(file, `${at.token}/image.bin`)),
    resume: (at, file) =>
      withBasicFtp(at, secure, (client) => client.downloadTo(file, `${at.token}/image.bin`, readFileSync(file).length)),
    put: (at, file) => withBasicFtp(at, secure, (client) => client.uploadFrom(file, `${at.token}/diag.zip`)),
    goOn: (at, file) =>
      withBasicFtp(at, secure, async (client) =>
        client.appendFrom(file, `${at.token}/diag.zip`, { localStart: await client.size(`${at.token}/diag.zip`) }),
      ),
  };
}

const clients: readonly FtpClient[] = [
  {
    name: 'busybox',
    programs: ['busybox'],
    scheme: 'ftp',
    get: ({ host, port, user, password, token }, file) =>
      run('busybox', ['ftpget', '-u', user, '-p', password, '-P', port, host, file, `${token}/image.bin`]),
    resume: ({ host, port, user, password, token }, file) =>
      run('busybox', ['ftpget', '-c', '-u', user, '-p', password, '-P', port, host, file, `${token}/image.bin`]),
    put: ({ host, port, user, password, token }, file) =>
      run('busybox', ['ftpput', '-u', user, '-p', password, '-P', port, host, `${token}/diag.zip`, file]),
  },
  {
    name: 'busybox wget',
    programs: ['busybox'],
    scheme: 'ftp',
    get: (at, file) => run('busybox', ['wget', '-q', '-O', file, at.url]),
    resume: (at, file) => run('busybox', ['wget', '-q', '-c', '-O', file, at.url]),
  },
  {
    name: 'curl, passive',
    programs: ['curl'],
    scheme: 'ftp',
    get: (at, file) => run('curl', ['-sS', '-o', file, at.url]),
    resume: (at, file) => run('curl', ['-sS', '-C', '-', '-o', file, at.url]),
    put: (at, file) => run('curl', ['-sS', '-T', file, at.url]),
    goOn: (at, file) => run('curl', ['-sS', '-C', '-', '-T', file, at.url]),
  },
  {
    name: 'curl, PASV without CWD',
    programs: ['curl'],
    scheme: 'ftp',
    get: (at, file) => run('curl', ['-sS', '--disable-epsv', '--ftp-method', 'nocwd', '-o', file, at.url]),
    put: (at, file) => run('curl', ['-sS', '--disable-epsv', '--ftp-method', 'nocwd', '-T', file, at.url]),
    goOn: (at, file) => run('curl', ['-sS', '--disable-epsv', '--ftp-method', 'nocwd', '-C', '-', '-T', file, at.url]),
  },
  {
    name: 'curl, active by EPRT',
    programs: ['curl'],
    scheme: 'ftp',
    get: (at, file) => run('curl', ['-sS', '-P', '-', '-o', file, at.url]),
    resume: (at, file) => run('curl', ['-sS', '-P', '-', '-C', '-', '-o', file, at.url]),
    put: (at, file) => run('curl', ['-sS', '-P', '-', '-T', file, at.url]),
  },
  {
    name: 'curl, active by PORT',
    programs: ['curl'],
    scheme: 'ftp',
    get: (at, file) => run('curl', ['-sS', '-P', '-', '--disable-eprt', '-o', file, at.url]),
    put: (at, file) => run('curl', ['-sS', '-P', '-', '--disable-eprt', '-T', file, at.url]),
  },
  {
    name: 'curl that takes TLS where it is offered',
    programs: ['curl'],
    scheme: 'ftp',
    get: (at, file) => run('curl', ['-sS', '--ssl', '-o', file, at.url]),
    put: (at, file) => run('curl', ['-sS', '--ssl', '-T', file, at.url]),
  },
  {
    name: 'wget, passive',
    programs: ['wget'],
    scheme: 'ftp',
    get: (at, file) => run('wget', ['-q', '-O', file, at.url]),
    // With -O, wget appends; -c goes by the name of the file.
    resume: (at, file) => run('wget', ['-q', '-c', '-O', file, at.url]),
  },
  {
    name: 'wget, active',
    programs: ['wget'],
    scheme: 'ftp',
    get: (at, file) => run('wget', ['-q', '--no-passive-ftp', '-O', file, at.url]),
  },
  {
    name: 'lftp',
    programs: ['lftp'],
    scheme: 'ftp',
    get: (at, file) => lftp(at, `get ${at.token}/image.bin -o ${file}`, false),
    resume: (at, file) => lftp(at, `get -c ${at.token}/image.bin -o ${file}`, false),
    put: (at, file) => lftp(at, `put ${file} -o ${at.token}/diag.zip`, false),
    goOn: (at, file) => lftp(at, `put -c ${file} -o ${at.token}/diag.zip`, false),
  },
  {
    name: 'Python ftplib, passive',
    programs: ['python3'],
    scheme: 'ftp',
    get: (at, file) => python('passive', 'get', at, 'image.bin', file),
    resume: (at, file) => python('passive', 'resume', at, 'image.bin', file),
    put: (at, file) => python('passive', 'put', at, 'diag.zip', file),
    goOn: (at, file) => python('passive', 'continue', at, 'diag.zip', file),
  },
  {
    name: 'Python ftplib, active',
    programs: ['python3'],
    scheme: 'ftp',
    get: (at, file) => python('active', 'get', at, 'image.bin', file),
    resume: (at, file) => python('active', 'resume', at, 'image.bin', file),
    put: (at, file) => python('active', 'put', at, 'diag.zip', file),
    goOn: (at, file) => python('active', 'append', at, 'diag.zip', file),
  },
  basicFtp('ftp'),
  {
    name: 'curl (ftps)',
    programs: ['curl'],
    scheme: 'ftps',
    get: (at, file) => run('curl', [...curlTls(at), '-o', file, plainUrl(at)]),
    resume: (at, file) => run('curl', [...curlTls(at), '-C', '-', '-o', file, plainUrl(at)]),
    put: (at, file) => run('curl', [...curlTls(at), '-T', file, plainUrl(at)]),
    goOn: (at, file) => run('curl', [...curlTls(at), '-C', '-', '-T', file, plainUrl(at)]),
  },
  {
    name: 'lftp (ftps)',
    programs: ['lftp'],
    scheme: 'ftps',
    get: (at, file) => lftp(at, `get ${at.token}/image.bin -o ${file}`, true),
    resume: (at, file) => lftp(at, `get -c ${at.token}/image.bin -o ${file}`, true),
    put: (at, file) => lftp(at, `put ${file} -o ${at.token}/diag.zip`, true),
    goOn: (at, file) => lftp(at, `put -c ${file} -o ${at.token}/diag.zip`, true),
  },
  {
    name: 'Python ftplib (ftps)',
    programs: ['python3'],
    scheme: 'ftps',
    get: (at, file) => python('passive', 'get', at, 'image.bin', file, at.ca),
    resume: (at, file) => python('passive', 'resume', at, 'image.bin', file, at.ca),
    put: (at, file) => python('passive', 'put', at, 'diag.zip', file, at.ca),
    goOn: (at, file) => python('passive', 'continue', at, 'diag.zip', file, at.ca),
  },
  {
    // Not curl: the one of Debian 12 begins no TLS on active data connections, with vsftpd neither.
    name: 'Python ftplib, active (ftps)',
    programs: ['python3'],
    scheme: 'ftps',
    get: (at, file) => python('active', 'get', at, 'image.bin', file, at.ca),
    put: (at, file) => python('active', 'put', at, 'diag.zip', file, at.ca),
    goOn: (at, file) => python('active', 'append', at, 'diag.zip', file, at.ca),
  },
  basicFtp('ftps'),
];

let jobs = 0;

function atOf(url: string, token: string): At {
  const { hostname, port, username, password } = new URL(url.replace('ftps:', 'ftp:'));
  return { url, host: hostname, port, user: username, password, token, ca: join(folder, 'ca.pem') };
}

async function offered(scheme: ChargerScheme): Promise<{ at: At; file: string }> {
  const { job, place } = nextJob();
  const { url, credentials } = await stage.offer(bytes, { job, scheme });
  return { at: atOf(url, credentials.token), file: join(place, 'image.bin') };
}

async function awaited(scheme: ChargerScheme): Promise<{ at: At; job: string; file: string }> {
  const { job, place } = nextJob();
  const { url, credentials } = await stage.accept({ job, scheme, name: 'diag.zip' });
  const file = join(place, 'diag.zip');
  copyFileSync(source, file);
  return { at: atOf(url, credentials.token), job, file };
}

function nextJob(): { readonly job: string; readonly place: string } {
  jobs += 1;
  const place = join(folder, `${jobs}`);
  mkdirSync(place);
  return { job: `job-${jobs}`, place };
}

function expectDone(outcome: Outcome | void): void {
  const { exitCode, stderr } = outcome ?? { exitCode: 0, stderr: '' };
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
}

describe.each(clients)('$name', ({ programs, scheme, get, resume, put, goOn }) => {
  if (get !== undefined) {
    test('fetches an image', async ({ skip }) => {
      needs(skip, ...programs);
      const { at, file } = await offered(scheme);
      expectDone(await get(at, file));
      expect(sha256(readFileSync(file))).toBe(sha256(bytes));
    });
  }

  if (resume !== undefined) {
    test('goes on with an image', async ({ skip }) => {
      needs(skip, ...programs);
      const { at, file } = await offered(scheme);
      copyFileSync(source, file);
      truncateSync(file, 1_234_567);
      expectDone(await resume(at, file));
      expect(sha256(readFileSync(file))).toBe(sha256(bytes));
      expect(stage.told.at(-1)).toEqual({ kind: 'sent', from: 1_234_567, to: bytes.length, whole: false });
    });
  }

  if (put !== undefined) {
    test('brings a file', async ({ skip }) => {
      needs(skip, ...programs);
      const { at, job, file } = await awaited(scheme);
      expectDone(await put(at, file));
      expect(await stage.door.collect(job)).toEqual(whole);
    });
  }

  if (goOn !== undefined) {
    test('goes on with a file that was cut', async ({ skip }) => {
      needs(skip, 'python3', ...programs);
      const { at, job, file } = await awaited(scheme);
      const ca = scheme === 'ftps' ? [at.ca] : [];
      expectDone(await python('passive', 'cut', at, 'diag.zip', file, ...ca));
      expectDone(await goOn(at, file));
      expect(await stage.door.collect(job)).toEqual(whole);
    });
  }
});

describe('at the same time', () => {
  test.for(['ftp', 'ftps'] as const)('20 by %s, half of them fetch', async (scheme, { skip }) => {
    needs(skip, 'curl');
    const tls = (at: At) => (scheme === 'ftps' ? curlTls(at) : ['-sS']);
    const all = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        if (index % 2 === 0) {
          const { at, file } = await offered(scheme);
          expectDone(await run('curl', [...tls(at), '-o', file, plainUrl(at)]));
          return sha256(readFileSync(file));
        }
        const { at, job, file } = await awaited(scheme);
        expectDone(await run('curl', [...tls(at), '-T', file, plainUrl(at)]));
        return (await stage.door.collect(job))?.file.sha256;
      }),
    );
    expect(all).toEqual(Array.from({ length: 20 }, () => sha256(bytes)));
  });

  test('a listing is what Python reads', async ({ skip }) => {
    needs(skip, 'python3');
    const { at } = await offered('ftp');
    const { stdout, exitCode } = await run('python3', [
      ftplib,
      'passive',
      'list',
      at.host,
      at.port,
      at.user,
      at.password,
      at.token,
      '-',
    ]);
    expect({ exitCode, lines: stdout.trim().split('\n').slice(0, 2) }).toEqual({
      exitCode: 0,
      lines: ['image.bin', 'image.bin'],
    });
  });
});
