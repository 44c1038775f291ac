import { isAscii, isUtf8 } from 'node:buffer';

export type Decoded =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'broken'; readonly hint: string };

type Charset = 'utf-8' | 'iso-8859-1' | 'us-ascii';

const charsets: ReadonlyMap<string, Charset> = new Map<string, Charset>([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['iso-8859-1', 'iso-8859-1'],
  ['iso8859-1', 'iso-8859-1'],
  ['iso_8859-1', 'iso-8859-1'],
  ['latin1', 'iso-8859-1'],
  ['latin-1', 'iso-8859-1'],
  ['us-ascii', 'us-ascii'],
  ['ascii', 'us-ascii'],
]);

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Turns the bytes of an XML body into text, without byte order mark and leading blank lines. The charset is told by
 * the byte order mark, else the Content-Type, else the XML declaration, else it is UTF-8 (RFC 7303 §3).
 */
export function decodeXmlBytes(bytes: Buffer, contentType: string | undefined): Decoded {
  if (isWide(bytes)) return broken('UTF-16 and UTF-32 are not accepted; send UTF-8');
  if (bytes.subarray(0, 3).equals(byteOrderMark)) return decodeAs('utf-8', bytes.subarray(3));
  const named = charsetParameter(contentType) ?? declaredEncoding(bytes) ?? 'utf-8';
  const charset = charsets.get(named.toLowerCase());
  if (charset === undefined) return broken(`charset ${named.slice(0, 40)} is not accepted; send UTF-8`);
  return decodeAs(charset, bytes);
}

function decodeAs(charset: Charset, bytes: Buffer): Decoded {
  if (charset === 'iso-8859-1') return text(bytes.toString('latin1'));
  if (charset === 'us-ascii')
    return isAscii(bytes) ? text(bytes.toString('latin1')) : broken('the body is not US-ASCII');
  return isUtf8(bytes) ? text(bytes.toString('utf8')) : broken('the body is not valid UTF-8');
}

/** A byte order mark of UTF-16 or UTF-32, or `<` with a zero byte beside it. */
function isWide(bytes: Buffer): boolean {
  const [first, second] = bytes;
  if (first === 0xfe && second === 0xff) return true;
  if (first === 0xff && second === 0xfe) return true;
  return (first === 0x00 && second !== undefined) || (first === 0x3c && second === 0x00);
}

function charsetParameter(contentType: string | undefined): string | undefined {
  if (contentType === undefined) return undefined;
  return /;\s*charset\s*=\s*["']?([^\s"';,]+)/i.exec(contentType)?.[1];
}

/** XML 1.0 §4.3.3; every charset that we accept writes the declaration in ASCII. */
function declaredEncoding(bytes: Buffer): string | undefined {
  const head = bytes.toString('latin1', 0, 256).trimStart();
  if (!head.startsWith('<?xml')) return undefined;
  return /^<\?xml[^>]*?\sencoding\s*=\s*["']([^"'\s]{1,40})["']/.exec(head)?.[1];
}

function text(decoded: string): Decoded {
  return { kind: 'text', text: decoded.startsWith('<') ? decoded : decoded.trimStart() };
}

function broken(hint: string): Decoded {
  return { kind: 'broken', hint };
}
