/**
 * What happens to each message that a charger may send:
 *
 * - `transaction`: kept before it is answered, delivered strictly in order (OCPP 1.6 §3.7.1), never dropped;
 * - `notice`: kept before it is answered, may overtake waiting transaction messages;
 * - `relay`: the CSMS decides; the gateway answers in its place when it is away or slow;
 * - `local`: answered by the gateway.
 */
export type Handling = 'transaction' | 'notice' | 'relay' | 'local';

const handling: ReadonlyMap<string, Handling> = new Map<string, Handling>([
  ['Authorize', 'relay'],
  ['BootNotification', 'relay'],
  ['DataTransfer', 'relay'],
  ['DiagnosticsStatusNotification', 'notice'],
  ['FirmwareStatusNotification', 'notice'],
  ['Heartbeat', 'local'],
  ['LogStatusNotification', 'notice'],
  ['MeterValues', 'transaction'],
  ['SecurityEventNotification', 'notice'],
  ['SignCertificate', 'local'],
  ['SignedFirmwareStatusNotification', 'notice'],
  ['StartTransaction', 'transaction'],
  ['StatusNotification', 'notice'],
  ['StopTransaction', 'transaction'],
]);

/** Undefined: not a message that a charger sends. */
export function handlingOf(action: string): Handling | undefined {
  return handling.get(action);
}
