import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** How an FTP server departs from being honest; all of it may change from turn to turn. */
export type FtpScript = {
  file: Buffer;
  /** undefined: SIZE is not known. */
  size: (bytes: number, turn: number) => number | undefined;
  modified: (turn: number) => string | undefined;
  /** How many bytes of a transfer are sent, and how it ends then; undefined: all, as it should. */
  cut: (turn: number) => { readonly after: number; readonly how: 'reset' | 'confirmed' | 'stall' } | undefined;
  /** Replies in place of the usual ones, by verb. */
  replies: Readonly<Record<string, string>>;
  /** The host that PASV names; EPSV is refused then. */
  passiveHost: string | undefined;
};

export type ScriptedFtp = {
  readonly url: string;
  readonly script: FtpScript;
  /** Commands as they came. */
  readonly commands: string[];
  readonly stored: Map<string, Buffer>;
  /** Number of RETR, STOR and APPE so far. */
  readonly turns: () => number;
  close(): Promise<void>;
};

/** An FTP server that can be told to lie. */
export async function scriptedFtp(wish: Partial<FtpScript> = {}): Promise<ScriptedFtp> {
  const script: FtpScript = {
    file: Buffer.alloc(0),
    size: (bytes) => bytes,
    modified: () => '20200301120000',
    cut: () => undefined,
    replies: {},
    passiveHost: undefined,
    ...wish,
  };
  const commands: string[] = [];
  const stored = new Map<string, Buffer>();
  const sockets = new Set<Socket>();
  const listeners = new Set<Server>();
  let turn = 0;
  const server = createServer((socket) => {
    keep(sockets, socket);
    void converse(socket);
  });
  const port = await listenOn(server);

  async function converse(socket: Socket): Promise<void> {
    let from = 0;
    let data: Promise<Socket> | undefined;
    const say = (text: string): void => void socket.write(`${text}\r\n`);
    say('220 scripted');
    for await (const line of linesOf(socket)) {
      const [verb = '', argument = ''] = line.split(/ (.*)/s);
      commands.push(line);
      const reply = script.replies[verb];
      if (reply !== undefined) say(reply);
      else if (verb === 'USER') say('331 password');
      else if (verb === 'PASS') say('230 in');
      else if (verb === 'SIZE') tell(say, script.size((stored.get(argument) ?? script.file).length, turn));
      else if (verb === 'MDTM') tell(say, script.modified(turn));
      else if (verb === 'REST') {
        from = Number(argument);
        say('350 noted');
      } else if (verb === 'EPSV' && script.passiveHost !== undefined) say('502 no');
      else if (verb === 'EPSV' || verb === 'PASV') {
        const passive = createServer();
        listeners.add(passive);
        data = new Promise((resolve) => passive.once('connection', resolve));
        const dataPort = await listenOn(passive);
        const host = (script.passiveHost ?? '127.0.0.1').replaceAll('.', ',');
        say(verb === 'EPSV' ? `229 (|||${dataPort}|)` : `227 (${host},${dataPort >> 8},${dataPort & 255})`);
      } else if (verb === 'RETR' && data !== undefined) {
        turn += 1;
        say(`150 opening (${script.file.length} bytes)`);
        const connection = await data;
        keep(sockets, connection);
        say(await send(connection, script.file.subarray(from), script.cut(turn)));
        from = 0;
      } else if ((verb === 'STOR' || verb === 'APPE') && data !== undefined) {
        turn += 1;
        say('150 go');
        const connection = await data;
        keep(sockets, connection);
        const before = verb === 'APPE' ? (stored.get(argument) ?? Buffer.alloc(0)) : Buffer.alloc(0);
        const { received, text } = await receive(connection, script.cut(turn));
        stored.set(argument, Buffer.concat([before, received]));
        say(text);
      } else say('200 ok');
    }
  }

  return {
    url: `ftp://127.0.0.1:${port}`,
    script,
    commands,
    stored,
    turns: () => turn,
    close: () => {
      for (const socket of sockets) socket.destroy();
      for (const listener of listeners) listener.close();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.once('close', () => sockets.delete(socket));
}

function tell(say: (text: string) => void, value: number | string | undefined): void {
  say(value === undefined ? '502 not known' : `213 ${value}`);
}

async function send(socket: Socket, bytes: Buffer, cut: ReturnType<FtpScript['cut']>): Promise<string> {
  const part = cut === undefined ? bytes : bytes.subarray(0, cut.after);
  await new Promise<void>((resolve) => socket.write(part, () => resolve()));
  // Says nothing more, until the client has had enough.
  if (cut?.how === 'stall') await new Promise((resolve) => socket.resume().once('close', resolve));
  if (cut?.how === 'reset') {
    socket.resetAndDestroy();
    return '426 broken';
  }
  await new Promise<void>((resolve) => socket.end(() => resolve()));
  return '226 all is well';
}

async function receive(socket: Socket, cut: ReturnType<FtpScript['cut']>) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of socket) {
      chunks.push(Buffer.from(chunk));
      bytes += chunk.length;
      if (cut !== undefined && bytes >= cut.after) break;
    }
  } catch {
    return { received: Buffer.concat(chunks), text: '426 broken' };
  }
  const received = Buffer.concat(chunks).subarray(0, cut?.after);
  return { received, text: cut?.how === 'reset' ? '426 broken' : '226 all is well' };
}

async function* linesOf(socket: Socket): AsyncGenerator<string> {
  let text = '';
  try {
    for await (const chunk of socket) {
      text += String(chunk);
      for (let end = text.indexOf('\r\n'); end !== -1; end = text.indexOf('\r\n')) {
        yield text.slice(0, end);
        text = text.slice(end + 2);
      }
    }
  } catch {
    // The client is gone.
  }
}

async function listenOn(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
