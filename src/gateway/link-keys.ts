import type { LinkSettings, Payload } from './ports.ts';

/*
 * Configuration keys that belong to the link between station and CSMS. The gateway is that link, so it answers them
 * and the charger never hears of them (OCPP 1.6 §9, security whitepaper §2: AuthorizationKey, SecurityProfile, CpoName).
 */

export type LinkKey = {
  readonly key: string;
  readonly readable: boolean;
  readonly readonly: boolean;
  /** Undefined: the value is acceptable. */
  problem(value: string, current: string | undefined): string | undefined;
};

const keys: readonly LinkKey[] = [
  { key: 'AuthorizationKey', readable: false, readonly: false, problem: authorizationKeyProblem },
  { key: 'CpoName', readable: true, readonly: false, problem: (value) => tooLong(value, 500) },
  { key: 'SecurityProfile', readable: true, readonly: false, problem: securityProfileProblem },
  { key: 'WebSocketPingInterval', readable: true, readonly: false, problem: pingIntervalProblem },
];

/** What GetConfiguration says of the keys; those that nobody may read are not in it. */
export type LinkValues = Readonly<Record<string, string | undefined>>;

/** The link as configured, with what the CSMS changed on top. */
export function changedLink(link: LinkSettings, changes: Readonly<Record<string, string>>): LinkSettings {
  const key = changes['AuthorizationKey'];
  const ping = changes['WebSocketPingInterval'];
  return {
    ...link,
    ...(key === undefined ? {} : { password: Buffer.from(key, 'hex') }),
    ...(ping === undefined ? {} : { pingIntervalS: Number(ping) }),
  };
}

/** `link` as it is now. */
export function linkValues(link: LinkSettings, changes: Readonly<Record<string, string>>): LinkValues {
  return {
    CpoName: changes['CpoName'] ?? '',
    SecurityProfile: securityProfile(link.url, link.tls.cert !== undefined, link.password !== undefined),
    WebSocketPingInterval: String(link.pingIntervalS),
  };
}

/** Security whitepaper §3: 0 unsecured, 1 Basic, 2 Basic over TLS, 3 client certificate. */
function securityProfile(url: string, certificate: boolean, password: boolean): string {
  if (url.startsWith('wss:')) return certificate ? '3' : '2';
  return password ? '1' : '0';
}

/** Key names match without case (OCPP 1.6 §9: CiString). */
export function linkKey(name: string): LinkKey | undefined {
  return keys.find((candidate) => candidate.key.toLowerCase() === name.toLowerCase());
}

/** The charger's GetConfiguration.conf with the link's keys merged in; AuthorizationKey is never readable. */
export function mergeConfiguration(requested: readonly string[], charger: Payload, values: LinkValues): Payload {
  const wanted = requested.length === 0 ? keys : requested.flatMap((name) => linkKey(name) ?? []);
  const ours = wanted.filter((key) => key.readable).map((key) => entryOf(key, values[key.key]));
  const unreadable = requested.filter((name) => linkKey(name)?.readable === false);
  const theirs = listOf(charger['configurationKey']).filter((entry) => linkKey(nameOf(entry)) === undefined);
  const unknownKey = [...listOf(charger['unknownKey']), ...unreadable];
  const configurationKey = [...theirs, ...ours];
  return {
    ...(configurationKey.length === 0 ? {} : { configurationKey }),
    ...(unknownKey.length === 0 ? {} : { unknownKey }),
  };
}

function entryOf(key: LinkKey, value: string | undefined): Payload {
  return { key: key.key, readonly: key.readonly, ...(value === undefined ? {} : { value }) };
}

/** 16 to 20 bytes, written in hexadecimal (security whitepaper §4.1: at most 40 digits). */
function authorizationKeyProblem(value: string): string | undefined {
  return /^([0-9a-f]{2}){16,20}$/i.test(value) ? undefined : 'not 32 to 40 hexadecimal digits';
}

/** Raising is for the operator, who holds the certificates; lowering is never allowed (security whitepaper §3). */
function securityProfileProblem(value: string, current: string | undefined): string | undefined {
  return value === current ? undefined : 'the security profile is set in the config of the gateway';
}

function pingIntervalProblem(value: string): string | undefined {
  return /^\d{1,6}$/.test(value) ? undefined : 'not a number of seconds';
}

const tooLong = (value: string, most: number) => (value.length > most ? `longer than ${most}` : undefined);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function nameOf(entry: unknown): string {
  const name = typeof entry === 'object' && entry !== null && 'key' in entry ? entry.key : undefined;
  return typeof name === 'string' ? name : '';
}
