import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type Coding, codingHeader, codingOf, deflate, inflate } from '../../../src/ocpp-s/http-coding.ts';

const body = Buffer.from('<a>text</a>'.repeat(100));

test.each([
  ['gzip', gzipSync(body), 'gzip'],
  ['x-gzip', gzipSync(body), 'gzip'],
  ['GZIP', gzipSync(body), 'gzip'],
  ['deflate', deflateSync(body), 'deflate'],
  ['deflate', deflateRawSync(body), 'rawDeflate'],
  ['identity', body, 'identity'],
  [undefined, body, 'identity'],
])('Content-Encoding %s is undone (OCPP-S 1.6 §6.1)', (header, bytes, coding) => {
  expect(inflate(bytes, codingOf(header) ?? 'identity', 4096)).toEqual({ kind: 'bytes', bytes: body, coding });
});

test.each(['br', 'gzip, gzip', 'zstd', 'compress'])('Content-Encoding %s is not known', (header) => {
  expect(codingOf(header)).toBeUndefined();
});

test('a bomb stops at the limit, in each coding, without its output being made', () => {
  const zeros = Buffer.alloc(64 * 1024 * 1024);
  const bombs: [Coding, Buffer][] = [
    ['gzip', gzipSync(zeros)],
    ['deflate', deflateSync(zeros)],
    ['deflate', deflateRawSync(zeros)],
  ];
  const before = process.memoryUsage.rss();
  for (const [coding, bomb] of bombs) expect(inflate(bomb, coding, 262_144)).toEqual({ kind: 'tooLarge' });
  expect(process.memoryUsage.rss() - before).toBeLessThan(8 * 1024 * 1024);
});

test('exactly the limit still passes', () => {
  expect(inflate(gzipSync(body), 'gzip', body.length).kind).toBe('bytes');
  expect(inflate(gzipSync(body), 'gzip', body.length - 1).kind).toBe('tooLarge');
});

test.each([
  ['gzip', body],
  ['gzip', gzipSync(body).subarray(0, 20)],
  ['gzip', Buffer.alloc(0)],
  ['deflate', brotliCompressSync(body)],
  ['deflate', deflateSync(body).subarray(0, 10)],
] as const)('what is not %s data is broken, not fatal', (coding, bytes) => {
  expect(inflate(bytes, coding, 262_144)).toEqual({ kind: 'broken' });
});

test.each(['identity', 'gzip', 'deflate', 'rawDeflate'] as const)('an answer in %s reads back', (coding) => {
  const named = codingOf(codingHeader(coding)) ?? 'identity';
  expect(inflate(deflate(body, coding), named, 4096)).toEqual({ kind: 'bytes', bytes: body, coding });
});
