import { isDeepStrictEqual } from 'node:util';
import { OcppError } from '../../../src/ocpp/errors.ts';
import { centralSystem, chargePoint } from '../../../src/ocpp/model.generated.ts';
import { olderModels } from '../../../src/ocpp-s/dialects/dialects.ts';
import type { SoapMessage, Unreadable } from '../../../src/ocpp-s/message.ts';
import { compileSoap } from '../../../src/ocpp-s/soap.ts';
import { readTree, type XmlDecoder, type XmlElement } from '../../../src/ocpp-s/xml/decoder.ts';
import { pullDecoder } from '../../../src/ocpp-s/xml/pull.ts';
import { referenceDecoder } from '../../../src/ocpp-s/xml/reference.ts';
import { walkTree } from '../../../src/ocpp-s/xml/tree-cursor.ts';

/** What the two decoders made of the same text. */
export type Judgement =
  | { readonly kind: 'bothRead' }
  | { readonly kind: 'bothRefuse' }
  /** What must never be: different trees, or different messages, faults included, from the same tree. */
  | { readonly kind: 'differentValues'; readonly fast: unknown; readonly reference: unknown }
  | { readonly kind: 'onlyFastRefuses'; readonly reason: string }
  | { readonly kind: 'onlyReferenceRefuses'; readonly reason: string };

const models = [centralSystem, chargePoint, ...olderModels];
const fastSoap = compileSoap(models, pullDecoder);

/** fast-xml-parser takes a hundred times longer than all the rest: each document is given to it once. */
let referenceTree: XmlElement | OcppError;
const referenceSoap = compileSoap(models, {
  open: () => {
    if (referenceTree instanceof OcppError) throw referenceTree;
    return walkTree(referenceTree);
  },
});

/** Reads a document with both decoders, as XML and as SOAP. */
export function judge(xml: string): Judgement {
  const document = xml.trimStart();
  const fast = treeOf(pullDecoder, document);
  const reference = treeOf(referenceDecoder, document);
  referenceTree = reference;
  const said = { fast: answerTo(fastSoap.decode(xml)), reference: answerTo(referenceSoap.decode(xml)) };
  if (fast instanceof OcppError && reference instanceof OcppError) {
    const differ = !isDeepStrictEqual(withoutText(said.fast), withoutText(said.reference));
    return differ ? { kind: 'differentValues', ...said } : { kind: 'bothRefuse' };
  }
  if (fast instanceof OcppError) return { kind: 'onlyFastRefuses', reason: fast.message };
  if (reference instanceof OcppError) return { kind: 'onlyReferenceRefuses', reason: reference.message };
  if (!isDeepStrictEqual(fast, reference)) return { kind: 'differentValues', fast, reference };
  return isDeepStrictEqual(said.fast, said.reference) ? { kind: 'bothRead' } : { kind: 'differentValues', ...said };
}

function treeOf(decoder: XmlDecoder, xml: string): XmlElement | OcppError {
  try {
    return readTree(decoder.open(xml));
  } catch (thrown) {
    if (thrown instanceof OcppError && thrown.code === 'ProtocolError') return thrown;
    throw thrown;
  }
}

/** Why a document is not XML, each decoder says in its own words. */
function withoutText({ text: _text, ...rest }: Readonly<Record<string, unknown>>): unknown {
  return rest;
}

/** Errors as what a peer would be told. */
function answerTo(message: SoapMessage | Unreadable): Readonly<Record<string, unknown>> {
  if (message.kind !== 'unreadable') return message;
  const { error, ...rest } = message;
  return { ...rest, code: error.code, text: error.message };
}
