/** A file of an archive: a name of at most 100 ASCII characters. */
export type ArchivedFile = { readonly name: string; readonly text: string };

const block = 512;

/** An archive as POSIX ustar (IEEE 1003.1 pax §ustar Interchange Format): files of this moment that only their owner may read. */
export function tarOf(files: readonly ArchivedFile[], atMs: number): Buffer {
  const entries = files.flatMap(({ name, text }) => {
    const content = Buffer.from(text);
    const padding = Buffer.alloc((block - (content.length % block)) % block);
    return [header(name, content.length, atMs), content, padding];
  });
  return Buffer.concat([...entries, Buffer.alloc(2 * block)]);
}

function header(name: string, bytes: number, atMs: number): Buffer {
  if (!/^[\x21-\x7e]{1,100}$/.test(name)) throw new Error(`${name} cannot stand in an archive`);
  const fields = Buffer.alloc(block);
  const put = (at: number, text: string) => fields.write(text, at, 'latin1');
  const octal = (at: number, digits: number, value: number) => put(at, value.toString(8).padStart(digits, '0'));
  put(0, name);
  octal(100, 7, 0o600);
  octal(108, 7, 0);
  octal(116, 7, 0);
  octal(124, 11, bytes);
  octal(136, 11, Math.floor(atMs / 1000));
  // of the sum, its own field counts as blanks
  put(148, ' '.repeat(8));
  put(156, '0');
  put(257, 'ustar');
  put(263, '00');
  const sum = fields.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return fields;
}
