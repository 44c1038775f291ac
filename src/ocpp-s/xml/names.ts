import { OcppError } from '../../ocpp/errors.ts';

/** XML 1.0 §2.3 [4], [4a] */
const startCharacters =
  ':A-Z_a-z\\u{c0}-\\u{d6}\\u{d8}-\\u{f6}\\u{f8}-\\u{2ff}\\u{370}-\\u{37d}\\u{37f}-\\u{1fff}\\u{200c}\\u{200d}' +
  '\\u{2070}-\\u{218f}\\u{2c00}-\\u{2fef}\\u{3001}-\\u{d7ff}\\u{f900}-\\u{fdcf}\\u{fdf0}-\\u{fffd}\\u{10000}-\\u{effff}';
const nameForm = new RegExp(
  `^[${startCharacters}][${startCharacters}\\-.0-9\\u{b7}\\u{300}-\\u{36f}\\u{203f}\\u{2040}]*$`,
  'u',
);

/** Refuses what is no name of XML (XML 1.0 §2.3). */
export function checkName(name: string): void {
  if (!nameForm.test(name)) throw malformed(`the name ${JSON.stringify(name.slice(0, 40))}`);
}

/** An ASCII character that may stand anywhere in a name, but for `:`: letters, digits, `-`, `.`, `_`. */
export function isPlainNameCode(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 45 && code <= 57 && code !== 47) ||
    code === 95
  );
}

/** An ASCII letter or `_`. */
export function startsPlainName(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

/** What the decoder of the hot path says of a document that is not well-formed. */
export function malformed(problem: string): OcppError {
  return new OcppError('ProtocolError', `not well-formed XML: ${problem}`);
}
