import { connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';

export type FtpReply = { readonly code: number; readonly text: string };

/** An FTP client that does what the test says, word for word, and nothing else. */
export class RawFtp {
  #socket: Socket;
  #text = '';
  readonly #waiting: { resolve: (reply: FtpReply) => void; reject: (reason: Error) => void }[] = [];
  readonly #replies: FtpReply[] = [];
  #ended = false;
  readonly #host: string;
  #tls: ConnectionOptions | undefined;

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    this.#listen();
  }

  /** Connects without waiting for the greeting. */
  static async connect(port: number, host = '127.0.0.1', localAddress?: string): Promise<RawFtp> {
    const socket = connect({ port, host, ...(localAddress === undefined ? {} : { localAddress }) });
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new RawFtp(socket, host);
  }

  /** Logs in at a ticket's URL. */
  static async login(url: string): Promise<RawFtp> {
    const { hostname, port, username, password } = new URL(url.replace('ftps:', 'ftp:'));
    const ftp = await RawFtp.connect(Number(port), hostname);
    await ftp.reply();
    await ftp.ask(`USER ${username}`);
    const { code } = await ftp.ask(`PASS ${password}`);
    if (code !== 230) throw new Error(`login refused: ${code}`);
    return ftp;
  }

  get socket(): Socket {
    return this.#socket;
  }

  send(text: string | Buffer): void {
    this.#socket.write(text);
  }

  /** Sends a command and waits for its next reply. */
  ask(command: string): Promise<FtpReply> {
    this.send(`${command}\r\n`);
    return this.reply();
  }

  /** The next reply; rejects when the connection ends before it. */
  reply(): Promise<FtpReply> {
    const ready = this.#replies.shift();
    if (ready !== undefined) return Promise.resolve(ready);
    if (this.#ended) return Promise.reject(new Error('the control connection ended'));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** A data connection by EPSV. */
  async passive(): Promise<Socket> {
    const { text } = await this.ask('EPSV');
    const port = Number(/\|\|\|(\d+)\|/.exec(text)?.[1]);
    return this.#dataSocket(connect({ port, host: this.#host }));
  }

  /** Downloads; resolves with the bytes and the last reply. */
  async retrieve(path: string, from = 0): Promise<{ readonly bytes: Buffer; readonly last: FtpReply }> {
    const data = await this.passive();
    if (from > 0) await this.ask(`REST ${from}`);
    const first = await this.ask(`RETR ${path}`);
    if (first.code !== 150) return { bytes: Buffer.alloc(0), last: first };
    const bytes = await readAll(data);
    return { bytes, last: await this.reply() };
  }

  /** Uploads by `STOR name` or `APPE name`; resolves with the last reply. */
  async store(command: string, bytes: Buffer): Promise<FtpReply> {
    const data = await this.passive();
    const first = await this.ask(command);
    if (first.code !== 150) {
      data.destroy();
      return first;
    }
    data.end(bytes);
    const last = await this.reply();
    data.destroy();
    return last;
  }

  /** Explicit TLS with protected data. */
  async secure(options: ConnectionOptions, data: 'PROT P' | 'no PROT' = 'PROT P'): Promise<void> {
    const { code } = await this.ask('AUTH TLS');
    if (code !== 234) throw new Error(`AUTH refused: ${code}`);
    this.#socket.removeAllListeners();
    const plain = this.#socket;
    const socket = connectTls({ ...options, socket: plain });
    this.#tls = options;
    this.#socket = socket;
    this.#listen();
    await new Promise((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
    });
    socket.once('session', (session) => {
      this.#tls = { ...options, session };
    });
    await this.ask('PBSZ 0');
    if (data === 'PROT P') await this.ask(data);
  }

  /** Data connections go on with the session of another client. */
  borrowSession(other: RawFtp): void {
    this.#tls = other.#tls;
  }

  /** Data connections do not reuse the session of the control connection from now on. */
  forgetSession(): void {
    if (this.#tls !== undefined) this.#tls = { ...this.#tls, session: undefined };
  }

  end(): void {
    this.#socket.destroy();
  }

  async #dataSocket(plain: Socket): Promise<Socket> {
    plain.on('error', () => undefined);
    await new Promise((resolve, reject) => {
      plain.once('connect', resolve);
      plain.once('error', reject);
    });
    if (this.#tls === undefined) return plain;
    const secure: TLSSocket = connectTls({ ...this.#tls, socket: plain });
    carriers.set(secure, plain);
    secure.on('error', () => undefined);
    return secure;
  }

  #listen(): void {
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk.toString('utf8')));
    this.#socket.on('error', () => this.#finish());
    this.#socket.once('close', () => this.#finish());
    this.#socket.once('end', () => this.#finish());
  }

  #read(chunk: string): void {
    this.#text += chunk;
    for (;;) {
      const found = /^(?:(\d{3})-[^]*?\r\n\1 [^\r]*\r\n|(\d{3}) [^\r]*\r\n)/.exec(this.#text);
      if (found === null) return;
      this.#text = this.#text.slice(found[0].length);
      const reply = { code: Number(found[1] ?? found[2]), text: found[0] };
      const next = this.#waiting.shift();
      if (next === undefined) this.#replies.push(reply);
      else next.resolve(reply);
    }
  }

  #finish(): void {
    this.#ended = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the control connection ended'));
  }
}

/** The TCP sockets below TLS. */
const carriers = new WeakMap<Socket, Socket>();

/** Ends a data connection with a TCP reset. */
export function reset(socket: Socket): void {
  (carriers.get(socket) ?? socket).resetAndDestroy();
}

/** All bytes up to the end; rejects when the connection breaks. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** A listener on a free port for one active data connection. */
export async function dataListener(
  host = '127.0.0.1',
): Promise<{ server: Server; port: number; socket: Promise<Socket> }> {
  const server = createServer();
  const socket = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, port: address.port, socket };
}
