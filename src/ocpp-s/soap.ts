import { OcppError } from '../ocpp/errors.ts';
import type { ServiceModel, ServiceName } from '../ocpp/schema.ts';
import { type Contracts, compileContracts, findContract } from './contracts.ts';
import { readEnvelope } from './envelope-reader.ts';
import { writeFault, writeRequest, writeResponse } from './envelope-writer.ts';
import type { AnswerableRequest, Answerable, Expectation, OcppVersion, SoapMessage, Unreadable } from './message.ts';
import type { OutgoingFault, OutgoingRequest, OutgoingResponse } from './outgoing.ts';
import type { Shadow } from './shadow.ts';
import type { XmlDecoder } from './xml/decoder.ts';

/** The SOAP codecs of all loaded versions: text in, plain data out, and back. */
export interface Soap {
  /** Never throws for bad input: what cannot be read comes back as `unreadable`, with all that an answer needs. */
  decode(xml: string, expected?: Expectation): SoapMessage | Unreadable;
  /** One line of XML with declaration. Throws OcppError when the payload is not of the action's schema. */
  encodeRequest(request: OutgoingRequest): string;
  /** As encodeRequest, mirroring the request's SOAP version and namespace. */
  encodeResponse(request: AnswerableRequest, response: OutgoingResponse): string;
  encodeFault(about: Answerable, fault: OutgoingFault): string;
  /** False when that version has no such operation, or is not loaded. */
  has(ocpp: OcppVersion, service: ServiceName, action: string): boolean;
}

/** Compiles codecs for these services. `shadow` looks over the shoulder of `decoder`. */
export function compileSoap(models: readonly ServiceModel[], decoder: XmlDecoder, shadow?: Shadow): Soap {
  const contracts = compileContracts(models);
  return {
    decode: (xml, expected = {}) => {
      const message = decode(xml, decoder, contracts, expected);
      shadow?.watch(xml, message, (other) => decode(xml, other, contracts, expected));
      return message;
    },
    encodeRequest: (request) => writeRequest(contracts, request),
    encodeResponse: (request, response) => writeResponse(contracts, request, response),
    encodeFault: (about, fault) => writeFault(contracts, about, fault),
    has: (ocpp, service, action) => findContract(contracts, ocpp, service)?.requests.has(action) === true,
  };
}

function decode(
  xml: string,
  decoder: XmlDecoder,
  contracts: Contracts,
  expected: Expectation,
): SoapMessage | Unreadable {
  // Blank lines and a byte order mark before the XML declaration occur.
  const document = xml.trimStart();
  try {
    return readEnvelope(decoder.open(document), contracts, expected);
  } catch (thrown) {
    if (!(thrown instanceof OcppError)) throw thrown;
    return { kind: 'unreadable', condition: thrown.code, error: thrown, soap: '1.2', addressing: {} };
  }
}
