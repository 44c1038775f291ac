import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { ChargerScheme } from '../../src/transfers/ports.ts';
import { createCa } from '../../src/demo/certificates.ts';
import { cuttingProxy, type Cut, type CuttingProxy } from './programs/cutting-proxy.ts';
import { type DoorStage, openStage, sha256, someBytes } from './file-door.ts';
import { openOutside } from './outside.ts';
import { startNginx } from './programs/nginx.ts';
import { startVsftpd } from './programs/vsftpd.ts';
import { freePort } from './programs/program.ts';
import { RawFtp } from './raw-ftp.ts';

/**
 * Transfers that are cut at random places and go on, until they are whole: chargers at our door, and ourselves with
 * vsftpd and nginx.
 */
export type CutKind = {
  readonly name: string;
  readonly programs: readonly string[];
  /** Makes one transfer with so many cuts. */
  run(cuts: number): Promise<CutResult>;
};

export type CutResult = {
  readonly cuts: number;
  readonly wrong: boolean;
  /** Bytes that went over the wire and then had to go once more. */
  readonly sentAgain: number;
};

const fileBytes = 8_000_000;
const persistence = { retries: 10_000, retryIntervalMs: 0 };

const some = (most: number): number => Math.floor(Math.random() * most);

// ---------------------------------------------------------------------------------------------- at our door

type AtDoor = {
  readonly stage: DoorStage;
  /** Before the one passive port of the door. */
  readonly proxy: CuttingProxy;
  login(url: string): Promise<RawFtp>;
  stop(): Promise<void>;
};

/** A door on an address of its own, reached through proxies at 127.0.0.1. */
async function openDoor(scheme: ChargerScheme, cuts: number, direction: Cut['direction']): Promise<AtDoor> {
  const port = await freePort();
  const passivePorts = { first: port, last: port };
  const stage = await openStage({ ftp: { host: '127.0.0.2', passivePorts, maxSessionsPerAddress: 64 } });
  const control = await cuttingProxy({ host: '127.0.0.2', port: stage.door.ftpPort }, () => undefined);
  const proxy = await cuttingProxy({ host: '127.0.0.2', port }, cutter(cuts, direction), { host: '127.0.0.1', port });
  return {
    stage,
    proxy,
    login: async (url) => {
      const { username, password } = new URL(url.replace('ftps:', 'ftp:'));
      const ftp = await RawFtp.connect(control.port);
      await ftp.reply();
      if (scheme === 'ftps') await ftp.secure({ ca: stage.ca, servername: 'localhost' });
      await ftp.ask(`USER ${username}`);
      await ftp.ask(`PASS ${password}`);
      return ftp;
    },
    stop: async () => {
      await Promise.all([control.close(), proxy.close()]);
      await stage.end();
    },
  };
}

/** A charger that now and then loses the data connection only, and now and then everything. */
async function again(at: AtDoor, ftp: RawFtp, url: string): Promise<RawFtp> {
  if (some(3) > 0) return ftp;
  ftp.end();
  return at.login(url);
}

async function retrieveWithCuts(scheme: ChargerScheme, cuts: number): Promise<CutResult> {
  const at = await openDoor(scheme, cuts, 'down');
  try {
    const bytes = someBytes(fileBytes);
    const { url } = await at.stage.offer(bytes, { scheme });
    const have: Buffer[] = [];
    let size = 0;
    let ftp = await at.login(url);
    while (size < fileBytes) {
      const data = await ftp.passive();
      await ftp.ask(`REST ${size}`);
      await ftp.ask('RETR image.bin');
      const part = await whatComes(data);
      have.push(part);
      size += part.length;
      await ftp.reply();
      ftp = await again(at, ftp, url);
    }
    ftp.end();
    const wrong = !Buffer.concat(have).equals(bytes);
    return { cuts: at.proxy.cuts(), wrong, sentAgain: at.proxy.down() - fileBytes };
  } finally {
    await at.stop();
  }
}

