import type { Anomaly } from '../ocpp/anomalies.ts';
import { OcppError } from '../ocpp/errors.ts';
import type { ServiceName } from '../ocpp/schema.ts';
import { type Contract, type Contracts, findContract, type MessageCodec } from './contracts.ts';
import { readFault } from './fault-reader.ts';
import { envelopeNamespaces, type Headers, readHeaders } from './headers.ts';
import type {
  Addressing,
  Answerable,
  Expectation,
  OcppVersion,
  SoapMessage,
  SoapVersion,
  Unreadable,
} from './message.ts';
import { quote, type Reading } from './reading.ts';
import { serviceOfNamespace } from './wsdl/namespaces.ts';
import type { XmlElement } from './xml/decoder.ts';

/** Where a body's element belongs. */
type Dispatch = {
  readonly contract: Contract;
  readonly codec: MessageCodec;
  readonly anomalies: Anomaly[];
};

/**
 * Reads an envelope: SOAP version by its namespace, identity and addressing by the header, version and operation by the
 * namespace and name of the body's only element. Throws OcppError only for what is no envelope.
 */
export function readEnvelope(root: XmlElement, contracts: Contracts, expected: Expectation): SoapMessage | Unreadable {
  if (root.local !== 'Envelope') {
    throw new OcppError('ProtocolError', `the root element is ${quote(root.local)}, not a SOAP Envelope`);
  }
  const soap = soapVersionOf(root.namespace);
  if (soap === undefined) return versionMismatch(root);
  const progress: Progress = { addressing: {}, body: undefined, dispatch: undefined };
  try {
    const headers = readHeaders(part(root, 'Header'));
    progress.addressing = headers.addressing;
    const body = onlyBodyElement(root);
    if (body.local === 'Fault') return readFault(body, soap, headers.addressing);
    progress.body = body;
    progress.dispatch = dispatchBody(body, contracts, expected);
    return readBody(body, progress.dispatch, headers, soap);
  } catch (thrown) {
    if (!(thrown instanceof OcppError)) throw thrown;
    return { soap, ...understood(progress, expected), kind: 'unreadable', condition: thrown.code, error: thrown };
  }
}

/** How far the reading has come. */
type Progress = { addressing: Addressing; body: XmlElement | undefined; dispatch: Dispatch | undefined };

function understood({ addressing, body, dispatch }: Progress, expected: Expectation): Omit<Answerable, 'soap'> {
  if (body === undefined) return { addressing };
  return { addressing, ...(dispatch === undefined ? namespaceFacts(body, expected) : identify(dispatch, body)) };
}

function soapVersionOf(namespace: string): SoapVersion | undefined {
  if (namespace === envelopeNamespaces['1.2']) return '1.2';
  return namespace === envelopeNamespaces['1.1'] ? '1.1' : undefined;
}

/** SOAP 1.2 Part 1 §5.4.7 */
function versionMismatch(root: XmlElement): Unreadable {
  const error = new OcppError(
    'ProtocolError',
    `the envelope's namespace ${quote(root.namespace)} is not that of SOAP 1.2`,
  );
  return { kind: 'unreadable', condition: 'VersionMismatch', error, soap: '1.2', addressing: {} };
}

function part(root: XmlElement, local: 'Header' | 'Body'): XmlElement | undefined {
  return root.children.find((child) => child.local === local && child.namespace === root.namespace);
}

function onlyBodyElement(root: XmlElement): XmlElement {
  const [element, second] = part(root, 'Body')?.children ?? [];
  if (element === undefined) throw new OcppError('ProtocolError', 'the envelope has no body, or nothing in it');
  if (second !== undefined) throw new OcppError('ProtocolError', 'more than one element in the body');
  return element;
}

/** What the body's namespace alone tells, for the fault about an operation that is not known. */
function namespaceFacts(body: XmlElement, expected: Expectation): Partial<Answerable> {
  const key = serviceOfNamespace(body.namespace);
  if (key === undefined) return {};
  return { ocpp: key.version, service: expected.service ?? key.service, namespace: body.namespace };
}

function identify({ contract, codec }: Dispatch, body: XmlElement): Partial<Answerable> {
  const { ocpp, service } = contract;
  return { ocpp, service, namespace: body.namespace || contract.namespace, action: codec.action };
}

function dispatchBody(body: XmlElement, contracts: Contracts, expected: Expectation): Dispatch {
  const key = serviceOfNamespace(body.namespace);
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

function namespaceAnomalies(body: XmlElement, claimed: ServiceName | undefined, service: ServiceName): Anomaly[] {
  if (claimed === undefined) return [{ kind: 'noNamespace', path: [], text: body.local }];
  return claimed === service ? [] : [{ kind: 'wrongServiceNamespace', path: [], text: body.namespace }];
}

function unknownOperation(body: XmlElement, contracts: Contracts, ocpp: OcppVersion): OcppError {
  if (contracts.every((contract) => contract.ocpp !== ocpp)) {
    return new OcppError('NotSupported', `OCPP ${ocpp} is not served here`);
  }
  const known = contracts.some((contract) => contract.byElement.has(body.local.toLowerCase()));
  return known
    ? new OcppError('NotSupported', `${quote(body.local)} is not an operation of this service of OCPP ${ocpp}`)
    : new OcppError('NotImplemented', `${quote(body.local)} is not an operation of OCPP ${ocpp}`);
}

function readBody(body: XmlElement, dispatch: Dispatch, headers: Headers, soap: SoapVersion): SoapMessage {
  const { contract, codec, anomalies } = dispatch;
  const { addressing, notUnderstood } = headers;
  for (const header of notUnderstood) anomalies.push({ kind: 'mandatoryHeaderIgnored', path: [], text: header });
  if (isOtherAction(addressing.action, codec)) {
    anomalies.push({ kind: 'actionMismatch', path: [], text: addressing.action ?? '' });
  }
  const reading: Reading = { path: [], anomalies, gaps: [], keySpellings: [] };
  const payload = codec.read(body, reading);
  const { kind, action } = codec;
  const { ocpp, service } = contract;
  const namespace = body.namespace || contract.namespace;
  const message = { soap, addressing, ocpp, service, namespace, action, payload, anomalies };
  const { gaps, keySpellings } = reading;
  if (kind === 'request') return gaps.length === 0 ? { kind, ...message } : { kind, ...message, gaps };
  return keySpellings.length === 0 ? { kind, ...message } : { kind, ...message, keySpellings };
}

/** Only the last path segment counts: some stacks write `urn://Ocpp/Cs/2015/10/CentralSystemService/Heartbeat`. */
function isOtherAction(action: string | undefined, codec: MessageCodec): boolean {
  if (action === undefined) return false;
  const name = action.slice(action.lastIndexOf('/') + 1).toLowerCase();
  return name !== codec.wrapper.toLowerCase() && name !== codec.action.toLowerCase();
}
