import type { Context } from './context.ts';
import type { Delivery, Payload } from './ports.ts';
import { heartbeatIntervalS, type Station } from './stations.ts';

/*
 * Chargers of older versions lack whole operations. Where the gateway can stand in, it does (the local list, triggered
 * messages, the configuration that it wrote itself); elsewhere the CSMS hears a conf that says no, so that it need not
 * understand a CALLERROR.
 */

/** False when the charger's version of OCPP has no such operation. */
export function canDo({ caller }: Context, station: Station, action: string): boolean {
  return caller.can(station.record.wire, action);
}

const refusals: ReadonlyMap<string, Payload> = new Map<string, Payload>([
  ['CancelReservation', { status: 'Rejected' }],
  ['ClearChargingProfile', { status: 'Unknown' }],
  ['DataTransfer', { status: 'UnknownVendorId' }],
  ['GetCompositeSchedule', { status: 'Rejected' }],
  ['ReserveNow', { status: 'Rejected' }],
  ['SetChargingProfile', { status: 'NotSupported' }],
]);

/** What is answered in the charger's place to an operation that its version lacks; undefined: it has the operation. */
export function answerInPlace(context: Context, station: Station, action: string): Delivery | undefined {
  if (canDo(context, station, action)) return undefined;
  const payload = refusals.get(action);
  if (payload !== undefined) return { kind: 'answered', payload };
  const description = `the version of OCPP that the charger speaks has no ${action}`;
  return { kind: 'refused', code: 'NotSupported', description, details: {} };
}

// ------------------------------------------------------------------------------------------------ configuration

/** Prefix of the settings that hold what was written to a charger that cannot be asked for its configuration. */
const written = 'written.';

/** Remembers a key that such a charger has taken. */
export async function noteWritten(context: Context, station: Station, change: Payload, status: unknown): Promise<void> {
  if (canDo(context, station, 'GetConfiguration') || (status !== 'Accepted' && status !== 'RebootRequired')) return;
  const name = `${written}${String(change['key'])}`;
  const value = String(change['value']);
  if (station.linkSettings[name] === value) return;
  await context.store.saveSetting(station.identity, name, value);
  station.linkSettings = { ...station.linkSettings, [name]: value };
}

/** GetConfiguration for a charger that has none: what was written to it, and the interval that it was told. */
export function writtenConfiguration(station: Station, requested: readonly string[]): Payload {
  const known = new Map([['heartbeatinterval', keyValue('HeartbeatInterval', String(heartbeatIntervalS(station)))]]);
  for (const [name, value] of Object.entries(station.linkSettings)) {
    if (!name.startsWith(written)) continue;
    const key = name.slice(written.length);
    known.set(key.toLowerCase(), keyValue(key, value));
  }
  if (requested.length === 0) return { configurationKey: [...known.values()] };
  return {
    configurationKey: requested.flatMap((name) => known.get(name.toLowerCase()) ?? []),
    unknownKey: requested.filter((name) => !known.has(name.toLowerCase())),
  };
}

const keyValue = (key: string, value: string): Payload => ({ key, readonly: false, value });

/** The configuration of a charger of an older version with the keys of OCPP 1.6 that a CSMS cannot do without. */
export function withVersionKeys(
  context: Context,
  station: Station,
  requested: readonly string[],
  conf: Payload,
): Payload {
  if (canDo(context, station, 'TriggerMessage')) return conf;
  const theirs = (conf['configurationKey'] ?? []) as readonly Payload[];
  const isTold = (key: string) => theirs.some((entry) => isSame(String(entry['key']), key));
  const isWanted = (key: string) => requested.length === 0 || requested.some((name) => isSame(name, key));
  const ours = versionKeys(context, station).filter(({ key }) => isWanted(key) && !isTold(key));
  const unknown = ((conf['unknownKey'] ?? []) as readonly string[]).filter(
    (name) => !ours.some(({ key }) => isSame(name, key)),
  );
  return { configurationKey: [...theirs, ...ours], unknownKey: unknown };
}

function versionKeys(context: Context, station: Station) {
  const profiles = [
    'Core',
    'FirmwareManagement',
    // The gateway stands in for both of these.
    'LocalAuthListManagement',
    ...(canDo(context, station, 'ReserveNow') ? ['Reservation'] : []),
    'RemoteTrigger',
  ];
  return [
    { key: 'NumberOfConnectors', readonly: true, value: String(Math.max(station.record.connectors, 1)) },
    { key: 'SupportedFeatureProfiles', readonly: true, value: profiles.join(',') },
  ];
}

/** Key names match without case (OCPP 1.6 §9: CiString). */
const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
