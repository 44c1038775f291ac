import { isIPv4, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, type SecureContextOptions, TLSSocket } from 'node:tls';
import { randomBytes } from 'node:crypto';
import { plainAddress } from '../../gateway/networks.ts';
import type { DoorParts } from '../door/parts.ts';
import type { Pass } from '../door/tickets.ts';
import { type CommandLine, readCommand, shownCommand } from './command-line.ts';
import { obey } from './commands.ts';
import { type Conversation, type Reply, reply, replyText } from './conversation.ts';
import { DataPort, type DataProtection } from './data-port.ts';
import { LineReader } from './lines.ts';
import type { Lockout } from './lockout.ts';
import type { PassivePorts } from './passive-ports.ts';

/** TLS of the FTP door, for chargers that were told to use FTPS. */
export type FtpTls = {
  /** PEM texts. */
  readonly cert: string;
  readonly key: string;
  /** Data connections must go on with the control connection's TLS session; some old chargers cannot. */
  readonly requireSessionReuse: boolean;
};

export type SessionSettings = {
  /** Longest command line, bytes. */
  readonly maxLineBytes: number;
  /** Without a command. */
  readonly idleMs: number;
  /** From the connection to the login. */
  readonly loginMs: number;
  /** For a data connection to come about. */
  readonly dataConnectMs: number;
  /** A transfer on which no byte moves for so long is cut. */
  readonly stallMs: number;
  /** After a wrong password, times the number of wrong passwords so far. */
  readonly punishMs: number;
  /** An IPv4 address in it is named by PASV instead of the one that the client reached. */
  readonly publicHost: string | undefined;
  readonly tls?: FtpTls;
};

export type SessionParts = {
  readonly settings: SessionSettings;
  readonly door: DoorParts;
  readonly ports: PassivePorts;
  readonly lockout: Lockout;
};

/** Commands that a client may send ahead of their replies. */
const longestQueue = 32;
/** Replies that a client may leave unread. */
const mostUnreadBytes = 64 * 1024;
const lingerMs = 1_000;

/**
 * One control connection (RFC 959, RFC 4217).
 *
 * A session is greeted, names its user, gives the password, and is then at the door of one job until QUIT. It may begin
 * TLS once, with AUTH, before the password; what it sent ahead of the handshake in the clear is not obeyed. Commands are
 * worked on one after the other, in the order in which they came, each until its last reply. ABOR alone acts at once: it
 * cuts the transfer that is under way, whose own reply (426) comes first, and then its own (226). PASV, EPSV, PORT and
 * EPRT agree on a data connection, which the next transfer uses up, whatever becomes of it. REST, ALLO and SIZE are
 * remembered for the next transfer. The session ends with QUIT, when the client is gone, sends what is no line, says
 * nothing for too long, guesses passwords, or when its job's ticket ends.
 */
export class Session implements Conversation {
  readonly parts: DoorParts;
  readonly peerAddress: string;
  readonly localAddress: string;
  readonly dataPort: DataPort;
  readonly stallMs: number;
  readonly passiveAddress: string;
  user: string | undefined;
  folder = '/';
  restartAt = 0;
  announcedBytes: number | undefined;
  told: { readonly name: string; readonly bytes: number } | undefined;
  protectsData = false;

  readonly #parts: SessionParts;
  readonly #queue: CommandLine[] = [];
  #socket: Socket;
  #lines: LineReader;
  #pass: Pass | undefined;
  #tlsContext: SecureContext | undefined;
  #working = false;
  #ended = false;
  #cutTransfer: (() => void) | undefined;
  #cancelIdle: () => void = () => undefined;

  constructor(socket: Socket, parts: SessionParts) {
    const { settings, door, ports } = parts;
    this.#parts = parts;
    this.#socket = socket;
    this.#lines = new LineReader(settings.maxLineBytes);
    this.parts = door;
    this.stallMs = settings.stallMs;
    this.peerAddress = plainAddress(socket.remoteAddress ?? '');
    this.localAddress = plainAddress(socket.localAddress ?? '');
    this.passiveAddress = isIPv4(settings.publicHost ?? '') ? (settings.publicHost ?? '') : this.localAddress;
    this.dataPort = new DataPort({
      ports,
      clock: door.clock,
      localAddress: this.localAddress,
      peerAddress: this.peerAddress,
      connectMs: settings.dataConnectMs,
      strangerRefused: (stranger) => {
        door.meters.securityReject('ftpDataPeer');
        door.log.info('ftp data connection refused', { peer: stranger, expected: this.peerAddress });
        this.note(`data connection from ${stranger} refused`);
      },
    });
  }

  start(): void {
    this.#listenOn(this.#socket);
    this.say(reply(220, 'ready'));
    this.#armIdle();
  }

  /** Ends the connection and what is under way on it. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelIdle();
    this.#queue.length = 0;
    this.#pass?.underWay.delete(this.#endWithTicket);
    this.#cutTransfer?.();
    this.dataPort.close();
    // Closing while bytes still come in is a reset, which eats the reply that the client is to read.
    this.#socket.end();
    this.parts.clock.after(lingerMs, () => this.#socket.destroy());
  }

  /** Ends it without ceremony. */
  destroy(): void {
    this.end();
    this.#socket.destroy();
  }

  get isSecure(): boolean {
    return this.#tlsContext !== undefined;
  }

  get isOpen(): boolean {
    return !this.#ended && this.#socket.writable;
  }

  get pass(): Pass | undefined {
    return this.#pass;
  }

