import { replayBoot } from './boot.ts';
import { background, type Context } from './context.ts';
import { answerNotice } from './inbound.ts';
import type { Payload } from './ports.ts';
import type { Pump } from './pump.ts';
import { passHeartbeat } from './relay.ts';
import { isoSeconds } from './repair.ts';
import { numberOf, textOf, type Station } from './stations.ts';

/*
 * TriggerMessage for a charger whose version of OCPP has none (OCPP 1.6 §5.17): the gateway sends what it knows of the
 * charger. It does not know what a meter shows now.
 */

/** Answers the CSMS; what it asked for follows once it has the answer. */
export function answerTrigger(context: Context, station: Station, pump: Pump, request: Payload): Payload {
  const send = triggered(context, station, pump, request);
  if (send === undefined) return { status: 'NotImplemented' };
  if (send === 'unknown') return { status: 'Rejected' };
  context.clock.after(0, () => background(context, 'triggered message', send()));
  return { status: 'Accepted' };
}

type Send = () => Promise<unknown>;

/** Undefined: the gateway cannot send such a message. */
function triggered(context: Context, station: Station, pump: Pump, request: Payload): Send | 'unknown' | undefined {
  const message = textOf(request, 'requestedMessage') ?? '';
  switch (message) {
    case 'BootNotification':
      if (station.record.boot === undefined) return 'unknown';
      return () => replayBoot(context, station, () => pump.kick());
    case 'Heartbeat':
      return async () => {
        station.heartbeatSentAtMs = undefined;
        passHeartbeat(context, station, undefined);
      };
    case 'StatusNotification':
      return sendStatuses(context, station, pump, numberOf(request, 'connectorId'));
    case 'DiagnosticsStatusNotification':
    case 'FirmwareStatusNotification':
      return () => answerNotice(context, station, pump, message, { status: transferStatus(station, message) });
    default:
      return undefined;
  }
}

/** Without a connector: the charge point's and each connector's, as far as it has told any. */
function sendStatuses(
  context: Context,
  station: Station,
  pump: Pump,
  connectorId: number | undefined,
): Send | 'unknown' {
  const wanted = [...station.statuses].filter(([connector]) => connectorId === undefined || connector === connectorId);
  if (wanted.length === 0) return 'unknown';
  return async () => {
    const timestamp = isoSeconds(context.clock.now());
    const notices = wanted.map(([, { payload }]) =>
      answerNotice(context, station, pump, 'StatusNotification', { ...payload, timestamp }),
    );
    await Promise.all(notices);
  };
}

/** What has come to its end is over: only news of the moment are asked for. */
function transferStatus(station: Station, action: string): string {
  const last = station.transfers.get(action);
  return last === 'Downloaded' ? last : 'Idle';
}
