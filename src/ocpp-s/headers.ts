import { OcppError } from '../ocpp/errors.ts';
import type { Addressing, SoapVersion } from './message.ts';
import { skipElement, type XmlCursor } from './xml/decoder.ts';

export const envelopeNamespaces: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
};

/** WS-Addressing 1.0 Core §2.1 */
export const addressingNamespace = 'http://www.w3.org/2005/08/addressing';
export const anonymousAddress = `${addressingNamespace}/anonymous`;

/** Headers by lower-case local name: peers put them into the wrong namespace, or into an older WS-Addressing. */
const readers: ReadonlyMap<string, { readonly field: keyof Addressing; readonly read: (header: XmlCursor) => string }> =
  new Map([
    ['chargeboxidentity', { field: 'identity', read: ownText }],
    ['action', { field: 'action', read: ownText }],
    ['messageid', { field: 'messageId', read: ownText }],
    ['relatesto', { field: 'relatesTo', read: ownText }],
    ['from', { field: 'from', read: address }],
    ['replyto', { field: 'replyTo', read: address }],
    ['to', { field: 'to', read: address }],
  ]);

/** Headers that are read elsewhere or mean nothing to us, so that mustUnderstand on them is no surprise. */
const harmless: ReadonlySet<string> = new Set(['faultto']);

/** The addressing of a message, and the mandatory headers that we know nothing of. */
export type Headers = { readonly addressing: Addressing; readonly notUnderstood: readonly string[] };

/**
 * Reads what the header says, and leaves it; of a block that is there twice, the first counts, but two identities are
 * refused.
 */
export function readHeaders(cursor: XmlCursor): Headers {
  const addressing: { -readonly [Key in keyof Addressing]: string } = {};
  const notUnderstood: string[] = [];
  while (cursor.next()) {
    const reader = readers.get(cursor.local.toLowerCase());
    if (reader === undefined) {
      if (isMandatory(cursor)) notUnderstood.push(cursor.local);
      skipElement(cursor);
      continue;
    }
    const value = reader.read(cursor);
    if (value === '') continue;
    refuseSecondIdentity(reader.field, addressing.identity, value);
    addressing[reader.field] ??= value;
  }
  return { addressing, notUnderstood };
}

function refuseSecondIdentity(field: keyof Addressing, identity: string | undefined, value: string): void {
  if (field !== 'identity' || identity === undefined || identity === value) return;
  throw new OcppError('ProtocolError', 'two different chargeBoxIdentity headers');
}

function ownText(cursor: XmlCursor): string {
  return skipElement(cursor).trim();
}

/** An endpoint reference, or just its text, which older stacks write. */
function address(cursor: XmlCursor): string {
  let found: string | undefined;
  while (cursor.next()) {
    const isAddress = found === undefined && cursor.local.toLowerCase() === 'address';
    const text = skipElement(cursor);
    if (isAddress) found = text;
  }
  return (found ?? cursor.text).trim();
}

/** SOAP 1.2 Part 1 §5.2.3, SOAP 1.1 §4.2.3 */
function isMandatory(block: XmlCursor): boolean {
  if (block.attributes.length === 0 || harmless.has(block.local.toLowerCase())) return false;
  return block.attributes.some(({ namespace, local, value }) => {
    const ours = namespace === envelopeNamespaces['1.1'] || namespace === envelopeNamespaces['1.2'];
    return ours && local === 'mustUnderstand' && (value === '1' || value === 'true');
  });
}
