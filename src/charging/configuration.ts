import type { Payload } from '../gateway/ports.ts';
import { admitted } from './settings.ts';

/** Keys of the smart-charging profile (OCPP 1.6 §9.4) as the gateway answers them in a charger's place. */
const values: readonly (readonly [key: string, value: string])[] = [
  ['ChargeProfileMaxStackLevel', String(admitted.maxStackLevel)],
  ['ChargingScheduleAllowedChargingRateUnit', 'Current,Power'],
  ['ChargingScheduleMaxPeriods', String(admitted.maxPeriods)],
  ['ConnectorSwitch3to1PhaseSupported', 'false'],
  ['MaxChargingProfilesInstalled', String(admitted.maxProfiles)],
];

const featureProfiles = 'SupportedFeatureProfiles';
/** Of a charger that does not tell: every one has Core (OCPP 1.6 §3.2). */
const leastProfiles: Payload = { key: featureProfiles, readonly: true, value: 'Core,SmartCharging' };

/** Key names match without case (OCPP 1.6 §9: CiString). */
const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

export function isSmartChargingKey(key: string): boolean {
  return values.some(([name]) => isSame(name, key));
}

/** The charger's GetConfiguration.conf, completed: our keys, and SmartCharging among its feature profiles. */
export function withSmartCharging(requested: readonly string[], conf: Payload): Payload {
  const theirs = listOf(conf['configurationKey']).filter((entry) => !isSmartChargingKey(String(entry['key'])));
  const wanted = values.filter(([key]) => requested.length === 0 || requested.some((name) => isSame(name, key)));
  const ours = wanted.map(([key, value]) => ({ key, readonly: true, value }));
  const unknown = Array.isArray(conf['unknownKey']) ? conf['unknownKey'].map(String) : [];
  const unknownKey = unknown.filter((key) => !isSmartChargingKey(key) && !isSame(key, featureProfiles));
  const told = theirs.some((entry) => isSame(String(entry['key']), featureProfiles));
  const asked = requested.length === 0 || requested.some((name) => isSame(name, featureProfiles));
  return {
    configurationKey: [...theirs.map(withFeatureProfile), ...(asked && !told ? [leastProfiles] : []), ...ours],
    ...(unknownKey.length === 0 ? {} : { unknownKey }),
  };
}

function withFeatureProfile(entry: Payload): Payload {
  if (!isSame(String(entry['key']), featureProfiles)) return entry;
  const value = typeof entry['value'] === 'string' ? entry['value'] : '';
  const profiles = value.split(',').filter((profile) => profile.trim() !== '');
  if (profiles.some((profile) => isSame(profile.trim(), 'SmartCharging'))) return entry;
  return { ...entry, value: [...profiles, 'SmartCharging'].join(',') };
}

const listOf = (value: unknown): readonly Payload[] => (Array.isArray(value) ? (value as readonly Payload[]) : []);
