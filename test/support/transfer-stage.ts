import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { Client } from 'basic-ftp';
import { systemClock } from '../../src/gateway/clock.ts';
import type { Payload } from '../../src/gateway/ports.ts';
import { fileDoorDefaults } from '../../src/transfers/door/defaults.ts';
import { type OpenFileDoor, openFileDoor } from '../../src/transfers/door/door.ts';
import { RemoteFetcher } from '../../src/transfers/fetch/fetcher.ts';
import { RemoteUploader } from '../../src/transfers/fetch/uploader.ts';
import { addressRule } from '../../src/transfers/addresses.ts';
import { type DeskParts, TransferDesk } from '../../src/transfers/jobs/desk.ts';
import type { StationTransfers, TransferSettings, TransferView } from '../../src/transfers/jobs/ports.ts';
import { signatureCheck } from '../../src/transfers/signature/signature-check.ts';
import { FileSpool } from '../../src/transfers/spool/spool.ts';
import { bootPayload, type Harness, startHarness } from './gateway-harness.ts';
import { hastyClock } from './outside.ts';
import { quietLog } from './quiet-log.ts';

/**
 * A gateway with transfers in virtual time: scripted charger and CSMS behind the ports; the doors for chargers, the spool
 * and what is outside are real, on free ports of the loopback.
 */
export type TransferStage = {
  readonly harness: Harness;
  readonly counted: string[];
  /** Bytes by kind and hop. */
  readonly moved: ReadonlyMap<string, number>;
  desk(): TransferDesk;
  door(): OpenFileDoor;
  /** The job that the CSMS asked for last. */
  job(): Promise<TransferView>;
  /** The lines of its transcript. */
  transcript(): Promise<readonly string[]>;
  /** What the CSMS heard of firmware, or of diagnostics. */
  heard(kind: 'firmware' | 'diagnostics'): unknown[];
  /** A call of the CSMS to CP1; the conf. */
  asks(action: string, payload: Payload): Promise<Payload>;
  /** CP1 says how it goes. */
  says(kind: 'firmware' | 'diagnostics', status: string): Promise<Payload>;
  /** Calls of an action that CP1 was asked. */
  asked(action: string): Payload[];
  /** Lets virtual time and real sockets go on until it is so; throws after a while of real time. */
  until(isSo: () => unknown, patienceMs?: number): Promise<void>;
  /** Ends the gateway with everything, and starts it again on the same folders. */
  restart(): Promise<void>;
  end(): Promise<void>;
};

export type StageWish = {
  readonly station?: Partial<StationTransfers>;
  readonly settings?: Partial<Omit<TransferSettings, 'station'>>;
  readonly quotaBytes?: number;
  /** Networks that locations may lead to. */
  readonly allowed?: readonly string[];
  readonly stallMs?: number;
  /** Called at each start, before the jobs of an earlier run go on. */
  readonly opening?: (opened: Opened) => Promise<void>;
  /** PEM of those who may sign firmware. */
  readonly firmwareRoots?: string;
};

export type Opened = { readonly desk: TransferDesk; readonly spool: FileSpool; readonly harness: Harness };

