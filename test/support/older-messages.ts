import fc from 'fast-check';
import type { RecordType, ServiceName } from '../../src/ocpp/schema.ts';
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

export type OlderOperation = Omit<OlderMessage, 'payload' | 'xml'> & {
  /** Any valid message. */
  readonly any: fc.Arbitrary<OlderMessage>;
  /** Messages with every field and every value of every enumeration. */
  readonly every: readonly OlderMessage[];
};

/** Both directions of every operation of OCPP 1.5 and 1.2. */
export const olderOperations: readonly OlderOperation[] = olderModels.flatMap(({ namespace, service, operations }) => {
  const ocpp = serviceOfNamespace(namespace)?.version ?? '1.6';
  return operations.flatMap(({ action, request, response }) => [
    operationOf({ ocpp, service, action, kind: 'request' }, namespace, request),
    operationOf({ ocpp, service, action, kind: 'response' }, namespace, response),
  ]);
});

/** What chargers say: their requests, and their answers to the requests of the gateway. */
export const isSaidByCharger = ({ service, kind }: Pick<OlderMessage, 'service' | 'kind'>) =>
  (service === 'CentralSystem') === (kind === 'request');

function operationOf(
  about: Omit<OlderMessage, 'payload' | 'xml'>,
  namespace: string,
  record: RecordType,
): OlderOperation {
  const prefix = about.service === 'CentralSystem' ? 'cs' : 'cp';
  const { action, kind } = about;
  const wrapper = `${action.charAt(0).toLowerCase()}${action.slice(1)}${kind === 'request' ? 'Request' : 'Response'}`;
  const write = compileRecordWriter(record, prefix, wrapper);
  const message = (payload: Payload): OlderMessage => {
    const xml =
      `<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:${prefix}="${namespace}">` +
      `<env:Header><${prefix}:chargeBoxIdentity>CP1</${prefix}:chargeBoxIdentity></env:Header>` +
      `<env:Body>${write(payload, [])}</env:Body></env:Envelope>`;
    return { ...about, payload, xml };
  };
  return { ...about, any: arbitraryRecord(record).map(message), every: everyRecord(record).map(message) };
}
