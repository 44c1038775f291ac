import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/gateway/clock.ts';
import type { Clock } from '../../src/gateway/ports.ts';
import { fileDoorDefaults } from '../../src/transfers/door/defaults.ts';
import { type FileDoorSettings, type OpenFileDoor, openFileDoor } from '../../src/transfers/door/door.ts';
import type { Acceptance, DoorListener, Offer, Received, SpooledFile, Ticket } from '../../src/transfers/ports.ts';
import { FileSpool } from '../../src/transfers/spool/spool.ts';
import { createCa } from '../../src/demo/certificates.ts';
import { quietLog } from './quiet-log.ts';

export type Told =
  | { readonly kind: 'sent'; readonly from: number; readonly to: number; readonly whole: boolean }
  | { readonly kind: 'receiving' }
  | { readonly kind: 'received'; readonly name: string; readonly bytes: number };

/** A file door on free ports of the loopback, with a spool in a temporary folder and a listener that remembers. */
export type DoorStage = {
  readonly door: OpenFileDoor;
  readonly spool: FileSpool;
  readonly folder: string;
  /** PEM of who signed the certificate of FTPS. */
  readonly ca: string;
  readonly lines: string[];
  readonly told: Told[];
  /** Rules that peers broke, as the metrics count them. */
  readonly rejects: string[];
  readonly log: ReturnType<typeof quietLog>;
  /** Called before `received` resolves. */
  onReceived: (received: Received) => Promise<void>;
  put(bytes: Buffer): Promise<SpooledFile>;
  offer(bytes: Buffer, wish?: Partial<Offer>): Promise<Ticket>;
  accept(wish?: Partial<Acceptance>): Promise<Ticket>;
  /** The next run on the same folder; the door of this one must be closed. */
  restart(): Promise<DoorStage>;
  end(): Promise<void>;
};

export type StageWish = {
  readonly quotaBytes?: number;
  readonly clock?: Clock;
  readonly ftp?: Partial<FileDoorSettings['ftp']>;
  readonly http?: Partial<FileDoorSettings['http']>;
  readonly requireSessionReuse?: boolean;
};

export function openStage(wish: StageWish = {}): Promise<DoorStage> {
  return openIn(mkdtempSync(join(tmpdir(), 'file-door-')), wish);
}

async function openIn(folder: string, wish: StageWish): Promise<DoorStage> {
  const restarted: DoorStage[] = [];
  const clock = wish.clock ?? systemClock;
  const log = quietLog();
  const settings = { folder: join(folder, 'spool'), quotaBytes: wish.quotaBytes ?? 1e9, keepUploadsMs: 86_400_000 };
  const spool = await FileSpool.open(settings, { clock, log });
  const ca = createCa('File door test CA');
  const tls = {
    ...ca.issue({ commonName: 'door', hosts: ['127.0.0.1', 'localhost'] }),
    requireSessionReuse: wish.requireSessionReuse ?? false,
  };
  const lines: string[] = [];
  const told: Told[] = [];
  const rejects: string[] = [];
  const listener: DoorListener = {
    line: (job, line) => lines.push(`${job} ${line}`),
    sent: (_, sent) => told.push({ kind: 'sent', ...sent }),
    receiving: () => told.push({ kind: 'receiving' }),
    received: async (_, received) => {
      await stage.onReceived(received);
      told.push({ kind: 'received', ...received });
    },
  };
  const passivePorts = { first: 0, last: 0 };
  const door = await openFileDoor(
    {
      http: { ...fileDoorDefaults.http, host: '127.0.0.1', port: 0, ...wish.http },
      ftp: { ...fileDoorDefaults.ftp, host: '127.0.0.1', port: 0, passivePorts, punishMs: 1, tls, ...wish.ftp },
    },
    { spool, listener, clock, log, meters: { securityReject: (rule) => rejects.push(rule) } },
  );
  const invitation = { job: 'job-1', flat: false, addresses: ['127.0.0.1'], expiresAtMs: clock.now() + 3_600_000 };
  const stage: DoorStage = {
    door,
    spool,
    folder,
    ca: ca.cert,
    lines,
    told,
    rejects,
    log,
    onReceived: () => Promise.resolve(),
    put: (bytes) => putBytes(spool, bytes),
    offer: async (bytes, offer) => {
      const file = await putBytes(spool, bytes);
      return door.offer({ ...invitation, scheme: 'ftp', file, name: 'image.bin', ...offer });
    },
    accept: (acceptance) => door.accept({ ...invitation, scheme: 'ftp', maxBytes: 5e8, ...acceptance }),
    restart: async () => {
      const next = await openIn(folder, wish);
      restarted.push(next);
      return next;
    },
    end: async () => {
      await door.close();
      for (const next of restarted) await next.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return stage;
}

async function putBytes(spool: FileSpool, bytes: Buffer): Promise<SpooledFile> {
  const draft = await spool.draft(1e9);
  await draft.write(bytes);
  return draft.commit('test');
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

export const someBytes = (length: number): Buffer => randomBytes(length);
