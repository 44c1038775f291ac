import type { Delivery, Payload } from './ports.ts';
import type { Station } from './stations.ts';

/*
 * Chargers implement less than their version of OCPP has. An operation that a charger answered with NotSupported is not
 * asked of it again until it boots with other firmware (or the gateway restarts, and asks once more). Where a conf can
 * say the same, the CSMS gets the conf: not every CSMS takes a CALLERROR for an answer.
 */

const confs: ReadonlyMap<string, Payload> = new Map<string, Payload>([
  ['ChangeConfiguration', { status: 'NotSupported' }],
  ['DataTransfer', { status: 'UnknownVendorId' }],
  // OCPP 1.6 §6.25: the charger has no local list.
  ['GetLocalListVersion', { listVersion: -1 }],
  ['SendLocalList', { status: 'NotSupported' }],
  ['TriggerMessage', { status: 'NotImplemented' }],
  ['UnlockConnector', { status: 'NotSupported' }],
]);

/** The answer to a call that the charger is known to have no operation for; undefined: ask it. */
export function lackOf(station: Station, action: string): Delivery | undefined {
  return station.lacks.has(action) ? withoutIt(action) : undefined;
}

/** What the CSMS hears of a charger's answer; an operation that it lacks is noted. */
export function noteLack(station: Station, action: string, delivery: Delivery): Delivery {
  if (delivery.kind !== 'refused' || delivery.code !== 'NotSupported') return delivery;
  station.lacks.add(action);
  return confs.has(action) ? withoutIt(action) : delivery;
}

function withoutIt(action: string): Delivery {
  const payload = confs.get(action);
  if (payload !== undefined) return { kind: 'answered', payload };
  return { kind: 'refused', code: 'NotSupported', description: `the charger does not do ${action}`, details: {} };
}
