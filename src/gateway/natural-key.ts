import { createHash } from 'node:crypto';
import type { Payload } from './ports.ts';

/**
 * What makes two messages of one charger the same message: a charger that never saw our answer sends it again with
 * another MessageID, and some chargers use one MessageID for everything. Computed on the payload as it came.
 */
export function naturalKey(action: string, payload: Payload): string | undefined {
  switch (action) {
    case 'StartTransaction':
      return key(
        'start',
        payload['connectorId'],
        folded(payload['idTag']),
        payload['meterStart'],
        payload['timestamp'],
      );
    case 'StopTransaction':
      return key('stop', payload['transactionId'], payload['timestamp'], payload['meterStop']);
    case 'MeterValues':
      return key('meter', createHash('sha1').update(JSON.stringify(payload)).digest('base64url'));
    default:
      return undefined;
  }
}

const key = (...parts: readonly unknown[]) => JSON.stringify(parts);

const folded = (idTag: unknown) => (typeof idTag === 'string' ? idTag.toLowerCase() : idTag);
