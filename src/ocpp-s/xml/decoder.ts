/** One element with its namespace resolved; an empty namespace is none. */
export type XmlElement = {
  readonly namespace: string;
  readonly local: string;
  /** Without namespace declarations. */
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** The element's own text, joined around comments and child elements; references decoded, blanks kept. */
  readonly text: string;
};

export type XmlAttribute = {
  readonly namespace: string;
  readonly local: string;
  readonly value: string;
};

/**
 * A place in a document, which moves from front to back: the readers of envelopes and payloads pull it along. What is
 * not well-formed is found when the cursor comes there, so that only whoever has left the root has read XML.
 */
export interface XmlCursor {
  /** How many elements are open, the one in which it stands included; 0 behind the root. */
  readonly depth: number;
  /** Of the element in which it stands, as are `local` and `attributes`. */
  readonly namespace: string;
  readonly local: string;
  /** Without namespace declarations. */
  readonly attributes: readonly XmlAttribute[];
  /** The own text of the element that was left last: joined around comments and child elements, references decoded. */
  readonly text: string;
  /**
   * Steps into the next child element and tells true; without one, steps behind the end of the element in which it stood.
   * Throws OcppError('ProtocolError') for whatever is not well-formed XML with namespaces, from then on each time.
   */
  next(): boolean;
}

/** Reads documents within the limits of `limits.ts`. */
export interface XmlDecoder {
  /** Stands in the root element. Throws as the cursor does. */
  open(xml: string): XmlCursor;
}

/** Steps behind the end of the element in which the cursor stands, and returns its own text. */
export function skipElement(cursor: XmlCursor): string {
  leaveElements(cursor, cursor.depth - 1);
  return cursor.text;
}

/** Steps out until only `depth` elements are open. */
export function leaveElements(cursor: XmlCursor, depth: number): void {
  while (cursor.depth > depth) cursor.next();
}

/** The element in which the cursor stands, and all that is inside; the cursor is left behind its end. */
export function readTree(cursor: XmlCursor): XmlElement {
  const { namespace, local, attributes } = cursor;
  const children: XmlElement[] = [];
  while (cursor.next()) children.push(readTree(cursor));
  return { namespace, local, attributes, children, text: cursor.text };
}
