import { expect, test } from 'vitest';
import { decodeXmlBytes } from '../../../src/ocpp-s/http-charset.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

test('without any hint the body is UTF-8', () => {
  expect(decodeXmlBytes(Buffer.from('<a>é充</a>'), undefined)).toEqual({ kind: 'text', text: '<a>é充</a>' });
});

test('the charset of the Content-Type goes before the XML declaration (RFC 7303 §3.2)', () => {
  const body = '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>';
  expect(decodeXmlBytes(Buffer.from(body), 'application/soap+xml; charset="UTF-8"')).toEqual({
    kind: 'text',
    text: body,
  });
});

test('ISO-8859-1 is exact: the bytes 80 to 9F stay control characters', () => {
  const body = '<a>\u0080\u009f\u00ff</a>';
  expect(decodeXmlBytes(latin1(body), 'text/xml;charset=ISO-8859-1')).toEqual({ kind: 'text', text: body });
});

test('the XML declaration tells the encoding, also behind blank lines', () => {
  const body = `<?xml version='1.0' encoding='iso-8859-1' ?><a>Mëter</a>`;
  expect(decodeXmlBytes(latin1(`\r\n\n ${body}`), 'text/xml')).toEqual({ kind: 'text', text: body });
});

test('a byte order mark of UTF-8 is stripped and wins', () => {
  const bytes = Buffer.from('\ufeff\n<a>é</a>');
  expect(decodeXmlBytes(bytes, 'text/xml; charset=iso-8859-1')).toEqual({ kind: 'text', text: '<a>é</a>' });
});

test.each([
  ['UTF-16 with a byte order mark', Buffer.from('\ufeff<a/>', 'utf16le'), undefined],
  ['UTF-16 big endian', Buffer.from([0xfe, 0xff, 0, 0x3c]), undefined],
  ['UTF-16 without a byte order mark', Buffer.from('<a/>', 'utf16le'), undefined],
  ['UTF-32', Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x3c]), undefined],
  ['UTF-16 in the Content-Type', Buffer.from('<a/>'), 'text/xml; charset=utf-16'],
  [
    'an unknown charset in the declaration',
    Buffer.from('<?xml version="1.0" encoding="EBCDIC-CP-US"?><a/>'),
    undefined,
  ],
  ['invalid UTF-8', Buffer.from([0x3c, 0x61, 0xff, 0x3e]), undefined],
  ['an overlong UTF-8 form', Buffer.from([0x3c, 0xc0, 0xaf, 0x3e]), undefined],
  ['a byte above 7F in US-ASCII', latin1('<a>é</a>'), 'text/xml; charset=us-ascii'],
])('%s is refused', (_, bytes, contentType) => {
  expect(decodeXmlBytes(bytes, contentType).kind).toBe('broken');
});
