import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { isHangUp } from '../chunks.ts';
import { type Download, type DoorParts, noteSent } from '../door/parts.ts';
import { Sending } from '../door/sending.ts';
import type { Pass } from '../door/tickets.ts';
import { answer } from './answers.ts';
import { type Validators, wantedRange } from './ranges.ts';

/** Answers GET and HEAD of a file (RFC 9110 §9.3.1, §14). Rejects only by our own fault. */
export async function serveDownload(
  parts: DoorParts,
  pass: Pass,
  goods: Download,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { file } = goods;
  const validators = validatorsOf(pass, goods);
  // Ranges are defined for GET alone (RFC 9110 §14.2).
  const range = request.method === 'GET' ? request.headers.range : undefined;
  const wanted = wantedRange(range, oneHeader(request, 'if-range'), file.bytes, validators);
  if (wanted.kind === 'none') {
    parts.listener.line(pass.job, `HTTP 416: ${range?.slice(0, 60)} of ${file.bytes} bytes`);
    const headers = { 'Content-Range': `bytes */${file.bytes}` };
    return answer(request, response, { status: 416, text: 'no such range', headers }, parts.clock);
  }
  const [from, to] = wanted.kind === 'part' ? [wanted.from, wanted.to] : [0, file.bytes];
  const headers: OutgoingHttpHeaders = {
    'Content-Type': 'application/octet-stream',
    'Content-Length': to - from,
    'Accept-Ranges': 'bytes',
    ETag: validators.etag,
    'Last-Modified': validators.lastModified,
  };
  if (wanted.kind === 'part') headers['Content-Range'] = `bytes ${from}-${to - 1}/${file.bytes}`;
  const status = wanted.kind === 'part' ? 206 : 200;
  parts.listener.line(pass.job, `HTTP ${request.method} ${goods.name}: ${status}, bytes ${from} to ${to}`);
  if (request.method === 'HEAD') {
    response.writeHead(status, headers).end();
    return;
  }
  await sendBytes(parts, pass, goods, { from, to }, response.writeHead(status, headers));
}

async function sendBytes(
  parts: DoorParts,
  pass: Pass,
  goods: Download,
  { from, to }: { readonly from: number; readonly to: number },
  response: ServerResponse,
): Promise<void> {
  const { file, throttle } = goods;
  const sending = new Sending({ spool: parts.spool, file, throttle, from, to }, response);
  const cut = () => response.destroy();
  pass.underWay.add(cut);
  try {
    await sending.run();
    parts.listener.line(pass.job, `HTTP sent ${to - from} bytes`);
  } catch (thrown) {
    if (!isHangUp(thrown)) throw thrown;
    parts.listener.line(pass.job, `HTTP connection broke after ${sending.sent} bytes`);
  } finally {
    pass.underWay.delete(cut);
    noteSent(parts, pass, goods, from, from + sending.sent);
  }
}

/** Of the offer, not of the file on disk: they stay the same as long as the ticket does. */
function validatorsOf(pass: Pass, { file }: Download): Validators {
  return { etag: `"${file.sha256}"`, lastModified: new Date(pass.credentials.issuedAtMs).toUTCString() };
}

function oneHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
