import { isRecord } from '../payload.ts';

const anonymous = 'http://www.w3.org/2005/08/addressing/anonymous';
const wsa = 'http://www.w3.org/2005/08/addressing';

/** The headers of one SOAP message; absent ones are not written. */
export type Headers = {
  /** OCPP namespace of chargeBoxIdentity. */
  readonly namespace: string;
  readonly identity: string;
  readonly action?: string;
  readonly messageId?: string;
  readonly relatesTo?: string;
  readonly from?: string;
  readonly to?: string;
  readonly anonymousReplyTo?: boolean;
};

/** The content of the SOAP Header. The `soap` package inserts header text as it is, so everything is escaped here. */
export function headersXml(headers: Headers): string {
  const simple = (name: string, value: string | undefined) =>
    value === undefined ? '' : `<wsa:${name} xmlns:wsa="${wsa}">${escaped(value)}</wsa:${name}>`;
  const endpoint = (name: string, address: string | undefined) =>
    address === undefined
      ? ''
      : `<wsa:${name} xmlns:wsa="${wsa}"><wsa:Address>${escaped(address)}</wsa:Address></wsa:${name}>`;
  return [
    `<ocpp:chargeBoxIdentity xmlns:ocpp="${headers.namespace}">${escaped(headers.identity)}</ocpp:chargeBoxIdentity>`,
    simple('Action', headers.action),
    simple('MessageID', headers.messageId),
    simple('RelatesTo', headers.relatesTo),
    endpoint('From', headers.from),
    endpoint('ReplyTo', headers.anonymousReplyTo === true ? anonymous : undefined),
    simple('To', headers.to),
  ].join('');
}

/** A header's text as the `soap` package reads it: plain, or `$value` when the element has attributes. */
export function headerText(headers: unknown, name: string): string | undefined {
  const value = isRecord(headers) ? headers[name] : undefined;
  const text = isRecord(value) ? value['$value'] : value;
  return typeof text === 'string' ? text.trim() : undefined;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
