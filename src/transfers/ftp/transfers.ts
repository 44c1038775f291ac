import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { eachChunk, isHangUp } from '../chunks.ts';
import type { Intake, Pen } from '../door/intake.ts';
import { type Download, noteSent } from '../door/parts.ts';
import { Sending } from '../door/sending.ts';
import type { Pass } from '../door/tickets.ts';
import { TransferError, type TransferErrorCode } from '../errors.ts';
import { type Conversation, type Reply, reply } from './conversation.ts';
import { NoDataConnection } from './data-port.ts';

/** How long a client may take to close its end after our last byte: only then is it known that it has them all. */
const closeMs = 1_000;

/** RETR: sends the file from `from` on. */
export async function sendFile(talk: Conversation, pass: Pass, goods: Download, from: number): Promise<Reply> {
  const { bytes } = goods.file;
  if (from > bytes) return reply(554, `the file has ${bytes} bytes`);
  return withData(talk, `opening data connection for ${goods.name} (${bytes - from} bytes)`, async (socket) => {
    const { file, throttle } = goods;
    const sending = new Sending({ spool: talk.parts.spool, file, throttle, from, to: bytes }, socket);
    try {
      await sending.run();
      await closed(talk, socket);
    } catch (thrown) {
      talk.note(`data connection broke after ${sending.sent} bytes`);
      // Of all bytes the client has not taken the last ones.
      noteSent(talk.parts, pass, goods, from, Math.min(from + sending.sent, bytes - 1));
      throw thrown;
    }
    talk.note(`sent ${bytes - from} bytes`);
    noteSent(talk.parts, pass, goods, from, bytes);
    return reply(226, 'transfer complete');
  });
}

/** LIST, NLST, MLSD. */
export function sendText(talk: Conversation, text: string): Promise<Reply> {
  return withData(talk, 'opening data connection for the list', async (socket) => {
    await pipeline([text], socket);
    return reply(226, 'transfer complete');
  });
}

/** What STOR and APPE say of an upload. */
export type Incoming = { readonly name: string; readonly offset: number | 'end' };

/** STOR and APPE: takes a file, or the rest of it. */
export async function receiveFile(talk: Conversation, pass: Pass, intake: Intake, incoming: Incoming): Promise<Reply> {
  const announced = talk.announcedBytes;
  talk.announcedBytes = undefined;
  talk.told = undefined;
  if (!talk.dataPort.isAgreed) return reply(425, 'use PASV, EPSV, PORT or EPRT first');
  let cut = false;
  const pen = await intake.begin(incoming.name, incoming.offset, () => {
    cut = true;
    talk.cutTransfer();
  });
  const writing = new Writing(talk, pass, pen);
  try {
    return await withData(talk, `opening data connection for ${incoming.name}`, async (socket) => {
      await eachChunk(socket, (chunk) => writing.write(chunk));
      await notReset(socket);
      await sayEnd(socket);
      if (cut) throw new TransferError('Broken', 'another transfer of this file has begun');
      if (announced !== undefined && writing.bytes < announced) {
        return reply(451, `${announced} bytes were announced, ${writing.bytes} came`);
      }
      await writing.finish();
      return reply(226, 'transfer complete');
    });
  } finally {
    await writing.end();
  }
}

/** The bytes of one transfer on their way into the file. */
class Writing {
  readonly #talk: Conversation;
  readonly #pass: Pass;
  readonly #pen: Pen;
  #ended = false;
  bytes = 0;

  constructor(talk: Conversation, pass: Pass, pen: Pen) {
    this.#talk = talk;
    this.#pass = pass;
    this.#pen = pen;
  }

  async write(chunk: Buffer): Promise<void> {
    if (this.bytes === 0) this.#talk.parts.listener.receiving(this.#pass.job);
    await this.#pen.write(chunk);
    this.bytes += chunk.length;
  }

  async finish(): Promise<void> {
    this.#ended = true;
    await this.#pen.finish((received) => {
      // A client that is gone has not said that this was all: its system closed both connections alike.
      if (!this.#talk.isOpen) throw new TransferError('Broken', 'the control connection ended with the data');
      this.#talk.note(`received ${this.bytes} bytes; ${received.name} has ${received.bytes} now`);
      return this.#talk.parts.listener.received(this.#pass.job, received);
    });
  }

  async end(): Promise<void> {
    if (this.#ended) return;
    this.#talk.note(`the upload ended after ${this.bytes} bytes`);
    await this.#pen.drop();
  }
}

/**
 * Rejects when the peer has reset the connection. A reset that comes right behind data is told to us as an orderly end
 * (libuv reports end of file when a poll for hang-up follows a partial read), and only writing brings it out. Nothing
 * is sent.
 */
function notReset(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write('', (error) => (error ? reject(error) : resolve()));
  });
}

/** Our end too: clients with TLS wait for its close_notify. Whether they still do is their own affair. */
function sayEnd(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', resolve);
    socket.end(resolve);
  });
}

/** Opens the data connection, does the work, closes it; a failure becomes the reply. Rejects only by our own fault. */
async function withData(talk: Conversation, opening: string, work: (socket: Socket) => Promise<Reply>): Promise<Reply> {
  if (!talk.dataPort.isAgreed) return reply(425, 'use PASV, EPSV, PORT or EPRT first');
  talk.say(reply(150, opening));
  let socket: Socket | undefined;
  const done = talk.underWay(() => {
    talk.dataPort.abandon();
    socket?.destroy();
  });
  try {
    socket = await talk.dataPort.open(talk.protection());
    const stalled = new TransferError('Stalled', 'no byte moved for too long');
    socket.setTimeout(talk.stallMs, () => socket?.destroy(stalled));
    return await work(socket);
  } catch (thrown) {
    return failureReply(thrown);
  } finally {
    done();
    socket?.destroy();
  }
}

const codes: Partial<Readonly<Record<TransferErrorCode, number>>> = {
  NotFound: 550,
  TooLarge: 552,
  SpoolFull: 452,
  Changed: 554,
  Broken: 426,
  Stalled: 426,
};

/** The reply to a transfer that failed; what neither the client nor the spool has caused is thrown on. */
export function failureReply(thrown: unknown): Reply {
  if (thrown instanceof NoDataConnection) return reply(425, thrown.message);
  if (thrown instanceof TransferError) {
    const code = codes[thrown.code];
    if (code !== undefined) return reply(code, thrown.message);
  }
  if (isHangUp(thrown)) return reply(426, 'the data connection broke');
  throw thrown;
}

/** Resolves when the client has closed its end too, or has taken its time; rejects when it broke off. */
function closed(talk: Conversation, socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = talk.parts.clock.after(closeMs, resolve);
    const end = (done: () => void) => () => {
      cancel();
      done();
    };
    if (socket.destroyed) return end(resolve)();
    socket.once('error', (error) => end(() => reject(error))());
    socket.once('close', end(resolve));
    socket.resume();
  });
}
