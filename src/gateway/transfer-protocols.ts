import type { Payload } from './ports.ts';

const key = 'SupportedFileTransferProtocols';

/** True for the key that tells by which protocols a station can be handed files (OCPP 1.6 §9.2.6). */
export const isProtocolsKey = (name: string): boolean => name.toLowerCase() === key.toLowerCase();

/** GetConfiguration.conf in which `protocols` stand for the charger's own. */
export function withProtocols(requested: readonly string[], conf: Payload, protocols: string): Payload {
  if (requested.length > 0 && !requested.some(isProtocolsKey)) return conf;
  const entries = Array.isArray(conf['configurationKey']) ? conf['configurationKey'] : [];
  const theirs = entries.filter((entry) => !isProtocolsKey(String((entry as Payload)['key'])));
  return { ...conf, configurationKey: [...theirs, { key, readonly: true, value: protocols }] };
}