export async function openTransferStage(wish: StageWish = {}): Promise<TransferStage> {
  const folder = mkdtempSync(join(tmpdir(), 'transfers-'));
  const counted: string[] = [];
  const moved = new Map<string, number>();
  let spool = await openSpool(folder, wish);
  let pending: TransferDesk | undefined;
  let running: { readonly desk: TransferDesk; readonly door: OpenFileDoor } | undefined;
  const desk = () => present(running).desk;
  const harness = await startHarness({
    transfers: (line, around) => {
      const signatures = signatureCheck(wish.firmwareRoots ?? '', { spool, clock: around.clock });
      pending = new TransferDesk({ ...deskParts(wish, spool, { counted, moved }), signatures, ...around });
      return pending.serve(line);
    },
  });

  async function open(): Promise<void> {
    const opened = present(pending);
    await opened.load();
    const door = await openFileDoor(doorSettings, {
      spool,
      listener: opened,
      clock: doorClock(harness),
      log: quietLog(),
      meters: { securityReject: () => undefined },
    });
    opened.openDoor(door);
    running = { desk: opened, door };
    await wish.opening?.({ desk: opened, spool, harness });
    await opened.resume();
  }

  async function close(): Promise<void> {
    await desk().stop();
    await present(running).door.close();
  }

  await open();
  await harness.asks('BootNotification', bootPayload, claim);
  const job = async (): Promise<TransferView> => {
    const [last] = await desk().transfers({});
    if (last === undefined) throw new Error('there is no job');
    return last;
  };
  const action = (kind: 'firmware' | 'diagnostics') =>
    kind === 'firmware' ? 'FirmwareStatusNotification' : 'DiagnosticsStatusNotification';
  return {
    harness,
    counted,
    moved,
    desk,
    door: () => present(running).door,
    job,
    transcript: async () => {
      const { id } = await job();
      return ((await desk().transfer(id))?.lines ?? []).map(({ text }) => text);
    },
    heard: (kind) => harness.csms.of(action(kind)).map(({ status }) => status),
    asks: async (name, payload) => {
      const reply = await harness.csms.call('CP1', name, payload);
      if (reply.kind === 'refused') throw reply.error;
      return reply.payload;
    },
    says: (kind, status) => harness.asks(action(kind), { status }, claim),
    asked: (name) => harness.chargers.asked.filter((call) => call.action === name).map(({ payload }) => payload),
    until: async (isSo, patienceMs = 10_000) => {
      const untilMs = systemClock.elapsed() + patienceMs;
      while (!(await isSo())) {
        if (systemClock.elapsed() > untilMs) throw new Error(`not so within ${patienceMs} ms: ${isSo.toString()}`);
        await harness.clock.advance(100);
      }
    },
    restart: async () => {
      await close();
      spool = await openSpool(folder, wish);
      await harness.restart();
      await open();
    },
    end: async () => {
      await close();
      await harness.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const claim = { peerAddress: '127.0.0.1', callbacks: ['http://127.0.0.1:8081/ocpp'] };

function settingsFor({ station, settings }: StageWish): TransferSettings {
  const usual: StationTransfers = {
    route: 'gateway',
    protocol: 'ftp',
    flat: false,
    inferStatus: false,
    uploadMethod: 'put',
  };
  return {
    imageBytes: { least: 1, most: 10_000_000 },
    mostDiagnosticsBytes: 10_000_000,
    offerMs: 3 * 86_400_000,
    ticketMs: 86_400_000,
    keepMs: 30 * 86_400_000,
    ...settings,
    station: () => ({ ...usual, ...station }),
  };
}

function openSpool(folder: string, { quotaBytes = 1e9 }: StageWish): Promise<FileSpool> {
  const settings = { folder: join(folder, 'spool'), quotaBytes, keepUploadsMs: 86_400_000 };
  return FileSpool.open(settings, { clock: systemClock, log: quietLog() });
}

const doorSettings = {
  http: { ...fileDoorDefaults.http, host: '127.0.0.1', port: 0 },
  ftp: { ...fileDoorDefaults.ftp, host: '127.0.0.1', port: 0, passivePorts: { first: 0, last: 0 }, punishMs: 1 },
};

function deskParts(
  wish: StageWish,
  spool: FileSpool,
  { counted, moved }: { readonly counted: string[]; readonly moved: Map<string, number> },
): Omit<DeskParts, 'store' | 'clock' | 'signatures'> {
  const outside = {
    resolve: async (host: string) => (host.endsWith('.invalid') ? [] : ['127.0.0.1']),
    permits: addressRule(wish.allowed ?? ['127.0.0.0/8']),
    ca: undefined,
    stallMs: wish.stallMs ?? 5_000,
  };
  const log = quietLog();
  const add = (name: string, bytes: number) => void moved.set(name, (moved.get(name) ?? 0) + bytes);
  const remote = { spool, outside, clock: hastyClock, log, maxMs: 3_600_000, chance: () => 0.5 };
  return {
    settings: settingsFor(wish),
    spool,
    fetcher: new RemoteFetcher({ ...remote, fetched: (bytes) => add('firmware csms', bytes) }),
    uploader: new RemoteUploader(remote),
    log,
    meters: {
      ended: (kind, state) => void counted.push(`ended ${kind} ${state}`),
      contradiction: (what) => void counted.push(`contradiction ${what}`),
      repeated: (kind) => void counted.push(`repeated ${kind}`),
      moved: (kind, hop, bytes) => add(`${kind} ${hop}`, bytes),
    },
    hasFtps: false,
  };
}

/** Tickets live in the time of the jobs, sockets in that of the machine. */
function doorClock(harness: Harness) {
  return {
    now: () => harness.clock.now(),
    elapsed: () => systemClock.elapsed(),
    after: (ms: number, run: () => void) => systemClock.after(ms, run),
  };
}

function present<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the stage is not open');
  return part;
}

/** Fetches a URL as a charger would; the bytes that came. */
export async function fetchAsCharger(url: unknown): Promise<Buffer> {
  const target = new URL(String(url));
  if (target.protocol === 'http:') return Buffer.from(await (await fetch(target)).arrayBuffer());
  const chunks: Buffer[] = [];
  await overFtp(target, async (client) => {
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        chunks.push(chunk);
        done();
      },
    });
    await client.downloadTo(sink, decodeURIComponent(target.pathname.slice(1)));
  });
  return Buffer.concat(chunks);
}

/** Brings a file to a folder as a charger would. */
export async function uploadAsCharger(url: unknown, name: string, bytes: Buffer): Promise<void> {
  const target = new URL(String(url));
  if (target.protocol === 'http:') {
    const { ok, status } = await fetch(`${target.href}${name}`, { method: 'PUT', body: new Uint8Array(bytes) });
    if (!ok) throw new Error(`HTTP ${status}`);
    return;
  }
  await overFtp(target, async (client) => {
    await client.uploadFrom(Readable.from([bytes]), `${decodeURIComponent(target.pathname.slice(1))}${name}`);
  });
}

async function overFtp(target: URL, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client(5_000);
  try {
    const { hostname: host, port, username: user, password } = target;
    await client.access({ host, port: Number(port), user, password });
    await work(client);
  } finally {
    client.close();
  }
}
