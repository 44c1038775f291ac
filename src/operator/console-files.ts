import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { extname, join, relative } from 'node:path';
import type { Answer } from './routes.ts';

/** The console's files, in memory, by the path of a URL: no other file can be had. */
export type ConsoleFiles = ReadonlyMap<string, ConsoleFile>;

type ConsoleFile = {
  readonly type: string;
  readonly cacheControl: string;
  /** As it is last; those before are smaller. */
  readonly variants: readonly Variant[];
};

type Variant = {
  readonly coding: 'br' | 'gzip' | undefined;
  readonly bytes: Buffer;
  /** Strong: of these very bytes (RFC 9110 §8.8.1). */
  readonly etag: string;
};

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

const siblings = [
  { ending: '.br', coding: 'br' },
  { ending: '.gz', coding: 'gzip' },
] as const;

/** Reads the folder of the built console, compressed siblings of its files too; undefined if it was not built. */
export async function readConsoleFiles(folder: string): Promise<ConsoleFiles | undefined> {
  if (!existsSync(join(folder, 'index.html'))) return undefined;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const bytes = new Map(
    await Promise.all(paths.map(async (path) => [`/${relative(folder, path)}`, await readFile(path)] as const)),
  );
  const files = new Map<string, ConsoleFile>();
  for (const path of bytes.keys()) {
    const type = types[extname(path)];
    if (type !== undefined)
      files.set(path, { type, cacheControl: cacheControl(path), variants: variants(path, bytes) });
  }
  const index = files.get('/index.html');
  return index === undefined ? files : files.set('/', index);
}

function variants(path: string, files: ReadonlyMap<string, Buffer>): readonly Variant[] {
  return [...siblings, { ending: '', coding: undefined }].flatMap(({ ending, coding }) => {
    const bytes = files.get(`${path}${ending}`);
    return bytes === undefined ? [] : [{ coding, bytes, etag: etagOf(bytes) }];
  });
}

const etagOf = (bytes: Buffer): string => `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;

/** What has the hash of its content in its name never changes. */
function cacheControl(path: string): string {
  return /^\/assets\/.+-[\w-]{8,}\.\w+$/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';
}

/**
 * What a page of the console may do: fetch from here, and nothing else. No script or style of its own text, no frame
 * around it.
 */
const pageHeaders = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** What `GET path` answers; undefined if the console has no such file. */
export function answerFile(
  files: ConsoleFiles | undefined,
  path: string,
  headers: IncomingHttpHeaders,
): Answer | undefined {
  if (files === undefined) return path === '/' ? notBuilt : undefined;
  const file = files.get(path);
  if (file === undefined) return undefined;
  const { type, cacheControl: caching, variants: all } = file;
  const variant = all.find(({ coding }) => coding === undefined || accepts(headers['accept-encoding'], coding));
  if (variant === undefined) return undefined;
  const { coding, bytes, etag } = variant;
  const described = {
    ...pageHeaders,
    'cache-control': caching,
    etag,
    vary: 'accept-encoding',
    ...(coding === undefined ? {} : { 'content-encoding': coding }),
  };
  const known = knows(headers['if-none-match'], etag);
  return { status: known ? 304 : 200, body: { kind: 'bytes', type, bytes }, headers: described };
}

const notBuilt: Answer = {
  status: 404,
  body: {
    kind: 'text',
    type: 'text/html; charset=utf-8',
    text: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>OCPP edge gateway</title></head>
<body><h1>The gateway runs; its console is not built</h1>
<p>Run <code>npm run build</code> in the folder of the gateway and start it again. The API is described by
<a href="/api/openapi.json">/api/openapi.json</a>.</p></body></html>
`,
  },
  headers: pageHeaders,
};

/** RFC 9110 §12.5.3, for the codings that we have. */
function accepts(header: string | string[] | undefined, coding: string): boolean {
  const said = (Array.isArray(header) ? header.join(',') : (header ?? '')).toLowerCase().split(',');
  return said.some((part) => {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

/** RFC 9110 §13.1.2. */
function knows(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
