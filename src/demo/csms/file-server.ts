import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { createCa } from '../certificates.ts';
import { hashOf, imageMark } from '../charger/transfers.ts';

/** Where the CSMS has its images and wants its files. */
export type FileServer = {
  /** PEM of who vouches for it. */
  readonly ca: string;
  readonly imageUrl: string;
  /** SHA-256 of the image, lower-case hex. */
  readonly imageHash: string;
  readonly inboxUrl: string;
  /** SHA-256 of each file that was brought whole, by its name. */
  readonly arrived: ReadonlyMap<string, string>;
  close(): Promise<void>;
};

const version = '2.0.0';
const imageBytes = 2_000_000;

/** Serves one image over HTTPS on a free loopback port, and takes files by PUT. */
export async function startFileServer(): Promise<FileServer> {
  const ca = createCa('Demo CSMS');
  const image = Buffer.concat([Buffer.from(`${imageMark}${version}\n`), randomBytes(imageBytes)]);
  const arrived = new Map<string, string>();
  const server = createServer(ca.issue({ commonName: 'localhost', hosts: ['localhost', '127.0.0.1'] }), (...exchange) =>
    serve(image, arrived, ...exchange),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the file server has no TCP address');
  const base = `https://127.0.0.1:${address.port}`;
  return {
    ca: ca.cert,
    imageUrl: `${base}/images/old-iron-${version}.bin`,
    imageHash: hashOf(image),
    inboxUrl: `${base}/inbox/`,
    arrived,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function serve(image: Buffer, arrived: Map<string, string>, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '/';
  if (request.method === 'GET' && path.startsWith('/images/')) {
    response.writeHead(200, { 'content-length': image.length, etag: `"${hashOf(image)}"` }).end(image);
    return;
  }
  if (request.method !== 'PUT' || !path.startsWith('/inbox/')) {
    response.writeHead(404).end();
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('end', () => {
    arrived.set(decodeURIComponent(path.slice('/inbox/'.length)), hashOf(Buffer.concat(chunks)));
    response.writeHead(201).end();
  });
}
