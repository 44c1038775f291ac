import { OcppError } from '../ocpp/errors.ts';
import type { Addressing, SoapVersion } from './message.ts';
import type { XmlElement } from './xml/decoder.ts';

export const envelopeNamespaces: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
};

/** WS-Addressing 1.0 Core §2.1 */
export const addressingNamespace = 'http://www.w3.org/2005/08/addressing';
export const anonymousAddress = `${addressingNamespace}/anonymous`;

/** Headers by lower-case local name: peers put them into the wrong namespace, or into an older WS-Addressing. */
const readers: ReadonlyMap<
  string,
  { readonly field: keyof Addressing; readonly read: (header: XmlElement) => string }
> = new Map([
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

/** Reads what the header says; of a header that is there twice, the first counts, but two identities are refused. */
export function readHeaders(header: XmlElement | undefined): Headers {
  const addressing: { -readonly [Key in keyof Addressing]: string } = {};
  const notUnderstood: string[] = [];
  for (const block of header?.children ?? []) {
    const reader = readers.get(block.local.toLowerCase());
    if (reader === undefined) {
      if (isMandatory(block)) notUnderstood.push(block.local);
      continue;
    }
    const value = reader.read(block);
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

function ownText(header: XmlElement): string {
  return header.text.trim();
}

/** An endpoint reference, or just its text, which older stacks write. */
function address(header: XmlElement): string {
  const child = header.children.find(({ local }) => local.toLowerCase() === 'address');
  return ownText(child ?? header);
}

/** SOAP 1.2 Part 1 §5.2.3, SOAP 1.1 §4.2.3 */
function isMandatory(block: XmlElement): boolean {
  if (harmless.has(block.local.toLowerCase())) return false;
  return block.attributes.some(({ namespace, local, value }) => {
    const ours = namespace === envelopeNamespaces['1.1'] || namespace === envelopeNamespaces['1.2'];
    return ours && local === 'mustUnderstand' && (value === '1' || value === 'true');
  });
}
