import { brotliCompressSync, gzipSync } from 'node:zlib';
import { authorize, envelope, heartbeat } from '../unit/ocpp-s-http/envelopes.ts';

/** Something that a charger, or somebody in its place, may POST, and what it is answered. */
export type BadPost = {
  /** Number in the catalogue of bad inputs. */
  readonly row: number;
  readonly title: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly status: number;
  /** What the answer must say. */
  readonly says: RegExp;
  /** CALLs that reach the CSMS. */
  readonly forwarded?: number;
};

const protocolError = { status: 400, says: /Sender<[\s\S]*ProtocolError</ } as const;
const tooLarge = { status: 413, says: /larger than 262144 bytes/ } as const;

/** The document type stands before the envelope. */
const withDoctype = (doctype: string, idTag: string) => authorize(idTag).replace('?>', `?>${doctype}`);

/** `trapUrl` is where an entity that is resolved would be fetched from. */
export const entities = (trapUrl: string): readonly BadPost[] => [
  { row: 1, title: 'a document type', body: withDoctype('<!DOCTYPE x>', 'A'), ...protocolError },
  { row: 2, title: 'an internal entity', body: withDoctype('<!DOCTYPE x [<!ENTITY a "b">]>', '&a;'), ...protocolError },
  { row: 3, title: 'billion laughs', body: withDoctype(`<!DOCTYPE x [${laughs()}]>`, '&l9;'), ...protocolError },
  {
    row: 4,
    title: 'an external entity of a file',
    body: withDoctype('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', '&a;'),
    ...protocolError,
  },
  {
    row: 4,
    title: 'an external entity over HTTP',
    body: withDoctype(`<!DOCTYPE x [<!ENTITY a SYSTEM "${trapUrl}">]>`, '&a;'),
    ...protocolError,
  },
  {
    row: 4,
    title: 'a parameter entity',
    body: withDoctype(`<!DOCTYPE x [<!ENTITY % a SYSTEM "${trapUrl}"> %a;]>`, 'A'),
    ...protocolError,
  },
  { row: 4, title: 'an entity that nobody declared', body: authorize('&a;'), ...protocolError },
  {
    row: 4,
    title: 'a style sheet',
    body: authorize('A').replace('?>', `?><?xml-stylesheet href="${trapUrl}"?>`),
    ...protocolError,
  },
];

