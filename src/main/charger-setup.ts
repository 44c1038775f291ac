import { isDeepStrictEqual } from 'node:util';
import { modelFor } from '../charging/models.ts';
import { type ChargerProfile, type ChargerSettings, chargerSettings } from '../config/charger-settings.ts';
import { settingsSchema } from '../config/schema.ts';
import { isIdentity } from '../front-door/path.ts';
import type { Payload } from '../gateway/ports.ts';
import type { ChargerSetup, ChargerUrl } from '../operator/operations.ts';
import { chargerSideHost } from './addresses.ts';
import { isController } from './gateway-settings.ts';
import type { ReadConfig } from './read-config.ts';

/** A listener as chargers reach it: its base URL. */
export type Listener = ChargerUrl;

/** What the config says of each charger, with where it is to call: `listeners` are those that are open now. */
export function setupsOf(
  { config, models }: Pick<ReadConfig, 'config' | 'models'>,
  listeners: () => readonly Listener[],
): (identity: string, boot: Payload | undefined) => ChargerSetup {
  return (identity, boot) => {
    const charger = chargerSettings(config, identity);
    const { profile } = charger;
    const driving = { driveBy: profile.driveBy, model: profile.model, restCurrentA: profile.restCurrentA };
    return {
      registered: charger.registered,
      blocked: charger.blocked || isController(config, charger),
      model: modelFor(models(), driving, boot)?.name,
      settings: unusual(profile),
      proofs: proofsOf(charger),
      urls: urlsFor(charger, listeners()),
    };
  };
}

/** Ports of a plain and of a TLS listener; undefined or 0: there is none, or nobody knows which it is. */
export type Ports = { readonly plain: number | undefined; readonly tls: number | undefined };

/** The SOAP listeners of a config, on the ports where they are: at rest, those that stand in it. */
export function soapListenersOf({ soap }: ReadConfig['config'], ports: Ports): readonly Listener[] {
  const [plain, tls] = urlsOn(soap, ['http', 'https'], ports);
  return listenersFor('OCPP-S', [soap.publicUrl ?? plain, tls]);
}

/** The same for chargers with OCPP-J. */
export function jsonListenersOf({ json }: ReadConfig['config'], ports: Ports): readonly Listener[] {
  return json === undefined ? [] : listenersFor('OCPP-J', urlsOn(json, ['ws', 'wss'], ports));
}

/** Where a port is any free one, only the running gateway knows which. */
export function listenersAtRest(config: ReadConfig['config']): readonly Listener[] {
  const { soap, json } = config;
  return [
    ...soapListenersOf(config, { plain: soap.port, tls: soap.tls?.port }),
    ...jsonListenersOf(config, { plain: json?.plain === true ? json.port : undefined, tls: json?.tls?.port }),
  ];
}

function urlsOn(
  { host, path }: { readonly host: string; readonly path: string },
  [plainScheme, tlsScheme]: readonly [string, string],
  ports: Ports,
): readonly [string | undefined, string | undefined] {
  const at = (scheme: string, port: number | undefined) =>
    port === undefined || port === 0 ? undefined : `${scheme}://${chargerSideHost(host)}:${port}${path}`;
  return [at(plainScheme, ports.plain), at(tlsScheme, ports.tls)];
}

function listenersFor(protocol: Listener['protocol'], urls: readonly (string | undefined)[]): readonly Listener[] {
  return urls.filter((url) => url !== undefined).map((url) => ({ protocol, url }));
}

/** `<base>/<identity>`, or `<base>/s/<secret>/<identity>`; who must show a certificate can do so over TLS only. */
function urlsFor({ identity, secretPath, profile }: ChargerSettings, listeners: readonly Listener[]) {
  const secret = secretPath === undefined ? [] : ['s', secretPath.revealText()];
  // one that the path cannot carry stands in the header alone
  const named = isIdentity(identity) ? [identity] : [];
  const path = [...secret, ...named].map((segment) => `/${encodeURIComponent(segment)}`).join('');
  return listeners
    .filter(({ url }) => !profile.requireCertificate || /^(https|wss):/.test(url))
    .map(({ protocol, url }) => ({ protocol, url: `${url.replace(/\/+$/, '')}${path}` }));
}

function proofsOf({ secretPath, basicPassword, profile }: ChargerSettings): readonly string[] {
  return [
    ...(secretPath === undefined ? [] : ['the secret in the path of its URL']),
    ...(basicPassword === undefined ? [] : ['the password of basicPasswordFrom, with its identity as user']),
    ...(profile.requireCertificate ? ['a client certificate whose CN is its identity'] : []),
  ];
}

/** What is not as it is when nobody writes anything. */
function unusual(profile: ChargerProfile): Readonly<Record<string, unknown>> {
  const fields = settingsSchema.properties?.['chargerDefaults']?.properties;
  return Object.fromEntries(
    Object.entries(profile).filter(([key, value]) => !isDeepStrictEqual(value, fields?.[key]?.default)),
  );
}
