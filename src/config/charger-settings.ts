import { controllerLinkOf, entriesOf, type LinkKeys, linkOf, listedIdentity } from './link.ts';
import type { Config } from './load.ts';
import type { Settings } from './schema.ts';
import type { Secret } from './secret.ts';

/** How one charger is treated, all keys filled. */
export type ChargerProfile = Settings['chargerDefaults'];

/** The link of one station to its CSMS, references read. */
export type ChargerLink = Pick<LinkKeys, 'url' | 'pingIntervalS' | 'bootOnReconnect'> & {
  readonly csmsIdentity: string;
  readonly password: Secret | undefined;
  /** PEM texts. */
  readonly tls: {
    readonly ca: string | undefined;
    readonly cert: string | undefined;
    readonly key: Secret | undefined;
  };
};

/** Everything that the config says of one charger. */
export type ChargerSettings = {
  /** Spelled as in the config; strangers keep their own spelling. */
  readonly identity: string;
  /** Listed under `chargers`. */
  readonly registered: boolean;
  readonly blocked: boolean;
  readonly profile: ChargerProfile;
  readonly link: ChargerLink;
  /** Fixed URL for our calls. */
  readonly endpoint: string | undefined;
  readonly endpointBasic: { readonly user: string; readonly password: Secret } | undefined;
  /** What it must present, when asked for. */
  readonly basicPassword: Secret | undefined;
  readonly secretPath: Secret | undefined;
};

type Listed = NonNullable<Settings['chargers'][string]>;
type Group = NonNullable<Settings['groups'][string]>;

/** The settings of one charger: its own over those of its group over the defaults; lists replace lists. */
export function chargerSettings(config: Config, identity: string): ChargerSettings {
  const entries = entriesOf(config, identity);
  const listed = listedIdentity(config, identity);
  const { csms: _groupLink, ...groupProfile }: Partial<Group> = entries.group ?? {};
  const { csms: _ownLink, csmsIdentity, blocked, endpoint, ...own }: Partial<Listed> = entries.charger ?? {};
  const { endpointUser, endpointPasswordFrom, basicPasswordFrom, secretPathFrom, ...ownProfile } = own;
  const endpointPassword = contentOf(config, endpointPasswordFrom);
  return {
    identity: listed ?? identity,
    registered: listed !== undefined,
    blocked: blocked ?? false,
    profile: { ...config.chargerDefaults, ...groupProfile, ...ownProfile },
    link: readLink(config, linkOf(config, identity), csmsIdentity ?? listed ?? identity),
    endpoint,
    endpointBasic: endpointUser && endpointPassword ? { user: endpointUser, password: endpointPassword } : undefined,
    basicPassword: contentOf(config, basicPasswordFrom),
    secretPath: contentOf(config, secretPathFrom),
  };
}

/** What the config says of the Local Controller. */
export type ControllerConfig = {
  readonly identity: string;
  readonly site: string | undefined;
  readonly link: ChargerLink;
};

/** Undefined: there is none. */
export function controllerSettings(config: Config): ControllerConfig | undefined {
  const { controller } = config;
  if (controller === undefined) return undefined;
  const { identity, site } = controller;
  return { identity, site, link: readLink(config, controllerLinkOf(config), identity) };
}

/** References read. */
function readLink(config: Config, keys: LinkKeys, csmsIdentity: string): ChargerLink {
  const { url, passwordFrom, caFile, certFile, keyFile, pingIntervalS, bootOnReconnect } = keys;
  const [ca, cert, key] = [caFile, certFile, keyFile].map((path) => contentOf(config, path));
  return {
    url,
    csmsIdentity,
    password: contentOf(config, passwordFrom),
    tls: { ca: ca?.revealText(), cert: cert?.revealText(), key },
    pingIntervalS,
    bootOnReconnect,
  };
}

function contentOf({ contents }: Config, reference: string | undefined): Secret | undefined {
  return reference === undefined ? undefined : contents.get(reference);
}
