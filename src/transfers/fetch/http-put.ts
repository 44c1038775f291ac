import { randomUUID } from 'node:crypto';
import { type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { TransferError } from '../errors.ts';
import { callHttp, type HttpCall, statusFailure } from './http-request.ts';
import type { Location } from './location.ts';
import type { PutCall } from './uploader.ts';

const chunkBytes = 256 * 1024;

/** Brings a file by PUT, POST, or a form; success is the answer's word (2xx). Rejects with TransferError. */
export async function putByHttp(call: PutCall): Promise<void> {
  const { location, request, outside, signal, say } = call;
  const target = request.httpMethod === 'put' ? withName(location, request.name) : location;
  const response = await callHttp(target, httpCall(call), outside, signal);
  say(`HTTP ${response.statusCode}`);
  finish(response);
}

/** A location without a query is a folder (OCPP 1.6 §6.25); presigned ones, which have one, are the file itself. */
function withName(location: Location, name: string): Location {
  if (location.hasQuery) return location;
  return { ...location, path: `${location.path}${location.path.endsWith('/') ? '' : '/'}${encodeURIComponent(name)}` };
}

function finish(response: IncomingMessage): void {
  const status = response.statusCode ?? 0;
  response.destroy();
  if (status < 200 || status > 299) throw statusFailure(status);
}

function httpCall(call: PutCall): HttpCall {
  const { request, bytes } = call;
  const form = request.httpMethod === 'multipart' ? formAround(request.name) : undefined;
  const [before, after] = form === undefined ? ['', ''] : [form.before, form.after];
  const headers: OutgoingHttpHeaders = {
    'User-Agent': 'ocpp-edge',
    'Content-Type': form === undefined ? 'application/octet-stream' : `multipart/form-data; boundary=${form.boundary}`,
    'Content-Length': Buffer.byteLength(before) + bytes + Buffer.byteLength(after),
  };
  const method = request.httpMethod === 'put' ? 'PUT' : 'POST';
  return { method, headers, send: (outgoing) => void sendBody(call, outgoing, before, after) };
}

function formAround(name: string): { readonly boundary: string; readonly before: string; readonly after: string } {
  const boundary = `edge-${randomUUID()}`;
  const quoted = name.replaceAll(/["\\\r\n]/g, '_');
  const head = `Content-Disposition: form-data; name="file"; filename="${quoted}"\r\nContent-Type: application/octet-stream`;
  return { boundary, before: `--${boundary}\r\n${head}\r\n\r\n`, after: `\r\n--${boundary}--\r\n` };
}

/** Never rejects: what goes wrong ends the request, which tells. */
async function sendBody({ spool, request }: PutCall, outgoing: ClientRequest, before: string, after: string) {
  try {
    outgoing.write(before);
    const handle = await spool.read(request.sha256);
    for await (const chunk of handle.createReadStream({ highWaterMark: chunkBytes })) {
      if (outgoing.destroyed) return;
      if (!outgoing.write(chunk)) await drained(outgoing);
    }
    outgoing.end(after);
  } catch (thrown) {
    outgoing.destroy(thrown instanceof Error ? thrown : new TransferError('Broken', 'the file could not be read'));
  }
}

function drained(outgoing: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      outgoing.off('drain', go).off('close', go);
      resolve();
    };
    outgoing.on('drain', go).on('close', go);
  });
}
