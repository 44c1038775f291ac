import fc from 'fast-check';
import type { RecordType, ServiceModel, ServiceName } from '../../src/ocpp/schema.ts';
import { olderModels } from '../../src/ocpp-s/dialects/dialects.ts';
import type { OcppVersion } from '../../src/ocpp-s/message.ts';
import { compileRecordWriter } from '../../src/ocpp-s/payload-writer.ts';
import { serviceOfNamespace } from '../../src/ocpp-s/wsdl/namespaces.ts';
import { arbitraryRecord, everyRecord, type Payload } from './arbitraries.ts';

/** One message of an older version, valid by its WSDL. */
export type OlderMessage = {
  readonly ocpp: OcppVersion;
  readonly service: ServiceName;
  readonly action: string;
  readonly kind: 'request' | 'response';
  /** As its WSDL has it. */
  readonly payload: Payload;
  readonly xml: string;
};

type About = Omit<OlderMessage, 'payload' | 'xml'>;

export type OlderOperation = About & {
  /** Any valid message. */
  readonly any: fc.Arbitrary<OlderMessage>;
  /** Messages with every field and every value of every enumeration. */
  readonly every: readonly OlderMessage[];
};

/** Both directions of every operation of OCPP 1.5 and 1.2. */
export const olderOperations: readonly OlderOperation[] = olderModels.flatMap(({ namespace, service, operations }) => {
  const ocpp = serviceOfNamespace(namespace)?.version ?? '1.6';
  const kinds = ['request', 'response'] as const;
  return operations.flatMap((operation) =>
    kinds.map((kind) => operationOf({ ocpp, service, action: operation.action, kind }, operation[kind])),
  );
});

/** What chargers say: their requests, and their answers to the requests of the gateway. */
export const isSaidByCharger = ({ service, kind }: Pick<OlderMessage, 'service' | 'kind'>) =>
  (service === 'CentralSystem') === (kind === 'request');

/** A message with this payload, written without any dialect. */
export function olderMessage(about: About, payload: Payload): OlderMessage {
  const { action, kind, service } = about;
  const { namespace, operations } = modelOf(about);
  const record = operations.find((operation) => operation.action === action)?.[kind];
  if (record === undefined) throw new Error(`OCPP ${about.ocpp} has no ${action}`);
  const prefix = service === 'CentralSystem' ? 'cs' : 'cp';
  const wrapper = `${action.charAt(0).toLowerCase()}${action.slice(1)}${kind === 'request' ? 'Request' : 'Response'}`;
  const body = compileRecordWriter(record, prefix, wrapper)(payload, []);
  const xml =
    `<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:${prefix}="${namespace}">` +
    `<env:Header><${prefix}:chargeBoxIdentity>CP1</${prefix}:chargeBoxIdentity></env:Header>` +
    `<env:Body>${body}</env:Body></env:Envelope>`;
  return { ...about, payload, xml };
}

function modelOf({ ocpp, service }: About): ServiceModel {
  const model = olderModels.find(
    (candidate) => candidate.service === service && serviceOfNamespace(candidate.namespace)?.version === ocpp,
  );
  if (model === undefined) throw new Error(`no ${service} of OCPP ${ocpp}`);
  return model;
}

function operationOf(about: About, record: RecordType): OlderOperation {
  const message = (payload: Payload) => olderMessage(about, payload);
  return { ...about, any: arbitraryRecord(record).map(message), every: everyRecord(record).map(message) };
}
