import { isDeepStrictEqual } from 'node:util';
import { modelFor } from '../charging/models.ts';
import { type ChargerProfile, type ChargerSettings, chargerSettings } from '../config/charger-settings.ts';
import { settingsSchema } from '../config/schema.ts';
import { isIdentity } from '../ocpp-s/routes.ts';
import type { ChargerSetup, ChargerUrl, SetupOf } from '../operator/operations.ts';
import { chargerSideHost } from './addresses.ts';
import { isController } from './gateway-settings.ts';
import type { ReadConfig } from './read-config.ts';

/** A listener as chargers reach it: its base URL. */
export type Listener = ChargerUrl;

/** What the config says of each charger, with where it is to call: `listeners` are those that are open now. */
export function setupsOf(
  { config, models }: Pick<ReadConfig, 'config' | 'models'>,
  listeners: () => readonly Listener[],
): SetupOf {
  return (identity, boot): ChargerSetup => {
    const charger = chargerSettings(config, identity);
    const { profile } = charger;
    const driving = { driveBy: profile.driveBy, model: profile.model, restCurrentA: profile.restCurrentA };
    return {
      registered: charger.registered,
      blocked: charger.blocked || isController(config, charger),
      model: modelFor(models, driving, boot)?.name,
      settings: unusual(profile),
      proofs: proofsOf(charger),
      urls: urlsFor(charger, listeners()),
    };
  };
}

/** The SOAP listeners of a config, on the ports where they are: at rest, those that stand in it. */
export function soapListenersOf(
  { soap }: ReadConfig['config'],
  ports: { readonly plain: number; readonly tls: number | undefined },
): readonly Listener[] {
  const at = (scheme: string, port: number) => `${scheme}://${chargerSideHost(soap.host)}:${port}${soap.path}`;
  const plain = soap.publicUrl ?? (ports.plain === 0 ? undefined : at('http', ports.plain));
  const tls = ports.tls === undefined || ports.tls === 0 ? undefined : at('https', ports.tls);
  return [plain, tls].filter((url) => url !== undefined).map((url) => ({ protocol: 'OCPP-S', url }));
}

/** Where a port is any free one, only the running gateway knows which. */
export function listenersAtRest(config: ReadConfig['config']): readonly Listener[] {
  return soapListenersOf(config, { plain: config.soap.port, tls: config.soap.tls?.port });
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
