import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { listenOn } from '../../front-door/listening.ts';
import { plainAddress } from '../../gateway/networks.ts';
import { PerAddress } from '../door/per-address.ts';
import type { DoorParts } from '../door/parts.ts';
import { reply, replyText } from './conversation.ts';
import { Lockout, type LockoutRule } from './lockout.ts';
import { PassivePorts, type PortRange } from './passive-ports.ts';
import { Session, type SessionSettings } from './session.ts';

export type FtpDoorSettings = SessionSettings & {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly passivePorts: PortRange;
  readonly maxSessions: number;
  readonly maxSessionsPerAddress: number;
  readonly lockout: LockoutRule;
};

/** Serves the files of tickets to chargers, and takes theirs: FTP, and explicit FTPS where a charger was told to use it. */
export class FtpDoor {
  readonly #settings: FtpDoorSettings;
  readonly #parts: DoorParts;
  readonly #server: Server;
  readonly #sessions = new Set<Session>();
  readonly #perAddress: PerAddress;
  readonly #lockout: Lockout;
  readonly #ports: PassivePorts;

  constructor(settings: FtpDoorSettings, parts: DoorParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#perAddress = new PerAddress(settings.maxSessionsPerAddress);
    this.#lockout = new Lockout(settings.lockout, () => parts.clock.elapsed());
    this.#ports = new PassivePorts(settings.passivePorts);
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#greet(socket));
  }

  /** Resolves when clients are greeted; rejects when the address cannot be had. */
  listen(): Promise<AddressInfo> {
    const { host, port } = this.#settings;
    return listenOn(this.#server, { host, port }, (cause) =>
      this.#parts.log.error('ftp listener failed', { host, port }, cause),
    );
  }

  /** Accepts nothing new, and ends all sessions with what is under way on them. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const session of this.#sessions) session.destroy();
    await closed;
  }

  #greet(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    const refusal = this.#refusal(address);
    if (refusal !== undefined) return this.#turnAway(socket, address, refusal);
    const session = new Session(socket, {
      settings: this.#settings,
      door: this.#parts,
      ports: this.#ports,
      lockout: this.#lockout,
    });
    this.#sessions.add(session);
    socket.once('close', () => {
      this.#sessions.delete(session);
      this.#perAddress.leave(address);
    });
    session.start();
  }

  /** Why an address is not greeted; otherwise it is counted. */
  #refusal(address: string): string | undefined {
    if (this.#lockout.isLocked(address)) return 'too many wrong logins; try again later';
    if (this.#sessions.size >= this.#settings.maxSessions) return 'too many connections';
    return this.#perAddress.enter(address) ? undefined : 'too many connections from your address';
  }

  #turnAway(socket: Socket, address: string, why: string): void {
    this.#parts.meters.securityReject('ftpConnection');
    this.#parts.log.info('ftp connection refused', { peer: address, rule: why });
    // Whether it reads this is its own affair.
    socket.on('error', () => undefined);
    socket.end(replyText(reply(421, why)), () => socket.destroy());
  }
}
