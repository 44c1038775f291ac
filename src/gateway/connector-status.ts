import type { Context } from './context.ts';
import { detached } from './detached.ts';
import { answerNotice } from './inbound.ts';
import { forgetOrders, noteRefusal } from './orders.ts';
import type { Payload } from './ports.ts';
import type { Pump } from './pump.ts';
import { numberOf, textOf, type Station, type ToldStatus } from './stations.ts';

/*
 * The status of each connector, as the CSMS knows it.
 *
 * A charger of OCPP 1.6 tells every change. One of an older version says Occupied once, before the transaction or in it,
 * and nothing when the transaction begins or ends: the gateway tells the CSMS of both, and keeps an Occupied that says
 * nothing new to itself.
 */

/** Higher numbers are nonsense, and would fill the memory. */
const largestConnector = 1_000;

/** Remembers what a message says of its connector. */
export async function noteConnector(
  context: Context,
  station: Station,
  action: string,
  payload: Payload,
): Promise<void> {
  const connector = numberOf(payload, 'connectorId');
  if (connector === undefined || connector < 0 || connector > largestConnector) return;
  if (action === 'StatusNotification') noteStatus(context, station, connector, payload);
  if (action === 'MeterValues') {
    context.measurements.note(station.metered, connector, payload, context.clock.now());
  }
  if (connector > station.record.connectors) {
    await context.stations.update(station, { connectors: connector });
  }
}

function noteStatus({ clock }: Context, station: Station, connector: number, message: Payload): void {
  const payload = detached(message);
  const status = textOf(payload, 'status') ?? '';
  const bootAtMs = station.record.boot?.atMs;
  station.statuses.set(connector, { status, payload, atMs: timeOf(payload) ?? clock.now(), bootAtMs });
  if (status === 'Available') station.finishing.delete(connector);
}

/**
 * True for a status that the CSMS has heard last of this connector, and that says no more than it did. After a boot a CSMS
 * may count on nothing that it heard before.
 */
export function isRepeated(station: Station, payload: Payload): boolean {
  const last = station.statuses.get(numberOf(payload, 'connectorId') ?? 0);
  if (last === undefined || last.status !== payload['status']) return false;
  if (last.bootAtMs !== station.record.boot?.atMs) return false;
  return details.every((name) => last.payload[name] === payload[name]);
}

const details = ['errorCode', 'info', 'vendorId', 'vendorErrorCode'];

/** Tells the CSMS what follows for the connector's status from a transaction that began or ended. */
export async function tellStatusOfTransaction(
  context: Context,
  station: Station,
  pump: Pump,
  { action, payload, conf }: { readonly action: string; readonly payload: Payload; readonly conf: Payload },
): Promise<void> {
  const status =
    action === 'StartTransaction'
      ? statusOfStart(context, station, payload, conf)
      : await statusOfStop(context, station, payload);
  if (status === undefined) return;
  const notification = { ...status, errorCode: 'NoError', timestamp: payload['timestamp'] };
  await noteConnector(context, station, 'StatusNotification', notification);
  await answerNotice(context, station, pump, 'StatusNotification', notification);
}

type NewStatus = { readonly connectorId: number; readonly status: 'Charging' | 'Finishing' };

function statusOfStart({ clock }: Context, station: Station, start: Payload, conf: Payload): NewStatus | undefined {
  const connectorId = numberOf(start, 'connectorId') ?? 0;
  forgetOrders(station, connectorId);
  noteBegun(station, numberOf(conf, 'transactionId') ?? 0, clock.now());
  if ((conf['idTagInfo'] as Payload | undefined)?.['status'] !== 'Accepted') {
    noteRefusal(station, numberOf(conf, 'transactionId') ?? 0, clock.elapsed());
    return undefined;
  }
  const last = station.statuses.get(connectorId);
  const isTold = last !== undefined && charging.has(last.status);
  return isTold || !isNews(last, start) ? undefined : { connectorId, status: 'Charging' };
}

/** A repeated message is not a new beginning; one whose end is never told does not stay for ever. */
function noteBegun({ begun }: Station, transactionId: number, atMs: number): void {
  if (begun.has(transactionId)) return;
  begun.set(transactionId, atMs);
  const [oldest] = begun.keys();
  if (begun.size > transactionsAtMost && oldest !== undefined) begun.delete(oldest);
}

/** As many as any charger has at once. */
const transactionsAtMost = 64;

async function statusOfStop({ store }: Context, station: Station, stop: Payload): Promise<NewStatus | undefined> {
  const transactionId = numberOf(stop, 'transactionId') ?? 0;
  station.begun.delete(transactionId);
  const transaction = await store.transactionOfCharger(station.identity, transactionId);
  const connectorId = transaction?.connector;
  if (connectorId === undefined) return undefined;
  const last = station.statuses.get(connectorId);
  if (!isNews(last, stop)) return undefined;
  station.finishing.add(connectorId);
  const isWaited = last === undefined || last.status === 'Preparing' || charging.has(last.status);
  return isWaited ? { connectorId, status: 'Finishing' } : undefined;
}

const charging = new Set(['Charging', 'SuspendedEV', 'SuspendedEVSE']);
const taken = new Set([...charging, 'Preparing', 'Finishing']);

/** Chargers send what they could not send before when the connector may be free again, or faulty, since long. */
function isNews(last: ToldStatus | undefined, message: Payload): boolean {
  return last === undefined || taken.has(last.status) || (timeOf(message) ?? last.atMs) >= last.atMs;
}

function timeOf(payload: Payload): number | undefined {
  const timestamp = textOf(payload, 'timestamp');
  return timestamp === undefined ? undefined : Date.parse(timestamp);
}
