import { hash } from 'node:crypto';
import type { Payload } from './ports.ts';

/**
 * What makes two messages of one charger the same message: a charger that never saw our answer sends it again with
 * another MessageID, and some chargers use one MessageID for everything. Computed on the payload as it came.
 */
export function naturalKey(action: string, payload: Payload): string | undefined {
  const { connectorId, idTag, meterStart, meterStop, timestamp, transactionId } = payload;
  switch (action) {
    case 'StartTransaction':
      return key(timestamp, 'start', connectorId, folded(idTag), meterStart);
    case 'StopTransaction':
      return key(timestamp, 'stop', transactionId, meterStop);
    case 'MeterValues':
      return key(firstTime(payload), 'meter', hash('sha1', JSON.stringify(payload), 'base64url'));
    default:
      return undefined;
  }
}

/** Times go first: keys of one moment then lie on the same pages of the store. */
const key = (...parts: readonly unknown[]) => JSON.stringify(parts);

const folded = (idTag: unknown) => (typeof idTag === 'string' ? idTag.toLowerCase() : idTag);

function firstTime({ meterValue }: Payload): unknown {
  const first: unknown = Array.isArray(meterValue) ? meterValue[0] : undefined;
  return typeof first === 'object' && first !== null && 'timestamp' in first ? first.timestamp : undefined;
}
