import type { ServiceName } from '../ocpp/schema.ts';
import { codecFor, type Contracts, findContract, prefixOf } from './contracts.ts';
import { writeFaultBody } from './fault-writer.ts';
import { addressingNamespace, anonymousAddress, envelopeNamespaces } from './headers.ts';
import type { Answerable, AnswerableRequest, SoapVersion } from './message.ts';
import type { OutgoingFault, OutgoingRequest, OutgoingResponse } from './outgoing.ts';
import { escapeAttribute, escapeText } from './xml/text.ts';

/** The OCPP namespace of a message, as text of its xmlns, with the prefix that stands for it. */
type Vocabulary = { readonly prefix: 'cs' | 'cp'; readonly namespace: string };

const noSpellings: ReadonlyMap<string, string> = new Map();

/** A call of ours with all headers of OCPP-S 1.6 §3. */
export function writeRequest(contracts: Contracts, request: OutgoingRequest): string {
  const { contract, codec } = codecFor(contracts, 'request', request);
  const body = codec.write(request.payload, [], { keySpellings: request.keySpellings ?? noSpellings });
  return writeEnvelope('1.2', contract, requestHeader(request, contract), body);
}

function requestHeader(request: OutgoingRequest, { prefix }: Vocabulary): string {
  // Chargers of the older versions choke on it (OCPP-S 1.6 has it in its examples).
  const must = request.mustUnderstand && request.ocpp === '1.6' ? ' env:mustUnderstand="true"' : '';
  return [
    identityHeader(prefix, request.identity, must),
    `<wsa:Action${must}>/${request.action}</wsa:Action>`,
    textHeader('MessageID', request.messageId),
    addressHeader('From', request.from ?? anonymousAddress),
    addressHeader('ReplyTo', anonymousAddress),
    textHeader('To', request.to ?? anonymousAddress),
  ].join('');
}

/** An answer in the SOAP version and the namespace of its request. */
export function writeResponse(contracts: Contracts, request: AnswerableRequest, response: OutgoingResponse): string {
  const { contract, codec } = codecFor(contracts, 'response', request);
  const vocabulary = { prefix: contract.prefix, namespace: request.namespace };
  const body = codec.write(response.payload, [], { keySpellings: noSpellings });
  return writeEnvelope(request.soap, vocabulary, answerHeader(request, response, vocabulary), body);
}

/** A fault about whatever came, as far as it was understood. */
export function writeFault(contracts: Contracts, about: Answerable, fault: OutgoingFault): string {
  const vocabulary = faultVocabulary(contracts, about);
  const body = writeFaultBody(about.soap, vocabulary.prefix, fault);
  return writeEnvelope(about.soap, vocabulary, answerHeader(about, fault, vocabulary), body);
}

function faultVocabulary(contracts: Contracts, about: Answerable): Vocabulary {
  const service: ServiceName = about.service ?? 'CentralSystem';
  const contract = findContract(contracts, about.ocpp ?? contracts[0]?.ocpp ?? '1.6', service);
  return { prefix: prefixOf(service), namespace: about.namespace ?? contract?.namespace ?? 'urn://Ocpp/Cs/2015/10/' };
}

type Answer = Omit<OutgoingFault, 'condition' | 'reason'>;

function answerHeader(about: Answerable, answer: Answer, { prefix }: Vocabulary): string {
  const { addressing } = about;
  const { profile } = answer;
  if (profile.responseHeaders === 'none') return '';
  const to = profile.responseTo === 'from' ? addressing.from : undefined;
  return [
    identityHeader(prefix, answer.identity ?? addressing.identity, ''),
    `<wsa:Action>${answerAction(about)}</wsa:Action>`,
    textHeader('MessageID', answer.messageId),
    addressing.messageId === undefined ? '' : textHeader('RelatesTo', addressing.messageId),
    textHeader('To', to ?? anonymousAddress),
  ].join('');
}

/**
 * OCPP-S says nothing of the Action of faults, and some chargers recognise an answer by its ending. Where not even the
 * operation was understood: WS-Addressing 1.0 SOAP Binding §6.
 */
function answerAction(about: Answerable): string {
  return about.action === undefined ? `${addressingNamespace}/soap/fault` : `/${about.action}Response`;
}

function identityHeader(prefix: string, identity: string | undefined, attributes: string): string {
  if (identity === undefined) return '';
  const name = `${prefix}:chargeBoxIdentity`;
  return `<${name}${attributes}>${escapeText(identity, 'chargeBoxIdentity')}</${name}>`;
}

function textHeader(name: 'MessageID' | 'RelatesTo' | 'To', text: string): string {
  return `<wsa:${name}>${escapeText(text, name)}</wsa:${name}>`;
}

/** No blank inside: some chargers take the first child for the address. */
function addressHeader(name: 'From' | 'ReplyTo', url: string): string {
  return `<wsa:${name}><wsa:Address>${escapeText(url, name)}</wsa:Address></wsa:${name}>`;
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>';

function writeEnvelope(soap: SoapVersion, { prefix, namespace }: Vocabulary, header: string, body: string): string {
  const addressing = header === '' ? '' : ` xmlns:wsa="${addressingNamespace}"`;
  const own = `xmlns:${prefix}="${escapeAttribute(namespace, 'namespace')}"`;
  const root = `<env:Envelope xmlns:env="${envelopeNamespaces[soap]}"${addressing} ${own}>`;
  const headerElement = header === '' ? '' : `<env:Header>${header}</env:Header>`;
  return `${declaration}${root}${headerElement}<env:Body>${body}</env:Body></env:Envelope>`;
}
