import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type DoorStage, openStage, sha256, someBytes } from '../support/file-door.ts';
import { needs, run } from '../support/programs/program.ts';

/** Real HTTP clients at our door, in all the ways in which chargers were seen to fetch and to upload. */

const bytes = someBytes(3_000_000);

let stage: DoorStage;
let folder: string;
let source: string;

beforeAll(async () => {
  stage = await openStage();
  folder = mkdtempSync(join(tmpdir(), 'http-clients-'));
  source = join(folder, 'diag.zip');
  writeFileSync(source, bytes);
});

afterAll(async () => {
  await stage.end();
  rmSync(folder, { recursive: true, force: true });
});

type Call = {
  readonly name: string;
  readonly program: string;
  readonly args: (url: string, file: string) => readonly string[];
};

const downloads: readonly Call[] = [
  { name: 'curl', program: 'curl', args: (url, file) => ['-sS', '-o', file, url] },
  { name: 'curl over HTTP/1.0', program: 'curl', args: (url, file) => ['-sS', '--http1.0', '-o', file, url] },
  { name: 'wget', program: 'wget', args: (url, file) => ['-q', '-O', file, url] },
  { name: 'busybox wget', program: 'busybox', args: (url, file) => ['wget', '-q', '-O', file, url] },
  { name: 'lftp', program: 'lftp', args: (url, file) => ['-c', `get ${url} -o ${file}`] },
];

const resumes: readonly Call[] = [
  { name: 'curl -C', program: 'curl', args: (url, file) => ['-sS', '-C', '-', '-o', file, url] },
  { name: 'wget -c', program: 'wget', args: (url, file) => ['-q', '-c', '-O', file, url] },
  { name: 'busybox wget -c', program: 'busybox', args: (url, file) => ['wget', '-q', '-c', '-O', file, url] },
  { name: 'lftp get -c', program: 'lftp', args: (url, file) => ['-c', `get -c ${url} -o ${file}`] },
];

const chunked = ['-H', 'Transfer-Encoding: chunked'];

const uploads: readonly (Call & { readonly arrives: string })[] = [
  { name: 'PUT with a length', program: 'curl', args: (url, file) => ['-T', file, url], arrives: 'diag.zip' },
  { name: 'PUT in chunks', program: 'curl', args: (url, file) => [...chunked, '-T', file, url], arrives: 'diag.zip' },
  {
    name: 'PUT in chunks after 100 Continue',
    program: 'curl',
    args: (url, file) => [...chunked, '-H', 'Expect: 100-continue', '-T', file, url],
    arrives: 'diag.zip',
  },
  {
    name: 'PUT over HTTP/1.0',
    program: 'curl',
    args: (url, file) => ['--http1.0', '-T', file, url],
    arrives: 'diag.zip',
  },
  {
    name: 'PUT to the folder itself',
    program: 'curl',
    args: (url, file) => ['-X', 'PUT', '--data-binary', `@${file}`, url],
    arrives: 'promised.zip',
  },
  {
    name: 'PUT to the folder without its slash',
    program: 'curl',
    args: (url, file) => ['-X', 'PUT', '--data-binary', `@${file}`, url.replace(/\/$/, '')],
    arrives: 'promised.zip',
  },
  {
    name: 'POST raw',
    program: 'curl',
    args: (url, file) => ['--data-binary', `@${file}`, '-H', 'Content-Type: application/octet-stream', `${url}log.zip`],
    arrives: 'log.zip',
  },
  {
    name: 'POST of a form',
    program: 'curl',
    args: (url, file) => ['-F', 'station=7', '-F', `file=@${file};filename=form.zip`, url],
    arrives: 'form.zip',
  },
  {
    name: 'POST of a form over HTTP/1.0',
    program: 'curl',
    args: (url, file) => ['--http1.0', '-F', `file=@${file}`, url],
    arrives: 'diag.zip',
  },
  {
    name: 'POST by wget',
    program: 'wget',
    args: (url, file) => ['-q', '-O', '-', `--post-file=${file}`, `${url}log.zip`],
    arrives: 'log.zip',
  },
  {
    name: 'PUT by wget',
    program: 'wget',
    args: (url, file) => ['-q', '-O', '-', '--method=PUT', `--body-file=${file}`, `${url}log.zip`],
    arrives: 'log.zip',
  },
];

test.for(downloads)('$name fetches an image', async ({ program, args }, { skip }) => {
  needs(skip, program);
  const file = join(folder, 'down.bin');
  rmSync(file, { force: true });
  const { url } = await stage.offer(bytes, { scheme: 'http' });
  expect(await run(program, args(url, file))).toMatchObject({ exitCode: 0 });
  expect(sha256(readFileSync(file))).toBe(sha256(bytes));
});

test.for(resumes)('$name goes on with an image', async ({ program, args }, { skip }) => {
  needs(skip, program);
  const file = join(folder, 'part.bin');
  copyFileSync(source, file);
  truncateSync(file, 1_234_567);
  const { url } = await stage.offer(bytes, { scheme: 'http' });
  expect(await run(program, args(url, file))).toMatchObject({ exitCode: 0 });
  expect(sha256(readFileSync(file))).toBe(sha256(bytes));
  const rest = { kind: 'sent', from: 1_234_567, to: bytes.length, whole: false };
  await vi.waitFor(() => expect(stage.told.at(-1)).toEqual(rest), { timeout: 10_000 });
});

test.for(uploads)('$name brings a file', async ({ program, args, arrives }, { skip }) => {
  needs(skip, program);
  const { url } = await stage.accept({ scheme: 'http', name: 'promised.zip' });
  const quiet = program === 'curl' ? ['-sS', '-f'] : [];
  expect(await run(program, [...quiet, ...args(url, source)])).toMatchObject({ exitCode: 0 });
  expect(await stage.door.collect('job-1')).toEqual({
    name: arrives,
    file: { sha256: sha256(bytes), bytes: bytes.length },
  });
});

test('POST by busybox wget brings a file', async ({ skip }) => {
  needs(skip, 'busybox');
  // It takes the file for text, and sends none of it behind a NUL.
  const text = Buffer.from(bytes.toString('base64'));
  const file = join(folder, 'diag.txt');
  writeFileSync(file, text);
  const { url } = await stage.accept({ scheme: 'http' });
  const post = ['wget', '-q', '-O', '-', `--post-file=${file}`, `${url}log.txt`];
  expect(await run('busybox', post)).toMatchObject({ exitCode: 0 });
  expect(await stage.door.collect('job-1')).toEqual({
    name: 'log.txt',
    file: { sha256: sha256(text), bytes: text.length },
  });
});

describe('what cannot be served', () => {
  test('a part of a file that curl goes on to PUT is refused, and nothing is mixed up', async ({ skip }) => {
    needs(skip, 'curl');
    const { url } = await stage.accept({ scheme: 'http' });
    const put = await run('curl', ['-sS', '-f', '-C', '1000', '-T', source, `${url}diag.zip`]);
    expect(put).toMatchObject({ exitCode: 22 });
    expect(await stage.door.collect('job-1')).toBeUndefined();
  });

  test('several ranges give the whole file', async ({ skip }) => {
    needs(skip, 'curl');
    const file = join(folder, 'ranges.bin');
    const { url } = await stage.offer(bytes, { scheme: 'http' });
    expect(await run('curl', ['-sS', '-f', '-r', '0-9,100-109', '-o', file, url])).toMatchObject({ exitCode: 0 });
    expect(sha256(readFileSync(file))).toBe(sha256(bytes));
  });
});
