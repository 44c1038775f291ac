import { OcppError } from '../../ocpp/errors.ts';

const predefined: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

const reference = /&(?:([a-z]{2,4})|#([0-9]{1,10})|#x([0-9a-fA-F]{1,8}));|&/g;

/** The text between markup: references decoded; `]]>` may not stand in it (XML 1.0 §2.4). */
export function readCharacterData(text: string): string {
  if (text.includes(']]>')) throw new OcppError('ProtocolError', 'refused XML: ]]> in text');
  return decodeReferences(text);
}

/** Replaces character references and the five predefined entities (XML 1.0 §4.1, §4.6); any other `&` is a ProtocolError. */
export function decodeReferences(text: string): string {
  return text.includes('&') ? text.replace(reference, decodeReference) : text;
}

function decodeReference(whole: string, name?: string, decimal?: string, hexadecimal?: string): string {
  if (name !== undefined) return predefined.get(name) ?? refuse(whole);
  if (decimal !== undefined) return character(Number.parseInt(decimal, 10), whole);
  if (hexadecimal !== undefined) return character(Number.parseInt(hexadecimal, 16), whole);
  return refuse('&');
}

function character(codePoint: number, reference: string): string {
  return isXmlCharacter(codePoint) ? String.fromCodePoint(codePoint) : refuse(reference);
}

/** XML 1.0 §2.2 */
function isXmlCharacter(codePoint: number): boolean {
  if (codePoint < 0x20) return codePoint === 0x09 || codePoint === 0x0a || codePoint === 0x0d;
  if (codePoint > 0xd7ff && codePoint < 0xe000) return false;
  return codePoint <= 0x10ffff && codePoint !== 0xfffe && codePoint !== 0xffff;
}

function refuse(reference: string): never {
  throw new OcppError('ProtocolError', `refused XML: the reference ${reference}`);
}
