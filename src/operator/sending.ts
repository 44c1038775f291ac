import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './routes.ts';

/** Sends an answer; HEAD and 304 get its head alone. */
export function send(request: IncomingMessage, response: ServerResponse, { status, body, headers }: Answer): void {
  const shared = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers };
  const headOnly = request.method === 'HEAD' || status === 304;
  if (body.kind === 'stream') {
    response.writeHead(status, { 'content-type': body.type, ...shared });
    if (headOnly) response.end();
    else body.begin(response);
    return;
  }
  const { type, bytes } = bytesOf(body);
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length, ...shared });
  response.end(headOnly ? undefined : bytes);
}

function bytesOf(body: Exclude<Answer['body'], { readonly kind: 'stream' }>) {
  switch (body.kind) {
    case 'json':
      return { type: 'application/json; charset=utf-8', bytes: Buffer.from(`${JSON.stringify(body.value)}\n`) };
    case 'text':
      return { type: body.type, bytes: Buffer.from(body.text) };
    case 'bytes':
      return { type: body.type, bytes: body.bytes };
  }
}
