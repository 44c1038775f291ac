import type { Delivery, Payload } from '../../gateway/ports.ts';
import type { ImageSignature } from '../ports.ts';

/*
 * Calls of the security extension in the words of OCPP 1.6, for chargers that know no others.
 */

/** What a call of the extension asks of a charger. */
type Asked = {
  readonly location: string;
  readonly requestId: number;
  /** The request of OCPP 1.6, without the location. */
  readonly request: Payload;
};

/**
 * A charger of OCPP 1.6 installs as soon as it has an image: one that is to be installed later is to be retrieved then.
 */
export function askedUpdate(payload: Payload): Asked & { readonly signature: ImageSignature } {
  const firmware = payload['firmware'] as Payload;
  const retrieveDate = later(String(firmware['retrieveDateTime']), firmware['installDateTime']);
  return {
    location: String(firmware['location']),
    requestId: Number(payload['requestId']),
    request: { retrieveDate, ...persistence(payload) },
    signature: { certificate: String(firmware['signingCertificate']), signature: String(firmware['signature']) },
  };
}

/** Of a GetLog for diagnostics. */
export function askedLog(payload: Payload): Asked {
  const log = payload['log'] as Payload;
  const period = { startTime: log['oldestTimestamp'], stopTime: log['latestTimestamp'] };
  return {
    location: String(log['remoteLocation']),
    requestId: Number(payload['requestId']),
    request: { ...told(period), ...persistence(payload) },
  };
}

/** GetLog.conf by what became of GetDiagnostics; `accepted`: the status when it was taken. */
export function logConf(delivery: Delivery, accepted: 'Accepted' | 'AcceptedCanceled'): Payload {
  if (delivery.kind !== 'answered') return { status: 'Rejected' };
  const { fileName } = delivery.payload;
  return { status: accepted, ...told({ filename: fileName }) };
}

function persistence({ retries, retryInterval }: Payload): Payload {
  return told({ retries, retryInterval });
}

function told(fields: Payload): Payload {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function later(retrieveDate: string, installDate: unknown): string {
  if (typeof installDate !== 'string') return retrieveDate;
  return Date.parse(installDate) > Date.parse(retrieveDate) ? installDate : retrieveDate;
}