async function whatComes(data: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of data) chunks.push(Buffer.from(chunk));
  } catch {
    // That is the cut.
  }
  return Buffer.concat(chunks);
}

async function storeWithCuts(scheme: ChargerScheme, by: 'APPE' | 'REST', cuts: number): Promise<CutResult> {
  const at = await openDoor(scheme, cuts, 'up');
  try {
    const bytes = someBytes(fileBytes);
    const { url } = await at.stage.accept({ scheme });
    let ftp = await at.login(url);
    for (let size = 0, code = 0; size < fileBytes || code !== 226; ) {
      if (size > 0 && by === 'REST') await ftp.ask(`REST ${size}`);
      const command = size > 0 && by === 'APPE' ? 'APPE diag.zip' : 'STOR diag.zip';
      ({ code } = await ftp.store(command, bytes.subarray(size)));
      ftp = await again(at, ftp, url);
      size = await sizeOf(ftp);
    }
    ftp.end();
    const collected = await at.stage.door.collect('job-1');
    const wrong = collected?.file.sha256 !== sha256(bytes);
    return { cuts: at.proxy.cuts(), wrong, sentAgain: at.proxy.up() - fileBytes };
  } finally {
    await at.stop();
  }
}

async function sizeOf(ftp: RawFtp): Promise<number> {
  const { code, text } = await ftp.ask('SIZE diag.zip');
  return code === 213 ? Number(text.slice(4)) : 0;
}

/** Our own fetcher as the charger, through a proxy that cuts. */
async function getWithCuts(cuts: number): Promise<CutResult> {
  const stage = await openStage({ http: { maxConnectionsPerAddress: 1_000 } });
  const outside = await openOutside();
  const bytes = someBytes(fileBytes);
  const { url } = await stage.offer(bytes, { scheme: 'http' });
  const proxy = await cuttingProxy({ host: '127.0.0.1', port: stage.door.httpPort }, cutter(cuts, 'down'));
  try {
    const location = url.replace(String(stage.door.httpPort), String(proxy.port));
    const { file } = await outside.fetch(location, { persistence });
    return { cuts: proxy.cuts(), wrong: file.sha256 !== sha256(bytes), sentAgain: proxy.down() - fileBytes };
  } finally {
    await proxy.close();
    outside.end();
    await stage.end();
  }
}

// ---------------------------------------------------------------------------------------------- ourselves

/** Random cuts, each within half of what may be left. */
function cutter(cuts: number, direction: Cut['direction']): () => Cut | undefined {
  let left = cuts;
  const longest = Math.max(fileBytes / cuts, 2);
  return () => {
    if (left === 0) return undefined;
    left -= 1;
    return { after: 1 + some(longest), direction, how: some(2) === 0 ? 'reset' : 'end' };
  };
}

type Far = {
  readonly url: string;
  readonly ca: string;
  readonly folder: string;
  readonly proxy: CuttingProxy;
  stop(): Promise<void>;
};

/**
 * vsftpd on an address of its own, with one passive port, and a proxy before that port: vsftpd is reached at 127.0.0.1,
 * whose passive port is the proxy's.
 */
async function farFtp(scheme: 'ftp' | 'ftps', cuts: number, direction: Cut['direction']): Promise<Far> {
  const ca = createCa('far CA');
  const tls = ca.issue({ commonName: 'far', hosts: ['127.0.0.1'] });
  const server = await startVsftpd({ host: '127.0.0.2', onePassivePort: true, ...(scheme === 'ftps' ? { tls } : {}) });
  const control = await cuttingProxy({ host: '127.0.0.2', port: server.port }, () => undefined);
  const data = { host: '127.0.0.2', port: server.passivePort };
  const proxy = await cuttingProxy(data, cutter(cuts, direction), { host: '127.0.0.1', port: server.passivePort });
  return {
    url: `${scheme}://127.0.0.1:${control.port}/pub`,
    ca: ca.cert,
    folder: server.folder,
    proxy,
    stop: async () => {
      await Promise.all([control.close(), proxy.close()]);
      await server.stop();
    },
  };
}

