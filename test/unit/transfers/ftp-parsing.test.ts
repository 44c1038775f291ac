import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { harmlessName, newCredentials } from '../../../src/transfers/door/names.ts';
import { readCommand, shownCommand } from '../../../src/transfers/ftp/command-line.ts';
import { passiveNumbers, readExtendedPort, readPort } from '../../../src/transfers/ftp/endpoints.ts';
import { LineReader } from '../../../src/transfers/ftp/lines.ts';
import { Lockout } from '../../../src/transfers/ftp/lockout.ts';
import { folderOf, placeOf, type Tree } from '../../../src/transfers/ftp/places.ts';

describe('lines of a control connection', () => {
  test('are the same wherever TCP cuts them', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ maxLength: 40 }).filter((text) => !/[\r\n]/.test(text)),
          { maxLength: 8 },
        ),
        fc.integer({ min: 1, max: 7 }),
        (texts, size) => {
          const bytes = Buffer.from(texts.map((text) => `${text}\r\n`).join(''));
          const reader = new LineReader(1_024);
          const read: string[] = [];
          for (let at = 0; at < bytes.length; at += size) {
            const lines = reader.push(bytes.subarray(at, at + size));
            if (lines !== 'tooLong') read.push(...lines);
          }
          expect(read).toEqual(texts);
        },
      ),
    );
  });

  test('may end with a bare line feed', () => {
    expect(new LineReader(100).push(Buffer.from('USER x\nPASS y\n'))).toEqual(['USER x', 'PASS y']);
  });

  test('are refused when they are too long, with or without an end', () => {
    expect(new LineReader(10).push(Buffer.from('x'.repeat(12)))).toBe('tooLong');
    expect(new LineReader(10).push(Buffer.from(`${'x'.repeat(12)}\r\n`))).toBe('tooLong');
    expect(new LineReader(10).push(Buffer.from(`${'x'.repeat(10)}\r\n`))).toEqual(['x'.repeat(10)]);
  });

  test('lose the interrupt and synch of Telnet before ABOR (RFC 959 §4.1.3)', () => {
    const synch = Buffer.concat([Buffer.from([0xff, 0xf4, 0xff, 0xf2]), Buffer.from('ABOR\r\n')]);
    expect(new LineReader(100).push(synch)).toEqual(['ABOR']);
    // What is left of it when the urgent byte went out of band.
    expect(new LineReader(100).push(Buffer.concat([Buffer.from([0xf2]), Buffer.from('ABOR\r\n')]))).toEqual(['ABOR']);
  });
});

describe('a command', () => {
  test.each([
    ['user bob', { verb: 'USER', argument: 'bob' }],
    ['CWD  two spaces ', { verb: 'CWD', argument: ' two spaces ' }],
    ['PWD', { verb: 'PWD', argument: '' }],
    ['  NOOP', { verb: 'NOOP', argument: '' }],
    ['', undefined],
    ['GET / HTTP/1.1', { verb: 'GET', argument: '/ HTTP/1.1' }],
    ['USERNAME bob', undefined],
    ['RETR a\0b', undefined],
    ['RETR a\rDELE b', undefined],
    ['\x16\x03\x01', undefined],
  ])('%j', (line, expected) => expect(readCommand(line)).toEqual(expected));

  test('is shown without its password', () => {
    expect(shownCommand({ verb: 'PASS', argument: 'secret' })).toBe('PASS [hidden]');
    expect(shownCommand({ verb: 'CWD', argument: 'x' })).toBe('CWD x');
  });
});

describe('data addresses', () => {
  test('PORT (RFC 959 §5.3.2)', () => {
    expect(readPort('127,0,0,1,195,80')).toEqual({ address: '127.0.0.1', port: 50_000 });
    for (const broken of ['', '1,2,3,4,5', '1,2,3,4,5,256', '1,2,3,4,5,6,7', 'a,b,c,d,e,f', '1,2,3,4,5,-1']) {
      expect(readPort(broken)).toBeUndefined();
    }
  });

  test('EPRT (RFC 2428 §2)', () => {
    expect(readExtendedPort('|1|132.235.1.2|6275|')).toEqual({ address: '132.235.1.2', port: 6275 });
    expect(readExtendedPort('!2!::1!5282!')).toEqual({ address: '::1', port: 5282 });
    for (const broken of [
      '',
      '|',
      '|1|::1|21|',
      '|2|1.2.3.4|21|',
      '|3|1.2.3.4|21|',
      '|1|1.2.3.4|99999|',
      '|1|host|21|',
    ]) {
      expect(readExtendedPort(broken)).toBeUndefined();
    }
  });

  test('PASV', () => {
    expect(passiveNumbers({ address: '10.0.0.5', port: 50_001 })).toBe('10,0,0,5,195,81');
    expect(passiveNumbers({ address: '::1', port: 50_001 })).toBeUndefined();
  });
});

