import { withSmartCharging } from '../charging/configuration.ts';
import { linkKey, type LinkValues, mergeConfiguration } from '../gateway/link-keys.ts';
import type { Payload } from '../gateway/ports.ts';

/*
 * The settings of the Local Controller: a closed set, of which nothing stands there that it does not do. Beside its own
 * they are the keys of its link (gateway/link-keys.ts), and those of smart charging where it has a site.
 */

export const heartbeatKey = 'HeartbeatInterval';

/** A CSMS that hears nothing for a day knows nothing. */
export const longestHeartbeatS = 86_400;

/** Its own keys and their values, as OCPP 1.6 §9 names them. */
function ownEntries(heartbeatIntervalS: number): readonly Payload[] {
  return [
    { key: heartbeatKey, readonly: false, value: String(heartbeatIntervalS) },
    { key: 'NumberOfConnectors', readonly: true, value: '0' },
    { key: 'SupportedFeatureProfiles', readonly: true, value: 'Core,RemoteTrigger' },
  ];
}

/** Whether a key is there, and may be changed. */
export type Access = 'link' | 'heartbeat' | 'readonly' | 'unknown';

export function accessTo(key: string, hasSite: boolean): Access {
  if (linkKey(key) !== undefined) return 'link';
  if (isSame(key, heartbeatKey)) return 'heartbeat';
  const { unknownKey } = configuration({ requested: [key], heartbeatIntervalS: 0, hasSite, link: {} });
  return unknownKey === undefined ? 'readonly' : 'unknown';
}

/** Undefined for what is no interval. */
export function heartbeatIntervalOf(value: string): number | undefined {
  const seconds = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  return seconds > 0 && seconds <= longestHeartbeatS ? seconds : undefined;
}

export type Configured = {
  /** None: all of them. */
  readonly requested: readonly string[];
  readonly heartbeatIntervalS: number;
  readonly hasSite: boolean;
  readonly link: LinkValues;
};

/** GetConfiguration.conf (OCPP 1.6 §5.8). */
export function configuration({ requested, heartbeatIntervalS, hasSite, link }: Configured): Payload {
  const entries = ownEntries(heartbeatIntervalS);
  const isWanted = ({ key }: Payload) => requested.length === 0 || requested.some((name) => isSame(name, String(key)));
  const unknownKey = requested.filter(
    (name) => linkKey(name) === undefined && !entries.some(({ key }) => isSame(name, String(key))),
  );
  const own = { configurationKey: entries.filter(isWanted), ...(unknownKey.length === 0 ? {} : { unknownKey }) };
  return mergeConfiguration(requested, hasSite ? withSmartCharging(requested, own) : own, link);
}

/** Key names match without case (OCPP 1.6 §9: CiString). */
const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
