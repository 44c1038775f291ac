import type { SitesDoor } from '../charging/site/ports.ts';
import type { Payload } from '../gateway/ports.ts';
import { OcppError } from '../ocpp/errors.ts';

/** What the CSMS may have the controller send. */
export type Triggered = 'BootNotification' | 'Heartbeat' | 'StatusNotification';

/** What a call of the CSMS can do to the controller. */
export type Inside = {
  readonly sites: Pick<SitesDoor, 'answer'>;
  /** The site that it stands for; undefined while there is none. */
  site(): string | undefined;
  configuration(requested: readonly string[]): Payload;
  /** Resolves with the status when the value is on disk. */
  change(key: string, value: string): Promise<'Accepted' | 'Rejected' | 'NotSupported'>;
  /** Once the answer has left. */
  restart(): void;
  /** Once the answer has left. */
  send(message: Triggered): void;
};

/** Answers one CALL of the CSMS to the controller itself; throws OcppError. */
export async function answerCommand(inside: Inside, action: string, payload: Payload): Promise<Payload> {
  switch (action) {
    case 'GetConfiguration':
      return inside.configuration(Array.isArray(payload['key']) ? payload['key'].map(String) : []);
    case 'ChangeConfiguration':
      return { status: await inside.change(String(payload['key']), String(payload['value'])) };
    case 'SetChargingProfile':
    case 'GetCompositeSchedule': {
      const site = inside.site();
      return site === undefined ? { status: 'Rejected' } : inside.sites.answer(site, action, payload);
    }
    case 'ClearChargingProfile': {
      const site = inside.site();
      return site === undefined ? { status: 'Unknown' } : inside.sites.answer(site, action, payload);
    }
    case 'Reset':
      return reset(inside, payload);
    case 'TriggerMessage':
      return trigger(inside, payload);
    case 'ChangeAvailability':
      // it is always operative, and cannot be otherwise
      return { status: payload['type'] === 'Operative' && payload['connectorId'] === 0 ? 'Accepted' : 'Rejected' };
    case 'GetDiagnostics':
      // OCPP 1.6 §6.22: without fileName there are none
      return {};
    default:
      return refusal(action);
  }
}

/** Soft: a new connection and a new boot. Hard would end the process, and nobody promises that it comes back. */
function reset(inside: Inside, { type }: Payload): Payload {
  if (type !== 'Soft') return { status: 'Rejected' };
  inside.restart();
  return { status: 'Accepted' };
}

function trigger(inside: Inside, { requestedMessage, connectorId }: Payload): Payload {
  switch (requestedMessage) {
    case 'BootNotification':
    case 'Heartbeat':
    case 'StatusNotification':
      if (connectorId !== undefined && connectorId !== 0) return { status: 'Rejected' };
      inside.send(requestedMessage);
      return { status: 'Accepted' };
    default:
      return { status: 'NotImplemented' };
  }
}

/** What a charge point without connectors, cards and reservations says to the rest, by a conf wherever there is one. */
function refusal(action: string): Payload {
  switch (action) {
    case 'CancelReservation':
    case 'ClearCache':
    case 'RemoteStartTransaction':
    case 'RemoteStopTransaction':
    case 'ReserveNow':
      return { status: 'Rejected' };
    case 'DataTransfer':
      return { status: 'UnknownVendorId' };
    case 'SendLocalList':
    case 'UnlockConnector':
      return { status: 'NotSupported' };
    case 'GetLocalListVersion':
      // OCPP 1.6 §5.10: it has no local list
      return { listVersion: -1 };
    default:
      // UpdateFirmware.conf cannot refuse
      throw new OcppError('NotSupported', `${action} is not supported by the local controller`);
  }
}