function laughs(): string {
  const levels = Array.from({ length: 9 }, (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`);
  return `<!ENTITY l0 "ha">${levels.join('')}`;
}

const megabyte = 1024 * 1024;
const gzip = { 'Content-Encoding': 'gzip' };

export const sizes = (): readonly BadPost[] => [
  { row: 5, title: 'a gzip bomb of 300 MB', body: gzipSync(Buffer.alloc(300 * megabyte)), headers: gzip, ...tooLarge },
  { row: 5, title: 'a small gzip bomb', body: gzipSync(Buffer.alloc(200 * megabyte)), headers: gzip, ...tooLarge },
  {
    row: 5,
    title: 'a gzip bomb within a gzip bomb',
    body: gzipSync(gzipSync(Buffer.alloc(200 * megabyte))),
    headers: gzip,
    ...protocolError,
    status: 400,
    says: /UTF-8|ProtocolError/,
  },
  { row: 5, title: 'gzip that is none', body: 'hello', headers: gzip, status: 400, says: /not gzip data/ },
  {
    row: 5,
    title: 'half a gzip',
    body: gzipSync(heartbeat()).subarray(0, 60),
    headers: gzip,
    status: 400,
    says: /not gzip data/,
  },
  {
    row: 6,
    title: 'brotli',
    body: brotliCompressSync(heartbeat()),
    headers: { 'Content-Encoding': 'br' },
    status: 415,
    says: /identity, gzip or deflate/,
  },
];

const wrapped = (inside: string) => envelope('authorizeRequest', `<c:idTag>A</c:idTag>${inside}`);
const times = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join('');

export const shapes = (): readonly BadPost[] => [
  { row: 8, title: 'depth 33', body: wrapped(nested(31)), ...protocolError },
  { row: 8, title: 'depth 36,000', body: wrapped(nested(36_000)), ...protocolError },
  { row: 8, title: 'depth 100,000', body: wrapped(nested(100_000)), ...tooLarge },
  { row: 9, title: '65 attributes', body: wrapped(`<x ${times(65, (index) => `a${index}="" `)}/>`), ...protocolError },
  {
    row: 9,
    title: '23,000 attributes',
    body: wrapped(`<x ${times(23_000, (index) => `a${index}="" `)}/>`),
    ...protocolError,
  },
  {
    row: 9,
    title: '100,000 attributes',
    body: wrapped(`<x ${times(100_000, (index) => `a${index}="" `)}/>`),
    ...tooLarge,
  },
  {
    row: 10,
    title: '15,000 namespaces',
    body: wrapped(times(15_000, (index) => `<x xmlns:n${index % 9}="u"/>`).slice(0, 255_000 - 15)),
    ...protocolError,
  },
  { row: 11, title: 'a name of 200 KB', body: wrapped(`<${'n'.repeat(200_000)}/>`), ...protocolError },
  { row: 11, title: 'a name of 1 MB', body: wrapped(`<${'n'.repeat(megabyte)}/>`), ...tooLarge },
  { row: 12, title: 'text of 10 MB', body: authorize('x'.repeat(10 * megabyte)), ...tooLarge },
  { row: 12, title: 'text of 250 KB', body: authorize('x'.repeat(250_000)), ...protocolError },
  { row: 12, title: '60,000 siblings', body: wrapped('<x/>'.repeat(60_000)), ...protocolError },
];

const nested = (depth: number) => '<x>'.repeat(depth) + '</x>'.repeat(depth);

const broken = { status: 400 } as const;

export const characters = (): readonly BadPost[] => [
  { row: 13, title: 'UTF-16', body: Buffer.from(`\ufeff${heartbeat()}`, 'utf16le'), ...broken, says: /UTF-16/ },
  {
    row: 13,
    title: 'UTF-16 in the Content-Type',
    body: heartbeat(),
    headers: { 'Content-Type': 'text/xml; charset=utf-16' },
    ...broken,
    says: /utf-16/,
  },
  { row: 13, title: 'UTF-32', body: Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x3c]), ...broken, says: /UTF-32/ },
  {
    row: 14,
    title: 'invalid UTF-8',
    body: Buffer.concat([Buffer.from('<a>'), Buffer.from([0xc3, 0x28])]),
    ...broken,
    says: /not valid UTF-8/,
  },
  { row: 15, title: 'NUL', body: authorize('A\0B'), ...protocolError },
  { row: 15, title: 'a control character', body: authorize('A\u0001B'), ...protocolError },
  { row: 15, title: 'a reference to NUL', body: authorize('A&#0;B'), ...protocolError },
  { row: 15, title: 'a reference to a control character', body: authorize('A&#x1;B'), ...protocolError },
  { row: 15, title: 'a reference beyond Unicode', body: authorize('A&#x110000;B'), ...protocolError },
];

export const envelopes = (): readonly BadPost[] => [
  {
    row: 16,
    title: 'a SOAP 1.1 envelope, which is served',
    body: heartbeat({ soap: '1.1' }),
    status: 200,
    says: /heartbeatResponse/,
  },
  {
    row: 16,
    title: 'an envelope of no SOAP version',
    body: heartbeat().replace('2003/05/soap-envelope', '2099/01/soap-envelope'),
    status: 500,
    says: /VersionMismatch/,
  },
  {
    row: 17,
    title: 'a namespace that is not of OCPP',
    body: heartbeat({ namespace: 'urn://example/' }),
    ...protocolError,
  },
  {
    row: 18,
    title: 'an Action that names another operation, which is served by its body',
    body: heartbeat({ headers: '<a:Action>/Authorize</a:Action>' }),
    status: 200,
    says: /heartbeatResponse/,
  },
  {
    row: 18,
    title: 'two elements in the body',
    body: heartbeat().replace('</e:Body>', '<c:heartbeatRequest/></e:Body>'),
    ...protocolError,
  },
  {
    row: 18,
    title: 'nothing in the body',
    body: heartbeat().replace(/<e:Body>.*<\/e:Body>/, '<e:Body/>'),
    ...protocolError,
  },
  { row: 18, title: 'an HTML page', body: '<!DOCTYPE html><html><body>Sign in</body></html>', ...protocolError },
  { row: 18, title: 'JSON', body: '[2,"1","Heartbeat",{}]', ...protocolError },
  { row: 18, title: 'nothing', body: '', ...protocolError },
  { row: 18, title: 'half an envelope', body: heartbeat().slice(0, 300), ...protocolError },
  { row: 18, title: 'two envelopes', body: heartbeat() + heartbeat().replace(/<\?.*?\?>/, ''), ...protocolError },
];

/** Of its own minute each: with the same content they would be one message said again. */
const meterValues = (transactionId: string, minute: number) =>
  envelope(
    'meterValuesRequest',
    `<c:connectorId>1</c:connectorId><c:transactionId>${transactionId}</c:transactionId>` +
      `<c:meterValue><c:timestamp>2026-03-01T12:${minute}:00Z</c:timestamp><c:sampledValue><c:value>1</c:value></c:sampledValue></c:meterValue>`,
  );

const stored = { status: 200, says: /meterValuesResponse/, forwarded: 1 } as const;

export const payloads = (): readonly BadPost[] => [
  { row: 19, title: 'no idTag', body: envelope('authorizeRequest'), ...protocolError },
  {
    row: 20,
    title: 'two idTags',
    body: envelope('authorizeRequest', '<c:idTag>A</c:idTag><c:idTag>B</c:idTag>'),
    ...protocolError,
  },
  { row: 21, title: 'an element within an idTag', body: authorize('<c:idTag>A</c:idTag>'), ...protocolError },
  { row: 22, title: 'an idTag of 21 characters', body: authorize('123456789012345678901'), ...protocolError },
  {
    row: 23,
    title: 'a status that does not exist',
    body: envelope(
      'statusNotificationRequest',
      '<c:connectorId>1</c:connectorId><c:status>Chargin</c:status><c:errorCode>NoError</c:errorCode>',
    ),
    ...protocolError,
  },
  { row: 24, title: 'transactionId 0x1', body: meterValues('0x1', 10), ...protocolError },
  { row: 24, title: 'transactionId 1.5', body: meterValues('1.5', 11), ...protocolError },
  // A transactionId of no use is left out, since a fault would lose the reading for good.
  { row: 24, title: 'transactionId 2^63-1, left out', body: meterValues('9223372036854775807', 12), ...stored },
  { row: 24, title: 'transactionId 1.0, read as 1', body: meterValues('1.0', 13), ...stored },
  { row: 24, title: 'transactionId -1, kept', body: meterValues('-1', 14), ...stored },
];

/** idTags that other systems stumble over: text like any other. */
export const oddTags: readonly string[] = [
  '0012',
  '1e5',
  '0x1F',
  'true',
  'null',
  "'; DROP TABLE x--",
  '\u{1f50c}\u{26a1}',
  '-1',
  'NaN',
];

const names = ['__proto__', 'constructor', 'toString', 'prototype', 'hasOwnProperty'];

export const collisions = (): readonly BadPost[] =>
  names.flatMap((name) => [
    {
      row: 26,
      title: `the operation ${name}`,
      body: envelope(`${name}Request`),
      status: 500,
      says: /Receiver<[\s\S]*NotSupported</,
    },
    {
      row: 27,
      title: `the element ${name} alone`,
      body: envelope('authorizeRequest', `<c:${name}>A</c:${name}>`),
      ...protocolError,
    },
  ]);