async function farHttp(scheme: 'http' | 'https', cuts: number): Promise<Far> {
  const ca = createCa('far CA');
  const nginx = await startNginx(ca.issue({ commonName: 'far', hosts: ['127.0.0.1'] }));
  const port = scheme === 'https' ? nginx.tlsPort : nginx.port;
  const proxy = await cuttingProxy({ host: '127.0.0.1', port }, cutter(cuts, 'down'));
  return {
    url: `${scheme}://127.0.0.1:${proxy.port}`,
    ca: ca.cert,
    folder: nginx.folder,
    proxy,
    stop: async () => {
      await proxy.close();
      await nginx.stop();
    },
  };
}

async function fetchWithCuts(far: Far): Promise<CutResult> {
  const outside = await openOutside({ ca: far.ca });
  const bytes = someBytes(fileBytes);
  writeFileSync(join(far.folder, 'image.bin'), bytes);
  utimesSync(join(far.folder, 'image.bin'), 1_577_880_000, 1_577_880_000);
  try {
    const { file } = await outside.fetch(`${far.url}/image.bin`, { persistence });
    const wrong = file.sha256 !== sha256(bytes);
    return { cuts: far.proxy.cuts(), wrong, sentAgain: far.proxy.down() - fileBytes };
  } finally {
    outside.end();
    await far.stop();
  }
}

async function uploadWithCuts(far: Far): Promise<CutResult> {
  const outside = await openOutside({ ca: far.ca });
  const bytes = someBytes(fileBytes);
  const draft = await outside.spool.draft(1e9);
  await draft.write(bytes);
  const { sha256: hash } = await draft.commit('test');
  try {
    const request = { sha256: hash, name: 'diag.zip', location: far.url, persistence, httpMethod: 'put' as const };
    await outside.uploader.upload(request, () => undefined);
    const wrong = !readFileSync(join(far.folder, 'diag.zip')).equals(bytes);
    return { cuts: far.proxy.cuts(), wrong, sentAgain: far.proxy.up() - fileBytes };
  } finally {
    outside.end();
    await far.stop();
  }
}

export const cutKinds: readonly CutKind[] = [
  { name: 'door: RETR', programs: [], run: (cuts) => retrieveWithCuts('ftp', cuts) },
  { name: 'door: RETR, TLS', programs: [], run: (cuts) => retrieveWithCuts('ftps', cuts) },
  { name: 'door: APPE', programs: [], run: (cuts) => storeWithCuts('ftp', 'APPE', cuts) },
  { name: 'door: APPE, TLS', programs: [], run: (cuts) => storeWithCuts('ftps', 'APPE', cuts) },
  { name: 'door: REST and STOR', programs: [], run: (cuts) => storeWithCuts('ftp', 'REST', cuts) },
  { name: 'door: REST and STOR, TLS', programs: [], run: (cuts) => storeWithCuts('ftps', 'REST', cuts) },
  { name: 'door: GET Range', programs: [], run: getWithCuts },
  { name: 'vsftpd: RETR', programs: ['vsftpd'], run: async (cuts) => fetchWithCuts(await farFtp('ftp', cuts, 'down')) },
  {
    name: 'vsftpd: RETR, TLS',
    programs: ['vsftpd'],
    run: async (cuts) => fetchWithCuts(await farFtp('ftps', cuts, 'down')),
  },
  { name: 'vsftpd: APPE', programs: ['vsftpd'], run: async (cuts) => uploadWithCuts(await farFtp('ftp', cuts, 'up')) },
  {
    name: 'vsftpd: APPE, TLS',
    programs: ['vsftpd'],
    run: async (cuts) => uploadWithCuts(await farFtp('ftps', cuts, 'up')),
  },
  { name: 'nginx: GET Range', programs: ['nginx'], run: async (cuts) => fetchWithCuts(await farHttp('http', cuts)) },
  {
    name: 'nginx: GET Range, TLS',
    programs: ['nginx'],
    run: async (cuts) => fetchWithCuts(await farHttp('https', cuts)),
  },
];
