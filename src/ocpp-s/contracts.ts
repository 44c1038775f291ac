import { OcppError } from '../ocpp/errors.ts';
import type { Operation, ServiceModel, ServiceName } from '../ocpp/schema.ts';
import { type MessageKind, type MessageWriter, translated } from './dialects/dialects.ts';
import type { OcppVersion } from './message.ts';
import { compileRecordReader, type RecordReader } from './payload-reader.ts';
import { compileRecordWriter } from './payload-writer.ts';
import { serviceOfNamespace } from './wsdl/namespaces.ts';

/** One direction of an operation: the wrapper element in the body, and what is inside, in the house language. */
export type MessageCodec = {
  readonly kind: MessageKind;
  readonly action: string;
  /** Local name of the wrapper element, such as `authorizeRequest`. */
  readonly wrapper: string;
  readonly read: RecordReader;
  readonly write: MessageWriter;
};

/** One service of one OCPP version, compiled. */
export type Contract = {
  readonly ocpp: OcppVersion;
  readonly service: ServiceName;
  /** As in the WSDL. */
  readonly namespace: string;
  /** Prefix of everything that is written in the namespace. */
  readonly prefix: 'cs' | 'cp';
  /** By lower-case name of the wrapper element, with or without `Request`. */
  readonly byElement: ReadonlyMap<string, MessageCodec>;
  readonly requests: ReadonlyMap<string, MessageCodec>;
  readonly responses: ReadonlyMap<string, MessageCodec>;
};

/** All loaded contracts, the newest version first. */
export type Contracts = readonly Contract[];

/** Compiles each service once; throws Error for a model whose namespace is not one of OCPP. */
export function compileContracts(models: readonly ServiceModel[]): Contracts {
  const contracts = models.map((model) => compileContract(model));
  return contracts.toSorted((one, other) => other.ocpp.localeCompare(one.ocpp));
}

function compileContract(model: ServiceModel): Contract {
  const { service, namespace } = model;
  const ocpp = serviceOfNamespace(namespace)?.version;
  if (ocpp === undefined) throw new Error(`the namespace ${namespace} is not one of OCPP`);
  const prefix = prefixOf(service);
  const requests = model.operations.map((operation) => compileMessage(operation, 'request', prefix, ocpp));
  const responses = model.operations.map((operation) => compileMessage(operation, 'response', prefix, ocpp));
  return {
    ocpp,
    service,
    namespace,
    prefix,
    byElement: new Map([
      ...requests.map((codec) => [codec.action.toLowerCase(), codec] as const),
      ...[...requests, ...responses].map((codec) => [codec.wrapper.toLowerCase(), codec] as const),
    ]),
    requests: new Map(requests.map((codec) => [codec.action, codec])),
    responses: new Map(responses.map((codec) => [codec.action, codec])),
  };
}

function compileMessage(operation: Operation, kind: MessageKind, prefix: string, ocpp: OcppVersion): MessageCodec {
  const { action } = operation;
  const record = operation[kind];
  const wrapper = `${action.charAt(0).toLowerCase()}${action.slice(1)}${kind === 'request' ? 'Request' : 'Response'}`;
  const codec = { read: compileRecordReader(record), write: compileRecordWriter(record, prefix, wrapper) };
  return { kind, action, wrapper, ...translated(ocpp, action, kind, codec) };
}

/** `cs` or `cp`, as in the examples of OCPP-S. */
export function prefixOf(service: ServiceName): 'cs' | 'cp' {
  return service === 'CentralSystem' ? 'cs' : 'cp';
}

/** Undefined when this version is not loaded. */
export function findContract(contracts: Contracts, ocpp: OcppVersion, service: ServiceName): Contract | undefined {
  return contracts.find((contract) => contract.ocpp === ocpp && contract.service === service);
}

/** The codec for a message of ours; NotSupported for an action that is not in that service and version. */
export function codecFor(
  contracts: Contracts,
  kind: MessageKind,
  message: { readonly ocpp: OcppVersion; readonly service: ServiceName; readonly action: string },
): { readonly contract: Contract; readonly codec: MessageCodec } {
  const contract = findContract(contracts, message.ocpp, message.service);
  const codec = (kind === 'request' ? contract?.requests : contract?.responses)?.get(message.action);
  if (contract !== undefined && codec !== undefined) return { contract, codec };
  throw new OcppError(
    'NotSupported',
    `${message.action} is not in the ${message.service} service of OCPP ${message.ocpp}`,
  );
}
