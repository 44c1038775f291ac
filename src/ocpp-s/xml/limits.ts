import { OcppError } from '../../ocpp/errors.ts';

/** What a document may hold at most; each is far above what any OCPP message needs. */
export const xmlLimits = {
  /** UTF-16 units. */
  characters: 2_097_152,
  depth: 32,
  attributesPerElement: 64,
  /** Elements, comments and CDATA sections together. */
  nodes: 20_000,
  /** UTF-16 units of an element's or attribute's name, with prefix. */
  nameLength: 256,
  /** In the whole document: a client may declare its namespace again on every element. */
  namespaceDeclarations: 4_096,
} as const;

/** XML 1.0 §2.2 */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const unspeakable = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

/** Refuses a document by its length and its characters, before anything is looked for in it. */
export function checkCharacters(xml: string): void {
  if (xml.length > xmlLimits.characters) refuse(`longer than ${xmlLimits.characters} characters`);
  if (unspeakable.test(xml)) refuse('a control character');
}

/** What has been met of a document so far. */
export type Tally = { nodes: number; declarations: number };

export function countNode(tally: Tally): void {
  tally.nodes += 1;
  if (tally.nodes > xmlLimits.nodes) refuse(`more than ${xmlLimits.nodes} nodes`);
}

export function countDeclaration(tally: Tally): void {
  tally.declarations += 1;
  if (tally.declarations > xmlLimits.namespaceDeclarations) {
    refuse(`more than ${xmlLimits.namespaceDeclarations} namespace declarations`);
  }
}

/** Open elements; one that is empty is none. */
export function checkDepth(depth: number): void {
  if (depth > xmlLimits.depth) refuse(`deeper than ${xmlLimits.depth} elements`);
}

/** Of one element, namespace declarations included. */
export function checkAttributes(count: number): void {
  if (count > xmlLimits.attributesPerElement) {
    refuse(`more than ${xmlLimits.attributesPerElement} attributes on one element`);
  }
}

export function checkNameLength(length: number): void {
  if (length > xmlLimits.nameLength) refuse(`a name longer than ${xmlLimits.nameLength} characters`);
}

/** Throws the OcppError('ProtocolError') of a document that is not read. */
export function refuse(what: string): never {
  throw new OcppError('ProtocolError', `refused XML: ${what}`);
}