  set pass(pass: Pass | undefined) {
    this.#pass?.underWay.delete(this.#endWithTicket);
    this.#pass = pass;
    pass?.underWay.add(this.#endWithTicket);
  }

  say(answer: Reply): void {
    if (!this.#socket.writable) return;
    this.note(`< ${answer.code} ${answer.lines.join(' | ')}`);
    this.#socket.write(replyText(answer));
    if (this.#socket.writableLength > mostUnreadBytes) this.#socket.destroy();
  }

  note(line: string): void {
    const pass = this.#pass ?? (this.user === undefined ? undefined : this.parts.tickets.byUser(this.user));
    if (pass === undefined) return;
    this.parts.listener.line(pass.job, `FTP ${line.replaceAll(pass.credentials.token, '[token]')}`);
  }

  protection(): DataProtection | undefined {
    const { tls } = this.#parts.settings;
    if (this.#tlsContext === undefined || tls === undefined) return undefined;
    return { context: this.#tlsContext, reuseOnly: tls.requireSessionReuse };
  }

  offersTls(): boolean {
    return this.#parts.settings.tls !== undefined && this.parts.tickets.expectsTls(this.peerAddress);
  }

  underWay(cut: () => void): () => void {
    this.#cutTransfer = cut;
    this.#cancelIdle();
    return () => {
      this.#cutTransfer = undefined;
      this.#armIdle();
    };
  }

  cutTransfer(): void {
    this.#cutTransfer?.();
  }

  async punish(): Promise<boolean> {
    const { lockout, settings, door } = this.#parts;
    const times = lockout.count(this.peerAddress);
    await new Promise<void>((resolve) => {
      door.clock.after(settings.punishMs * times, resolve);
    });
    return !lockout.isLocked(this.peerAddress);
  }

  readonly #endWithTicket = (): void => {
    this.say(reply(421, 'this job is over'));
    this.end();
  };

  #listenOn(socket: Socket): void {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => this.end());
    socket.once('close', () => this.end());
    // A client that says goodbye and leaves has sent all that it wanted to; one that just leaves may have crashed.
    socket.once('end', () => {
      if (!this.#queue.some(({ verb }) => verb === 'QUIT')) this.end();
    });
  }

  #read(chunk: Buffer): void {
    if (this.#ended) return;
    const lines = this.#lines.push(chunk);
    if (lines === 'tooLong' || this.#queue.length + lines.length > longestQueue) {
      this.#refuse(500, lines === 'tooLong' ? 'the line is too long' : 'too many commands at once');
      return;
    }
    for (const line of lines) this.#take(line);
    this.#work();
  }

  #take(line: string): void {
    const command = readCommand(line);
    if (command === undefined) {
      this.#queue.push({ verb: '', argument: '' });
      return;
    }
    this.#queue.push(command);
    if (command.verb === 'ABOR') this.#cutTransfer?.();
  }

  /** What breaks the rules of the conversation ends it. */
  #refuse(code: number, text: string): void {
    this.parts.meters.securityReject('ftpSession');
    this.parts.log.info('ftp client cut off', { peer: this.peerAddress, rule: text });
    this.say(reply(code, text));
    this.end();
  }

  #work(): void {
    if (this.#working || this.#ended) return;
    const command = this.#queue.shift();
    if (command === undefined) return;
    this.#working = true;
    this.#obey(command).then(
      () => this.#worked(),
      (bug: unknown) => {
        this.parts.log.error('ftp command failed', { peer: this.peerAddress, verb: command.verb }, bug);
        this.say(reply(451, 'internal error'));
        this.#worked();
      },
    );
  }

  #worked(): void {
    this.#working = false;
    this.#armIdle();
    this.#work();
  }

  async #obey(command: CommandLine): Promise<void> {
    if (command.verb === '') return this.say(reply(500, 'this is no command'));
    this.note(`> ${shownCommand(command)}`);
    if (command.verb === 'AUTH') return this.#beginTls(command.argument);
    const last = command.verb === 'QUIT' ? reply(221, 'bye') : await obey(this, command);
    this.say(last);
    if (last.code === 221 || last.code === 421) this.end();
  }

  async #beginTls(argument: string): Promise<void> {
    const { tls } = this.#parts.settings;
    // A client that was not told to use TLS would break on a certificate that it does not know.
    if (tls === undefined || !this.offersTls()) return this.say(reply(502, 'no TLS here'));
    if (!/^(tls|tls-c|ssl)$/i.test(argument)) return this.say(reply(504, 'AUTH TLS'));
    if (this.isSecure) return this.say(reply(503, 'TLS is up'));
    if (this.#queue.length > 0 || this.#lines.pending > 0) return this.#refuse(421, 'wait for the reply to AUTH');
    const plain = this.#socket;
    plain.pause();
    plain.removeAllListeners('data');
    await new Promise<void>((resolve) => {
      plain.write(replyText(reply(234, 'go on with TLS')), () => resolve());
    });
    this.#tlsContext = createSecureContext(contextOptions(tls));
    this.pass = undefined;
    this.user = undefined;
    this.#lines = new LineReader(this.#parts.settings.maxLineBytes);
    this.#socket = new TLSSocket(plain, { isServer: true, secureContext: this.#tlsContext });
    this.#listenOn(this.#socket);
  }

  #armIdle(): void {
    this.#cancelIdle();
    if (this.#ended || this.#cutTransfer !== undefined) return;
    const { idleMs, loginMs } = this.#parts.settings;
    this.#cancelIdle = this.parts.clock.after(this.#pass === undefined ? loginMs : idleMs, () => {
      this.say(reply(421, 'nothing was said for too long'));
      this.end();
    });
  }
}

/** Keys of its own for each control connection: then no session but its own can be gone on with. */
function contextOptions({ cert, key }: FtpTls): SecureContextOptions & { readonly ticketKeys: Buffer } {
  return { cert, key, minVersion: 'TLSv1.2', sessionIdContext: 'ftp', ticketKeys: randomBytes(48) };
}
