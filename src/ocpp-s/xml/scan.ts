import { doubleQuote, equals, exclamation, greater, letterX, question, singleQuote, slash } from './codes.ts';
import {
  checkAttributes,
  checkCharacters,
  checkDepth,
  checkNameLength,
  countDeclaration,
  countNode,
  refuse,
  type Tally,
  xmlLimits,
} from './limits.ts';

type ScanTally = Tally & { depth: number };

/**
 * The front door of a parser that is not ours: one linear pass over the text before it sees that. Throws OcppError('ProtocolError') for what a
 * parser could be hurt by: document types, entities, processing instructions, depth, and sheer numbers. Whether the
 * document is well-formed is the decoder's business.
 */
export function scanXml(xml: string): void {
  checkCharacters(xml);
  const tally: ScanTally = { depth: 0, nodes: 0, declarations: 0 };
  let at = xml.indexOf('<');
  while (at !== -1) at = skipMarkup(xml, at, tally);
}

/** Passes one piece of markup that starts at `at` and returns where the next one starts, or -1. */
function skipMarkup(xml: string, at: number, tally: ScanTally): number {
  switch (xml.charCodeAt(at + 1)) {
    case slash:
      tally.depth -= 1;
      return xml.indexOf('<', at + 2);
    case exclamation:
      return skipDeclaration(xml, at, tally);
    case question:
      return skipInstruction(xml, at);
    default:
      return skipStartTag(xml, at, tally);
  }
}

/** Comments and CDATA sections are the only `<!` that a message may hold: SOAP 1.2 Part 1 §5 forbids document types. */
function skipDeclaration(xml: string, at: number, tally: ScanTally): number {
  if (xml.startsWith('<!--', at)) return skipTo(xml, '-->', at + 4, tally);
  if (xml.startsWith('<![CDATA[', at)) return skipTo(xml, ']]>', at + 9, tally);
  return refuse('a document type or entity declaration');
}

function skipTo(xml: string, end: string, from: number, tally: ScanTally): number {
  countNode(tally);
  const at = xml.indexOf(end, from);
  return at === -1 ? refuse(`no ${end}`) : xml.indexOf('<', at + end.length);
}

/** SOAP 1.2 Part 1 §5 forbids processing instructions; the XML declaration only looks like one. */
function skipInstruction(xml: string, at: number): number {
  if (at !== 0 || !/^<\?xml\s/.test(xml)) refuse('a processing instruction');
  const end = xml.indexOf('?>');
  return end === -1 ? refuse('no end of the XML declaration') : xml.indexOf('<', end);
}

function skipStartTag(xml: string, at: number, tally: ScanTally): number {
  countNode(tally);
  const next = xml.indexOf('<', at + 1);
  const end = next === -1 ? xml.length : next;
  const close = skipAttributes(xml, skipName(xml, at + 1, end), end, tally);
  if (xml.charCodeAt(close - 1) !== slash) {
    tally.depth += 1;
    checkDepth(tally.depth);
  }
  return next;
}

function skipName(xml: string, start: number, end: number): number {
  const limit = Math.min(end, start + xmlLimits.nameLength + 1);
  let at = start;
  while (at < limit && !endsName(xml.charCodeAt(at))) at += 1;
  checkNameLength(at - start);
  return at;
}

const endsName = (code: number) => code <= 32 || code === slash || code === greater || code === equals;

/** Returns the index of the `>` that ends the tag; it must come before the next `<`, which no attribute may hold. */
function skipAttributes(xml: string, start: number, end: number, tally: ScanTally): number {
  let attributes = 0;
  let nameStart = start;
  for (let at = start; at < end; at += 1) {
    const code = xml.charCodeAt(at);
    if (code === greater) return at;
    if (code <= 32 || code === equals) {
      checkNameLength(at - nameStart);
      nameStart = at + 1;
      if (xml.charCodeAt(nameStart) === letterX && xml.startsWith('xmlns', nameStart)) countDeclaration(tally);
    } else if (code === doubleQuote || code === singleQuote) {
      attributes += 1;
      checkAttributes(attributes);
      at = xml.indexOf(code === doubleQuote ? '"' : "'", at + 1);
      if (at === -1 || at >= end) break;
      nameStart = at + 1;
    }
  }
  return refuse('a tag that does not end');
}
