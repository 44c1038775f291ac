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

/** Reads one document that has passed the front door (`scan.ts`). */
export interface XmlDecoder {
  /** The root element. Throws OcppError('ProtocolError') for whatever is not well-formed XML with namespaces. */
  parse(xml: string): XmlElement;
}
