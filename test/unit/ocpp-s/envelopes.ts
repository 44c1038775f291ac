import type { Anomaly } from '../../../src/ocpp/anomalies.ts';
import { centralSystem, chargePoint } from '../../../src/ocpp/model.generated.ts';
import type { OcppError } from '../../../src/ocpp/errors.ts';
import type { SoapFault, SoapRequest, SoapResponse, Unreadable } from '../../../src/ocpp-s/message.ts';
import { olderModels } from '../../../src/ocpp-s/dialects/dialects.ts';
import { compileSoap } from '../../../src/ocpp-s/soap.ts';
import { pullDecoder } from '../../../src/ocpp-s/xml/pull.ts';

/** The codecs of all versions as the gateway compiles them. */
export const soap = compileSoap([centralSystem, chargePoint, ...olderModels], pullDecoder);

export const soap12 = 'http://www.w3.org/2003/05/soap-envelope';
export const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/';
export const cs = 'urn://Ocpp/Cs/2015/10/';
export const cp = 'urn://Ocpp/Cp/2015/10/';

/** An envelope around any body, with the fewest headers that there can be. */
export function envelope(body: string, header = ''): string {
  return (
    `<s:Envelope xmlns:s="${soap12}" xmlns:c="${cs}" xmlns:p="${cp}" xmlns:a="http://www.w3.org/2005/08/addressing" ` +
    `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
    `<s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`
  );
}

/** One message of the central system's service; `c:` is bound to its namespace. */
export const inBody = (wrapper: string, fields = '') => envelope(`<c:${wrapper}>${fields}</c:${wrapper}>`);

export function decodeRequest(xml: string): SoapRequest {
  const message = soap.decode(xml);
  if (message.kind === 'unreadable') throw message.error;
  if (message.kind !== 'request') throw new Error(`a ${message.kind}`);
  return message;
}

export function decodeResponse(xml: string): SoapResponse {
  const message = soap.decode(xml);
  if (message.kind === 'unreadable') throw message.error;
  if (message.kind !== 'response') throw new Error(`a ${message.kind}`);
  return message;
}

export function decodeFault(xml: string): SoapFault {
  const message = soap.decode(xml);
  if (message.kind !== 'fault') throw new Error(`a ${message.kind}`);
  return message;
}

export function decodeUnreadable(xml: string): Unreadable {
  const message = soap.decode(xml);
  if (message.kind !== 'unreadable') throw new Error(`a ${message.kind}`);
  return message;
}

/** Code and message of the error in an unreadable message, or what a function throws. */
export const errorOf = ({ error }: { readonly error: OcppError }) => ({ code: error.code, message: error.message });

export const anomalyKindsOf = ({ anomalies }: { readonly anomalies: readonly Anomaly[] }) =>
  anomalies.map(({ kind }) => kind);
