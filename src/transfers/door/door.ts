import type { Clock, Log, Meters } from '../../gateway/ports.ts';
import { Networks } from '../addresses.ts';
import { TransferError } from '../errors.ts';
import { FtpDoor, type FtpDoorSettings } from '../ftp/server.ts';
import { HttpDoor, type HttpDoorSettings } from '../http/server.ts';
import type { Acceptance, Bandwidth, Collected, DoorListener, FileDoor, Foretell, Offer, Ticket } from '../ports.ts';
import type { FileSpool } from '../spool/spool.ts';
import { fileUrl, folderUrl, localAddressTowards, type UrlParts } from './charger-url.ts';
import { Intake } from './intake.ts';
import { harmlessName, newCredentials } from './names.ts';
import type { DoorParts } from './parts.ts';
import { Throttle } from './throttle.ts';
import { type Goods, type Pass, Tickets } from './tickets.ts';

export type FileDoorSettings = {
  readonly http: HttpDoorSettings;
  readonly ftp: Omit<FtpDoorSettings, 'publicHost'>;
  /** The host in URLs and, if it is an IPv4 address, in PASV; default: the address of ours that the charger reaches. */
  readonly publicHost?: string;
};

export type FileDoorParts = {
  readonly spool: FileSpool;
  readonly listener: DoorListener;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Pick<Meters, 'securityReject'>;
};

export interface OpenFileDoor extends FileDoor {
  readonly httpPort: number;
  readonly ftpPort: number;
  /** Cuts what is under way; uploads stay on disk for the next run. */
  close(): Promise<void>;
}

/** Opens both servers for chargers; rejects when an address cannot be had. */
export async function openFileDoor(settings: FileDoorSettings, parts: FileDoorParts): Promise<OpenFileDoor> {
  const tickets = new Tickets(() => parts.clock.now());
  const servers = { ...parts, tickets };
  const http = new HttpDoor(settings.http, servers);
  const ftp = new FtpDoor({ ...settings.ftp, publicHost: settings.publicHost }, servers);
  const { port: httpPort } = await http.listen();
  try {
    const { port: ftpPort } = await ftp.listen();
    return new Doors(servers, { http, ftp, httpPort, ftpPort, publicHost: settings.publicHost });
  } catch (thrown) {
    await http.close();
    throw thrown;
  }
}

type Servers = {
  readonly http: HttpDoor;
  readonly ftp: FtpDoor;
  readonly httpPort: number;
  readonly ftpPort: number;
  readonly publicHost: string | undefined;
};

class Doors implements OpenFileDoor {
  readonly #parts: DoorParts;
  readonly #servers: Servers;
  /** By name: as many as campaigns were run with one. */
  readonly #throttles = new Map<string, Throttle>();

  constructor(parts: DoorParts, servers: Servers) {
    this.#parts = parts;
    this.#servers = servers;
  }

  get httpPort(): number {
    return this.#servers.httpPort;
  }

  get ftpPort(): number {
    return this.#servers.ftpPort;
  }

  async offer(offer: Offer): Promise<Ticket> {
    const { file } = offer;
    const urlParts = await this.#urlParts(offer);
    await this.withdraw(offer.job);
    if (!this.#parts.spool.hold(file.sha256, holderOf(offer.job))) {
      throw new TransferError('NotFound', `no file ${file.sha256.slice(0, 12)} in the spool`);
    }
    const { url, name } = fileUrl(urlParts, offer.name);
    const throttle = offer.bandwidth && this.#throttle(offer.bandwidth);
    return this.#issue(offer, urlParts, url, { kind: 'download', file, name, throttle, sentTo: 0 });
  }

  async accept(acceptance: Acceptance): Promise<Ticket> {
    const { job, name, received, maxBytes } = acceptance;
    const urlParts = await this.#urlParts(acceptance);
    await this.withdraw(job);
    const draft = await this.#parts.spool.upload(urlParts.credentials.token, maxBytes);
    const kept = received !== undefined && received.bytes === draft.bytes;
    // Of an upload that was not whole, a crash may have left bytes that never reached the disk.
    if (!kept) await draft.rewind(0);
    const promised = name === undefined ? undefined : harmlessName(name);
    const intake = new Intake(draft, promised, kept ? received : undefined);
    return this.#issue(acceptance, urlParts, folderUrl(urlParts), { kind: 'upload', intake });
  }

  async collect(job: string, foretell?: Foretell): Promise<Collected | undefined> {
    const pass = this.#parts.tickets.get(job);
    if (pass?.goods.kind !== 'upload') return undefined;
    const collected = await pass.goods.intake.collect(job, foretell);
    this.#parts.tickets.remove(job);
    return collected;
  }

  async withdraw(job: string): Promise<void> {
    const pass = this.#parts.tickets.remove(job);
    if (pass?.goods.kind === 'upload') await pass.goods.intake.discard();
    if (pass?.goods.kind === 'download') this.#parts.spool.release(pass.goods.file.sha256, holderOf(job));
  }

  async close(): Promise<void> {
    await Promise.all([this.#servers.http.close(), this.#servers.ftp.close()]);
    for (const job of this.#parts.tickets.jobs()) {
      const pass = this.#parts.tickets.remove(job);
      if (pass?.goods.kind === 'upload') await pass.goods.intake.suspend();
    }
  }

  #throttle({ name, bytesPerS }: Bandwidth): Throttle {
    const throttle = this.#throttles.get(name) ?? new Throttle(bytesPerS, this.#parts.clock);
    this.#throttles.set(name, throttle);
    return throttle;
  }

  async #urlParts({ scheme, flat, addresses, ...invitation }: Offer | Acceptance): Promise<UrlParts> {
    const credentials = invitation.credentials ?? newCredentials(this.#parts.clock.now());
    const { publicHost, httpPort, ftpPort } = this.#servers;
    const peer = addresses[0]?.split('/')[0] ?? '127.0.0.1';
    const host = publicHost ?? (await localAddressTowards(peer));
    return { scheme, flat, credentials, host, port: scheme === 'http' ? httpPort : ftpPort };
  }

  #issue(invitation: Offer | Acceptance, { credentials }: UrlParts, url: string, goods: Goods): Ticket {
    const { job, scheme, addresses, expiresAtMs } = invitation;
    const pass: Pass = {
      job,
      credentials,
      scheme,
      addresses: new Networks(addresses),
      expiresAtMs,
      underWay: new Set(),
      goods,
    };
    this.#parts.tickets.add(pass);
    return { job, url, credentials, expiresAtMs };
  }
}

/** The door's own hold on a file, apart from the job's. */
function holderOf(job: string): string {
  return `door:${job}`;
}
