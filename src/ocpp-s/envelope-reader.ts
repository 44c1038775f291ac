import type { Payload } from '../gateway/ports.ts';
import type { Anomaly } from '../ocpp/anomalies.ts';
import { OcppError } from '../ocpp/errors.ts';
import type { ServiceName } from '../ocpp/schema.ts';
import { type Contract, type Contracts, findContract, type MessageCodec } from './contracts.ts';
import { readFault } from './fault-reader.ts';
import { envelopeNamespaces, type Headers, readHeaders } from './headers.ts';
import type { Answerable, Expectation, OcppVersion, SoapMessage, SoapVersion, Unreadable } from './message.ts';
import { quote, type Reading } from './reading.ts';
import { type ServiceKey, serviceOfNamespace } from './wsdl/namespaces.ts';
import { leaveElements, readTree, skipElement, type XmlCursor, type XmlElement } from './xml/decoder.ts';

/** Where a body's element belongs. */
type Dispatch = {
  readonly contract: Contract;
  readonly codec: MessageCodec;
  readonly anomalies: readonly Anomaly[];
};

/** The only element of a body, by its name. */
type BodyElement = { readonly namespace: string; readonly local: string };

/** What stands in a body, as far as it can be read. */
type Content =
  | { readonly kind: 'message'; readonly about: MessageFacts; readonly dispatch: Dispatch; readonly read: ReadPayload }
  | { readonly kind: 'fault'; readonly fault: XmlElement }
  | { readonly kind: 'broken'; readonly about: Partial<Answerable>; readonly error: OcppError };

type MessageFacts = Required<Omit<Answerable, 'soap' | 'addressing'>>;

type ReadPayload = { readonly payload: Payload; readonly reading: Reading };

/**
 * Reads an envelope: SOAP version by its namespace, identity and addressing by the header, version and operation by the
 * namespace and name of the body's only element. Whatever is wrong with header or body, the document is read to its end:
 * throws OcppError only for what is no XML or no envelope.
 */
export function readEnvelope(cursor: XmlCursor, contracts: Contracts, expected: Expectation): SoapMessage | Unreadable {
  const { namespace, local } = cursor;
  if (local !== 'Envelope') throw notAnEnvelope(cursor);
  const soap = soapVersionOf(namespace);
  if (soap === undefined) {
    skipElement(cursor);
    return versionMismatch(namespace);
  }
  let headers: Headers | OcppError | undefined;
  let content: Content | OcppError | undefined;
  while (cursor.next()) {
    if (cursor.namespace !== namespace) skipElement(cursor);
    else if (headers === undefined && cursor.local === 'Header') headers = attempt(cursor, readHeaders);
    else if (content === undefined && cursor.local === 'Body') {
      content = attempt(cursor, () => readContent(cursor, contracts, expected));
    } else skipElement(cursor);
  }
  return conclude(soap, headers ?? noHeaders, content ?? emptyBody());
}

const noHeaders: Headers = { addressing: {}, notUnderstood: [] };

function notAnEnvelope(cursor: XmlCursor): OcppError {
  const { local } = cursor;
  skipElement(cursor);
  return new OcppError('ProtocolError', `the root element is ${quote(local)}, not a SOAP Envelope`);
}

/** Reads the element in which the cursor stands, and leaves it in any case: what is wrong with it is returned. */
function attempt<T>(cursor: XmlCursor, read: (cursor: XmlCursor) => T): T | OcppError {
  const { depth } = cursor;
  try {
    return read(cursor);
  } catch (thrown) {
    if (!(thrown instanceof OcppError)) throw thrown;
    leaveElements(cursor, depth - 1);
    return thrown;
  }
}

/** A mistake in the header counts before one in the body, wherever they stand. */
function conclude(
  soap: SoapVersion,
  headers: Headers | OcppError,
  content: Content | OcppError,
): SoapMessage | Unreadable {
  if (headers instanceof OcppError) return unreadable({ soap, addressing: {} }, headers);
  const { addressing } = headers;
  if (content instanceof OcppError) return unreadable({ soap, addressing }, content);
  switch (content.kind) {
    case 'fault':
      return readFault(content.fault, soap, addressing);
    case 'broken':
      return unreadable({ soap, addressing, ...content.about }, content.error);
    case 'message':
      return messageOf(soap, headers, content);
  }
}

function unreadable(about: Answerable, error: OcppError): Unreadable {
  return { ...about, kind: 'unreadable', condition: error.code, error };
}

function soapVersionOf(namespace: string): SoapVersion | undefined {
  if (namespace === envelopeNamespaces['1.2']) return '1.2';
  return namespace === envelopeNamespaces['1.1'] ? '1.1' : undefined;
}

/** SOAP 1.2 Part 1 §5.4.7 */
function versionMismatch(namespace: string): Unreadable {
  const error = new OcppError('ProtocolError', `the envelope's namespace ${quote(namespace)} is not that of SOAP 1.2`);
  return { kind: 'unreadable', condition: 'VersionMismatch', error, soap: '1.2', addressing: {} };
}

function emptyBody(): OcppError {
  return new OcppError('ProtocolError', 'the envelope has no body, or nothing in it');
}

function readContent(cursor: XmlCursor, contracts: Contracts, expected: Expectation): Content {
  if (!cursor.next()) throw emptyBody();
  const content =
    cursor.local === 'Fault'
      ? ({ kind: 'fault', fault: readTree(cursor) } as const)
      : readMessage(cursor, contracts, expected);
  if (cursor.next()) throw new OcppError('ProtocolError', 'more than one element in the body');
  return content;
}