const credentials = newCredentials(0);
const { token } = credentials;

describe('paths of a client', () => {
  const download: Tree = { credentials, goods: { kind: 'download', name: 'image.bin' } };
  const upload: Tree = { credentials, goods: { kind: 'upload' } };

  test.each([
    ['/', '/', '/'],
    ['/', token, `/${token}`],
    [`/${token}`, '.', `/${token}`],
    [`/${token}`, '..', '/'],
    [`/${token}`, '../../../..', '/'],
  ])('from %s to %s is the folder %s', (folder, argument, path) => {
    expect(placeOf(folder, argument, download)).toEqual({ kind: 'folder', path });
    expect(folderOf(folder, argument, download)).toBe(path);
  });

  test.each([
    ['/', 'image.bin'],
    ['/', `${token}/image.bin`],
    ['/', `/${token}/image.bin`],
    [`/${token}`, 'image.bin'],
    [`/${token}`, './image.bin'],
    [`/${token}`, '/image.bin'],
    [`/${token}`, `../../${token}//image.bin`],
  ])('from %s to %s is the image', (folder, argument) => {
    expect(placeOf(folder, argument, download)).toMatchObject({ kind: 'file', name: 'image.bin' });
  });

  test.each([
    '../etc/passwd',
    '/etc/passwd',
    'other.bin',
    'othertoken/image.bin',
    'a/image.bin',
    '~root',
    'image.bin/x',
  ])('%s is nowhere', (argument) => {
    expect(placeOf('/', argument, download)).toEqual({ kind: 'elsewhere' });
    expect(folderOf('/', argument, download)).toBeUndefined();
  });

  test('an upload has any name, in any folder below its own, and is never in the folder of another job', () => {
    expect(placeOf('/', 'log.zip', upload)).toMatchObject({ kind: 'file', name: 'log.zip' });
    expect(placeOf(`/${token}`, 'log.zip', upload)).toMatchObject({ kind: 'file', name: 'log.zip' });
    expect(placeOf(`/${token}`, '2026/03/log.zip', upload)).toMatchObject({ kind: 'file', name: 'log.zip' });
    expect(folderOf(`/${token}`, '2026', upload)).toBe(`/${token}/2026`);
    expect(folderOf('/', '2026', upload)).toBeUndefined();
    expect(placeOf('/', '/othertoken/log.zip', upload)).toEqual({ kind: 'elsewhere' });
    expect(placeOf(`/${token}`, '../othertoken/log.zip', upload)).toEqual({ kind: 'elsewhere' });
  });
});

describe('names that peers choose', () => {
  test('become harmless, and keep their extension', () => {
    expect(harmlessName('../../etc/passwd')).toBe('passwd');
    expect(harmlessName('C:\\logs\\diag 1.zip')).toBe('diag_1.zip');
    expect(harmlessName('.htaccess')).toBe('htaccess');
    expect(harmlessName('..')).toBeUndefined();
    expect(harmlessName('a/')).toBeUndefined();
    expect(harmlessName(`${'x'.repeat(300)}.tar.gz`)).toMatch(/^x{93}\.tar\.gz$/);
    expect(harmlessName('a\r\nDELE b')).toBe('a__DELE_b');
  });

  test('whatever they are, only letters of URLs are left', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (name) => {
        expect(harmlessName(name) ?? 'x').toMatch(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/);
      }),
    );
  });

  test('credentials are of [a-z0-9], and never the same', () => {
    const many = Array.from({ length: 200 }, () => newCredentials(0));
    for (const { token: word, user, password } of many) expect(`${word}${user}${password}`).toMatch(/^[a-z0-9]{52}$/);
    expect(new Set(many.map(({ token: word }) => word)).size).toBe(200);
  });
});

describe('the lockout', () => {
  test('locks an address after so many wrong passwords, until they are long ago', () => {
    let nowMs = 0;
    const lockout = new Lockout({ badLogins: 3, withinMs: 600_000 }, () => nowMs);
    expect([lockout.count('a'), lockout.count('a')]).toEqual([1, 2]);
    expect(lockout.isLocked('a')).toBe(false);
    nowMs = 100_000;
    expect(lockout.count('a')).toBe(3);
    expect([lockout.isLocked('a'), lockout.isLocked('b')]).toEqual([true, false]);
    nowMs = 599_999;
    expect(lockout.isLocked('a')).toBe(true);
    nowMs = 600_000;
    expect(lockout.isLocked('a')).toBe(false);
  });
});
