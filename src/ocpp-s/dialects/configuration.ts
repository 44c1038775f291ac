import { OcppError } from '../../ocpp/errors.ts';
import type * as House from '../../ocpp/messages.generated.ts';
import type { Noted, Wording } from './dialect.ts';
import { measurandWords } from './words.ts';

/*
 * Configuration keys. OCPP 1.6 compares them without case, the older versions do not: a charger gets the spelling in which
 * it told them.
 */

/** The one key whose name changed with OCPP 1.6. */
const heartbeat = { house: 'HeartbeatInterval', old: 'HeartBeatInterval' };

const isHeartbeat = (key: string) => key.toLowerCase() === heartbeat.house.toLowerCase();

/** A key as OCPP 1.6 names it. */
export function houseKey(key: string): string {
  return isHeartbeat(key) ? heartbeat.house : key;
}

/** A key as this charger spells it. */
export function oldKey(key: string, { keySpellings }: Wording): string {
  return keySpellings.get(key.toLowerCase()) ?? (isHeartbeat(key) ? heartbeat.old : key);
}

/** A told configuration in the house language; how the charger spells its keys is noted. */
export function toldConfiguration(said: House.GetConfigurationResponse, noted: Noted): House.GetConfigurationResponse {
  const configurationKey = said.configurationKey?.map((entry) => {
    noted.keySpellings.push(entry.key);
    return { ...entry, key: houseKey(entry.key) };
  });
  const unknownKey = said.unknownKey?.map(houseKey);
  return { ...(configurationKey && { configurationKey }), ...(unknownKey && { unknownKey }) };
}

const measurandLists = new Set(
  ['meterValuesAlignedData', 'meterValuesSampledData', 'stopTxnAlignedData', 'stopTxnSampledData'].map((key) =>
    key.toLowerCase(),
  ),
);

/**
 * A value as OCPP 1.5 may be given it: of a list of measurands, those that it has. Throws OcppError when that leaves
 * nothing, since an empty list would switch the readings off.
 */
export function oldValue(key: string, value: string): string {
  if (!measurandLists.has(key.toLowerCase())) return value;
  const wanted = value.split(',');
  const known = wanted.filter((name) => isKnown(name.trim()));
  if (known.length > 0 || value.trim() === '') return known.join(',');
  throw new OcppError('PropertyConstraintViolation', 'value: none of these measurands is one of OCPP 1.5');
}

/** Measurands of the maker are none of our business. */
function isKnown(name: string): boolean {
  return !Object.entries(measurandWords).some(([measurand, word]) => measurand === name && word === undefined);
}
