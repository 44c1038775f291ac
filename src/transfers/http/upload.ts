import type { IncomingMessage, ServerResponse } from 'node:http';
import { eachChunk, isHangUp } from '../chunks.ts';
import type { Intake, Pen } from '../door/intake.ts';
import { harmlessName } from '../door/names.ts';
import type { DoorParts } from '../door/parts.ts';
import type { Pass } from '../door/tickets.ts';
import { TransferError, type TransferErrorCode } from '../errors.ts';
import type { Answer } from './answers.ts';
import { BrokenForm, FormReader, formBoundary } from './multipart.ts';

/** Why an upload need not begin at all, as far as its headers tell. */
export function refusedUpload(request: IncomingMessage): Answer | undefined {
  const { 'content-length': length, 'transfer-encoding': coding, 'content-encoding': packed } = request.headers;
  if (length === undefined && coding === undefined) {
    // Without either, Node reads a body of 0 bytes whatever was sent: an empty file would count as received.
    return { status: 411, text: 'an upload needs Content-Length or Transfer-Encoding: chunked' };
  }
  if (request.headers['content-range'] !== undefined) {
    return { status: 400, text: 'an upload in parts is not supported here (RFC 9110 section 14.5)' };
  }
  if (packed !== undefined && packed.toLowerCase() !== 'identity') {
    return { status: 415, text: 'an upload has no Content-Encoding' };
  }
  return undefined;
}

/** Reads the body of PUT or POST into an upload; undefined when there is nobody left to answer. */
export async function receiveUpload(
  parts: DoorParts,
  pass: Pass,
  intake: Intake,
  name: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answer | undefined> {
  const writer = new BodyWriter(parts, pass, intake, () => request.destroy());
  const cut = () => response.destroy();
  pass.underWay.add(cut);
  try {
    await writer.read(request, name ?? intake.name);
    return { status: 201, text: 'received' };
  } catch (thrown) {
    if (isHangUp(thrown)) {
      parts.listener.line(pass.job, 'HTTP connection broke in the middle of the upload');
      return undefined;
    }
    const refusal = refusalOf(thrown);
    parts.listener.line(pass.job, `HTTP ${refusal.status}: ${refusal.text}`);
    return refusal;
  } finally {
    pass.underWay.delete(cut);
    await writer.end();
  }
}

/** One body on its way into an upload. */
class BodyWriter {
  readonly #parts: DoorParts;
  readonly #pass: Pass;
  readonly #intake: Intake;
  readonly #cut: () => void;
  #pen: Pen | undefined;

  constructor(parts: DoorParts, pass: Pass, intake: Intake, cut: () => void) {
    this.#parts = parts;
    this.#pass = pass;
    this.#intake = intake;
    this.#cut = cut;
  }

  async read(request: IncomingMessage, name: string): Promise<void> {
    const boundary = formBoundary(request.headers['content-type']);
    if (boundary === undefined) await this.#readRaw(request, name);
    else await this.#readForm(request, boundary, name);
    const pen = this.#pen;
    this.#pen = undefined;
    await pen?.finish((received) => {
      this.#parts.listener.line(this.#pass.job, `HTTP received ${received.bytes} bytes as ${received.name}`);
      return this.#parts.listener.received(this.#pass.job, received);
    });
  }

  /** Puts the pen down when the body did not come to its end. */
  async end(): Promise<void> {
    await this.#pen?.drop();
    this.#pen = undefined;
  }

  async #readRaw(request: IncomingMessage, name: string): Promise<void> {
    const pen = await this.#begin(name);
    await eachChunk(request, (chunk) => pen.write(chunk));
  }

  async #readForm(request: IncomingMessage, boundary: string, fallback: string): Promise<void> {
    const form = new FormReader(boundary, {
      begin: async (name) => {
        await this.#begin(harmlessName(name ?? '') ?? fallback);
      },
      write: async (chunk) => this.#pen?.write(chunk),
    });
    await eachChunk(request, (chunk) => form.write(chunk));
    form.end();
  }

  async #begin(name: string): Promise<Pen> {
    this.#pen = await this.#intake.begin(name, 0, this.#cut);
    this.#parts.listener.receiving(this.#pass.job);
    return this.#pen;
  }
}

const statuses: Partial<Readonly<Record<TransferErrorCode, number>>> = {
  TooLarge: 413,
  SpoolFull: 507,
  NotFound: 410,
};

/** What a charger is told of a failed upload; what is not its fault and not the spool's is thrown on. */
function refusalOf(thrown: unknown): Answer {
  if (thrown instanceof BrokenForm) return { status: 400, text: thrown.message };
  const status = thrown instanceof TransferError ? statuses[thrown.code] : undefined;
  if (status === undefined) throw thrown;
  return { status, text: thrown instanceof Error ? thrown.message : '' };
}
