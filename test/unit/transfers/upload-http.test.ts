import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { addressRule } from '../../../src/transfers/addresses.ts';
import { FormReader, formBoundary } from '../../../src/transfers/http/multipart.ts';
import type { UploadRequest } from '../../../src/transfers/ports.ts';
import { someBytes } from '../../support/file-door.ts';
import { openOutside, type OutsideStage } from '../../support/outside.ts';

const servers: Server[] = [];
const stages: OutsideStage[] = [];
const bytes = someBytes(2_000_000);

afterEach(async () => {
  for (const stage of stages.splice(0)) stage.end();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

type Taken = {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly type: string | undefined;
  readonly body: Buffer;
};

/** A web server that takes uploads; `answer` may answer before the body is read, and then says so. */
async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, turn: number) => 'read' | 'answered',
) {
  const taken: Taken[] = [];
  let turn = 0;
  const server = createServer((request, response) => {
    turn += 1;
    if (answer(request, response, turn) === 'answered') return;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const { method, url, headers } = request;
      taken.push({ method, url, type: headers['content-type'], body: Buffer.concat(chunks) });
      response.writeHead(201).end();
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, taken };
}

async function upload(
  location: string,
  wish: Partial<UploadRequest> & { readonly permits?: (address: string) => boolean } = {},
) {
  const stage = await openOutside(wish.permits === undefined ? {} : { permits: wish.permits });
  stages.push(stage);
  const draft = await stage.spool.draft(1e9);
  await draft.write(bytes);
  const { sha256 } = await draft.commit('test');
  const request: UploadRequest = {
    sha256,
    name: 'diag 1.zip',
    location,
    persistence: { retries: 2, retryIntervalMs: 0 },
    httpMethod: 'put',
    ...wish,
  };
  await stage.uploader.upload(request, (line) => stage.lines.push(line));
}

describe('an upload to the CSMS by HTTP', () => {
  test.each([
    ['/logs', '/logs/diag%201.zip'],
    ['/logs/', '/logs/diag%201.zip'],
    ['/key?X-Amz-Signature=abc', '/key?X-Amz-Signature=abc'],
  ])('PUT into %s goes to %s', async (path, url) => {
    const { url: base, taken } = await serve(() => 'read');
    await upload(`${base}${path}`);
    expect(taken).toMatchObject([{ method: 'PUT', url, type: 'application/octet-stream' }]);
    expect(taken[0]?.body.equals(bytes)).toBe(true);
  });

  test('POST goes to the location as it stands', async () => {
    const { url, taken } = await serve(() => 'read');
    await upload(`${url}/collect`, { httpMethod: 'post' });
    expect(taken).toMatchObject([{ method: 'POST', url: '/collect' }]);
    expect(taken[0]?.body.equals(bytes)).toBe(true);
  });

  test('a form carries the file and its name', async () => {
    const { url, taken } = await serve(() => 'read');
    await upload(`${url}/collect`, { httpMethod: 'multipart', name: 'a"b.zip' });
    const chunks: Buffer[] = [];
    const names: (string | undefined)[] = [];
    const form = new FormReader(formBoundary(taken[0]?.type) ?? '', {
      begin: async (name) => void names.push(name),
      write: async (chunk) => void chunks.push(chunk),
    });
    await form.write(taken[0]?.body ?? Buffer.alloc(0));
    form.end();
    expect(names).toEqual(['a_b.zip']);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  test('follows only redirects that keep the method', async () => {
    const { url, taken } = await serve((request, response) => {
      if (request.url !== '/a/diag%201.zip') return 'read';
      response.writeHead(307, { Location: '/b' }).end();
      return 'answered';
    });
    await upload(`${url}/a`);
    expect(taken).toMatchObject([{ method: 'PUT', url: '/b' }]);
    expect(taken[0]?.body.equals(bytes)).toBe(true);
    const other = await serve((_, response) => {
      response.writeHead(302, { Location: '/b' }).end();
      return 'answered';
    });
    await expect(upload(`${other.url}/a`)).rejects.toMatchObject({ code: 'Refused' });
  });

  test('is tried again when the server cannot just now, also in the middle of the body', async () => {
    const { url, taken } = await serve((request, response, turn) => {
      if (turn === 1) response.writeHead(503, { Connection: 'close' }).end();
      if (turn === 2) request.socket.destroy();
      return turn < 3 ? 'answered' : 'read';
    });
    await upload(`${url}/a`);
    expect(taken).toHaveLength(1);
    expect(taken[0]?.body.equals(bytes)).toBe(true);
  });

  test.each([
    [403, 'Unauthorized'],
    [404, 'NotFound'],
    [413, 'Refused'],
  ])('answered %i fails as %s', async (status, code) => {
    const { url } = await serve((_, response) => {
      response.writeHead(status).end();
      return 'answered';
    });
    await expect(upload(`${url}/a`)).rejects.toMatchObject({ code });
  });

  test('goes to no forbidden address', async () => {
    const { url, taken } = await serve(() => 'read');
    await expect(upload(`${url}/a`, { permits: addressRule([]) })).rejects.toMatchObject({ code: 'ForbiddenAddress' });
    expect(taken).toEqual([]);
  });
});