function readMessage(cursor: XmlCursor, contracts: Contracts, expected: Expectation): Content {
  const body: BodyElement = { namespace: cursor.namespace, local: cursor.local };
  const key = serviceOfNamespace(body.namespace);
  let about: Partial<Answerable> = namespaceFacts(body, key, expected);
  const read = attempt(cursor, (): Content => {
    const dispatch = dispatchBody(body, key, contracts, expected);
    const facts = identify(dispatch, body);
    about = facts;
    const reading: Reading = { path: [], anomalies: [], gaps: [], keySpellings: [] };
    return {
      kind: 'message',
      about: facts,
      dispatch,
      read: { payload: dispatch.codec.read(cursor, reading), reading },
    };
  });
  return read instanceof OcppError ? { kind: 'broken', about, error: read } : read;
}

/** What the body's namespace alone tells, for the fault about an operation that is not known. */
function namespaceFacts(body: BodyElement, key: ServiceKey | undefined, expected: Expectation): Partial<Answerable> {
  if (key === undefined) return {};
  return { ocpp: key.version, service: expected.service ?? key.service, namespace: body.namespace };
}

function identify({ contract, codec }: Dispatch, body: BodyElement): MessageFacts {
  const { ocpp, service } = contract;
  return { ocpp, service, namespace: body.namespace || contract.namespace, action: codec.action };
}

function dispatchBody(
  body: BodyElement,
  key: ServiceKey | undefined,
  contracts: Contracts,
  expected: Expectation,
): Dispatch {
  if (key === undefined && body.namespace !== '') {
    throw new OcppError('ProtocolError', `the body's namespace ${quote(body.namespace)} is not one of OCPP`);
  }
  const ocpp = key?.version ?? expected.ocpp ?? contracts[0]?.ocpp ?? '1.6';
  const found = findCodec(contracts, ocpp, candidates(key?.service, expected), body.local.toLowerCase());
  if (found === undefined) throw unknownOperation(body, contracts, ocpp);
  return { ...found, anomalies: namespaceAnomalies(body, key?.service, found.contract.service) };
}

/** A reader that plays a service serves that one only; any other takes the word of the body, else what fits. */
function candidates(claimed: ServiceName | undefined, expected: Expectation): readonly ServiceName[] {
  if (expected.service !== undefined) return [expected.service];
  return claimed === 'ChargePoint' ? ['ChargePoint', 'CentralSystem'] : ['CentralSystem', 'ChargePoint'];
}

function findCodec(
  contracts: Contracts,
  ocpp: OcppVersion,
  services: readonly ServiceName[],
  element: string,
): { readonly contract: Contract; readonly codec: MessageCodec } | undefined {
  for (const service of services) {
    const contract = findContract(contracts, ocpp, service);
    const codec = contract?.byElement.get(element);
    if (contract !== undefined && codec !== undefined) return { contract, codec };
  }
  return undefined;
}

function namespaceAnomalies(body: BodyElement, claimed: ServiceName | undefined, service: ServiceName): Anomaly[] {
  if (claimed === undefined) return [{ kind: 'noNamespace', path: [], text: body.local }];
  return claimed === service ? [] : [{ kind: 'wrongServiceNamespace', path: [], text: body.namespace }];
}

function unknownOperation(body: BodyElement, contracts: Contracts, ocpp: OcppVersion): OcppError {
  if (contracts.every((contract) => contract.ocpp !== ocpp)) {
    return new OcppError('NotSupported', `OCPP ${ocpp} is not served here`);
  }
  const known = contracts.some((contract) => contract.byElement.has(body.local.toLowerCase()));
  return known
    ? new OcppError('NotSupported', `${quote(body.local)} is not an operation of this service of OCPP ${ocpp}`)
    : new OcppError('NotImplemented', `${quote(body.local)} is not an operation of OCPP ${ocpp}`);
}

function messageOf(soap: SoapVersion, headers: Headers, content: Content & { readonly kind: 'message' }): SoapMessage {
  const { addressing } = headers;
  const { ocpp, service, namespace, action } = content.about;
  const { kind } = content.dispatch.codec;
  const { payload, reading } = content.read;
  const { gaps, keySpellings } = reading;
  const anomalies = [
    ...content.dispatch.anomalies,
    ...headerAnomalies(headers, content.dispatch),
    ...reading.anomalies,
  ];
  const message = { soap, addressing, ocpp, service, namespace, action, payload, anomalies };
  if (kind === 'request') return gaps.length === 0 ? { kind, ...message } : { kind, ...message, gaps };
  return keySpellings.length === 0 ? { kind, ...message } : { kind, ...message, keySpellings };
}

const noAnomalies: readonly Anomaly[] = [];

function headerAnomalies({ addressing, notUnderstood }: Headers, { codec }: Dispatch): readonly Anomaly[] {
  const mismatch = isOtherAction(addressing.action, codec);
  if (!mismatch && notUnderstood.length === 0) return noAnomalies;
  const anomalies = notUnderstood.map((text): Anomaly => ({ kind: 'mandatoryHeaderIgnored', path: [], text }));
  if (mismatch) anomalies.push({ kind: 'actionMismatch', path: [], text: addressing.action ?? '' });
  return anomalies;
}

/** Only the last path segment counts: some stacks write `urn://Ocpp/Cs/2015/10/CentralSystemService/Heartbeat`. */
function isOtherAction(action: string | undefined, codec: MessageCodec): boolean {
  if (action === undefined) return false;
  const name = action.slice(action.lastIndexOf('/') + 1).toLowerCase();
  return name !== codec.wrapper.toLowerCase() && name !== codec.action.toLowerCase();
}
