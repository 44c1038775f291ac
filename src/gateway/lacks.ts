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

/** What the CSMS heard before of an operation that the charger lacks; undefined: ask the charger. */
export function lackOf(station: Station, action: string): Delivery | undefined {
  return station.lacks.get(action);
}

/** What the CSMS hears of a charger's answer; an operation that it lacks is noted. */
export function noteLack(station: Station, action: string, delivery: Delivery): Delivery {
  if (delivery.kind !== 'refused' || delivery.code !== 'NotSupported') return delivery;
  const payload = confs.get(action);
  const told: Delivery = payload === undefined ? delivery : { kind: 'answered', payload };
  station.lacks.set(action, told);
  return told;
}
