import type { ServiceName } from '../../ocpp/schema.ts';
import type { OcppVersion } from '../message.ts';

/** What a namespace of OCPP-S stands for. */
export type ServiceKey = { readonly version: OcppVersion; readonly service: ServiceName };

const versions: Readonly<Record<string, OcppVersion>> = { '2010/08': '1.2', '2012/06': '1.5', '2015/10': '1.6' };

/** Reads a namespace with or without the trailing slash, in any case (the text of OCPP-S 1.6 §8 has no slash, the WSDL has one). */
export function serviceOfNamespace(namespace: string): ServiceKey | undefined {
  const match = /^urn:\/\/ocpp\/c([sp])\/(\d{4}\/\d{2})\/?$/i.exec(namespace);
  const version = versions[match?.[2] ?? ''];
  if (match === null || version === undefined) return undefined;
  return { version, service: match[1]?.toLowerCase() === 's' ? 'CentralSystem' : 'ChargePoint' };
}
