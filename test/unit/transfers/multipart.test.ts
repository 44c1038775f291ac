import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BrokenForm, FormReader, formBoundary } from '../../../src/transfers/http/multipart.ts';

type Read = { readonly name: string | undefined; readonly content: Buffer };

/** Feeds a body in pieces of the given sizes, over and over. */
async function read(body: Buffer, boundary: string, sizes: readonly number[] = [1_000_000]): Promise<Read> {
  const chunks: Buffer[] = [];
  let name: string | undefined;
  const form = new FormReader(boundary, {
    begin: async (fileName) => {
      name = fileName;
    },
    write: async (chunk) => {
      chunks.push(Buffer.from(chunk));
    },
  });
  for (let at = 0, turn = 0; at < body.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    await form.write(body.subarray(at, at + size));
    at += size;
  }
  form.end();
  return { name, content: Buffer.concat(chunks) };
}

const filePart = (content: Buffer | string, head = 'Content-Disposition: form-data; name="f"; filename="log.zip"') =>
  Buffer.concat([Buffer.from(`--b\r\n${head}\r\n\r\n`), Buffer.from(content), Buffer.from('\r\n')]);
const fieldPart = (text: string) => Buffer.from(`--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n${text}\r\n`);
const end = Buffer.from('--b--\r\n');

describe('multipart/form-data (RFC 7578)', () => {
  test('the content of the file comes out byte for byte, wherever TCP cuts the body', async () => {
    // Contents full of what looks like a boundary.
    const piece = fc.constantFrom('\r\n', '--', '--b', '\r\n--', '\r\n-', 'b', '\r', '\n', '--bb', 'x', '\0');
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        async (content, sizes) => {
          fc.pre(!`\r\n${content}\r\n`.includes('\r\n--b'));
          const body = Buffer.concat([fieldPart('1'), filePart(content), end]);
          expect(await read(body, 'b', sizes)).toEqual({ name: 'log.zip', content: Buffer.from(content) });
        },
      ),
    );
  });

  test('the first file is taken; fields and further files are not', async () => {
    const second = filePart('second', 'content-disposition: form-data; name="g"; filename=other.bin');
    const body = Buffer.concat([Buffer.from('preamble\r\n'), fieldPart('1'), filePart('first'), second, end]);
    expect(await read(body, 'b')).toEqual({ name: 'log.zip', content: Buffer.from('first') });
  });

  test('a file may be empty', async () => {
    expect(await read(Buffer.concat([filePart(''), end]), 'b')).toEqual({ name: 'log.zip', content: Buffer.alloc(0) });
  });

  test.each([
    ['ends early', filePart('content')],
    ['has no file', Buffer.concat([fieldPart('1'), end])],
    ['has nothing at all', Buffer.from('')],
    ['has 10,000 parts', Buffer.concat([...Array.from({ length: 10_000 }, () => fieldPart('1')), end])],
    ['has an endless head', Buffer.from(`--b\r\nX-Long: ${'y'.repeat(20_000)}`)],
    ['has a mega-byte before the file', Buffer.concat([fieldPart('y'.repeat(1_000_000)), filePart('c'), end])],
    ['goes on for a mega-byte behind its end', Buffer.concat([filePart('c'), end, Buffer.alloc(1_000_000)])],
    ['has rubbish behind a boundary', Buffer.from('--b rubbish\r\n\r\n--b--')],
  ])('a form that %s is refused', async (_, body) => {
    await expect(read(body, 'b', [997])).rejects.toThrow(BrokenForm);
  });

  test('the boundary is read from the content type', () => {
    expect(formBoundary('multipart/form-data; boundary=----x7')).toBe('----x7');
    expect(formBoundary('Multipart/Form-Data;charset=utf-8; Boundary="a b"')).toBe('a b');
    expect(formBoundary('multipart/mixed; boundary=x')).toBeUndefined();
    expect(formBoundary('multipart/form-data')).toBeUndefined();
    expect(formBoundary(undefined)).toBeUndefined();
  });
});
