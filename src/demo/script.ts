import type { Payload } from './payload.ts';
import type { PriceChange } from './site.ts';

/** What happens in the demo. Chargers are counted from 0 (mixed-fleet.ts), connectors from 1. */
export type Deed =
  | { readonly kind: 'plugIn'; readonly charger: number; readonly connector: number; readonly idTag: string }
  | { readonly kind: 'unplug'; readonly charger: number; readonly connector: number }
  /** A remote command of the CSMS. */
  | { readonly kind: 'command'; readonly charger: number; readonly action: string; readonly payload: Payload }
  /** RemoteStopTransaction by the id that the CSMS gave. */
  | { readonly kind: 'remoteStop'; readonly charger: number; readonly connector: number }
  /** A TxProfile for the running transaction, by the id that the CSMS gave. */
  | {
      readonly kind: 'limitTransaction';
      readonly charger: number;
      readonly connector: number;
      readonly limitA: number;
    }
  /** The CSMS has a charger install its image. */
  | { readonly kind: 'updateFirmware'; readonly charger: number }
  /** The CSMS asks a charger for its diagnostics. */
  | { readonly kind: 'getDiagnostics'; readonly charger: number }
  /** The supplier tells prices. */
  | ({ readonly kind: 'prices' } & PriceChange)
  /** Nobody plugs in before every charger of the site has its safe share. */
  | { readonly kind: 'commission' }
  /** Somebody reads the meter at the main fuse aloud. */
  | { readonly kind: 'readMeter' }
  | { readonly kind: 'csmsOff' }
  | { readonly kind: 'csmsOn' };

/** `at` is a fraction of the demo's length. */
export type Step = { readonly at: number; readonly deed: Deed };

/** MeterValues of a running session are sent at this fraction of the demo's length: 60 or so in every demo. */
export const sampleInterval = 1 / 20;

const cards = ['FLEET-1', 'FLEET-2', 'FLEET-3', 'FLEET-4', '0012E5', 'VISITOR'] as const;

const dear: Deed = { kind: 'prices', nowPerKwh: 0.62, laterPerKwh: 0.08, laterMinutes: 30 };
const cheap: Deed = { kind: 'prices', nowPerKwh: 0.08, laterPerKwh: 0.62, laterMinutes: 30 };

/**
 * One act: people charge, the CSMS gives commands, then it is away for a quarter of the time while sessions begin, run
 * and end; when it is back it gives commands to the transactions that it never saw begin.
 * Power is dear at first, so that cars with time wait; then it is cheap, and all want more than the fuse has.
 */
export const script: readonly Step[] = [
  step(0.02, { kind: 'commission' }),
  ...[0, 1, 2, 3, 4].map((charger) => step(0.04, command(charger, 'SendLocalList', localList()))),
  step(0.05, { kind: 'updateFirmware', charger: 2 }),
  step(0.05, dear),
  step(0.06, plugIn(0, 1)),
  step(0.06, plugIn(1, 1)),
  step(0.08, plugIn(2, 1)),
  step(0.1, command(0, 'GetConfiguration', { key: ['HeartbeatInterval', 'NumberOfConnectors', 'NoSuchKey'] })),
  step(0.12, command(3, 'RemoteStartTransaction', { connectorId: 1, idTag: cards[3] })),
  step(0.14, command(0, 'TriggerMessage', { requestedMessage: 'MeterValues', connectorId: 1 })),
  step(0.16, command(0, 'SetChargingProfile', { connectorId: 1, csChargingProfiles: profile(1, 10) })),
  step(0.18, command(1, 'ChangeConfiguration', { key: 'MeterValueSampleInterval', value: '30' })),
  step(0.19, { kind: 'getDiagnostics', charger: 4 }),
  step(0.2, command(0, 'GetCompositeSchedule', { connectorId: 1, duration: 600 })),
  step(0.22, { kind: 'remoteStop', charger: 3, connector: 1 }),
  step(0.24, { kind: 'readMeter' }),
  step(0.25, plugIn(4, 1)),
  step(0.25, plugIn(5, 1)),
  step(0.26, cheap),
  step(0.27, command(3, 'ReserveNow', reservation())),
  step(0.32, command(3, 'CancelReservation', { reservationId: 7 })),
  step(0.37, { kind: 'readMeter' }),
  step(0.38, { kind: 'csmsOff' }),
  step(0.44, unplug(1, 1)),
  step(0.46, plugIn(3, 1)),
  step(0.48, plugIn(1, 2)),
  step(0.55, unplug(2, 1)),
  step(0.58, unplug(1, 2)),
  step(0.63, { kind: 'csmsOn' }),
  step(0.7, { kind: 'limitTransaction', charger: 3, connector: 1, limitA: 8 }),
  step(0.71, command(0, 'GetConfiguration', {})),
  step(0.72, command(4, 'GetCompositeSchedule', { connectorId: 1, duration: 600 })),
  step(0.73, command(2, 'RemoteStartTransaction', { connectorId: 1, idTag: cards[2] })),
  step(0.75, { kind: 'remoteStop', charger: 3, connector: 1 }),
  // A charger that knows no profiles: the gateway keeps this one, and holds it to that by the key of its maker.
  step(0.76, { kind: 'limitTransaction', charger: 4, connector: 1, limitA: 6 }),
  step(0.77, command(4, 'TriggerMessage', { requestedMessage: 'StatusNotification', connectorId: 1 })),
  step(0.79, command(0, 'ClearChargingProfile', { chargingProfilePurpose: 'TxDefaultProfile' })),
  step(0.81, command(1, 'UnlockConnector', { connectorId: 2 })),
  step(0.84, unplug(0, 1)),
  step(0.85, unplug(2, 1)),
  step(0.86, unplug(4, 1)),
  step(0.87, unplug(5, 1)),
];

function step(at: number, deed: Deed): Step {
  return { at, deed };
}

function plugIn(charger: number, connector: number): Deed {
  return { kind: 'plugIn', charger, connector, idTag: cards[charger] ?? 'VISITOR' };
}

function unplug(charger: number, connector: number): Deed {
  return { kind: 'unplug', charger, connector };
}

function command(charger: number, action: string, payload: Payload): Deed {
  return { kind: 'command', charger, action, payload };
}

function localList(): Payload {
  const localAuthorizationList = cards.map((idTag) => ({ idTag, idTagInfo: { status: 'Accepted' } }));
  return { listVersion: 1, updateType: 'Full', localAuthorizationList };
}

function profile(chargingProfileId: number, limit: number): Payload {
  return {
    chargingProfileId,
    stackLevel: 1,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit, numberPhases: 3 }] },
  };
}

function reservation(): Payload {
  const expiryDate = '2099-12-31T23:59:59Z';
  return { connectorId: 2, expiryDate, idTag: cards[3], reservationId: 7 };
}
