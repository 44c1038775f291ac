import { type ChargerSettings, chargerSettings, controllerSettings } from '../config/charger-settings.ts';
import type { Config } from '../config/load.ts';
import type { LinkSettings, WireProfile } from '../gateway/ports.ts';
import type { CallbackSettings, GatewaySettings, StationSettings } from '../gateway/settings.ts';

import type { Settings } from './current-config.ts';

const dayMs = 86_400_000;

/** What the gateway must know of a config. */
export function gatewaySettings({ config }: Pick<Settings, 'config'>): GatewaySettings {
  const known = new Map<string, StationSettings>();
  return {
    unknownChargers: config.unknownChargers,
    offline: config.offline,
    outbox: {
      attempts: config.outbox.attempts,
      retryIntervalMs: config.outbox.retryIntervalS * 1000,
      receiptsMs: config.outbox.receiptsDays * dayMs,
    },
    csmsDeadlineMs: config.csms.callDeadlineS * 1000,
    commandDeadlineMs: config.soap.callDeadlineS * 1000,
    station: (identity) => {
      const name = identity.toLowerCase();
      const settings = known.get(name) ?? stationSettings(config, chargerSettings(config, identity));
      // Strangers choose their names: only those that the config names are remembered.
      if (settings.registered) known.set(name, settings);
      return settings;
    },
  };
}

function stationSettings(config: Config, charger: ChargerSettings): StationSettings {
  const { profile } = charger;
  return {
    identity: charger.identity,
    registered: charger.registered,
    blocked: charger.blocked || isController(config, charger),
    link: linkSettings(charger),
    bootOnReconnect: charger.link.bootOnReconnect,
    profile: wireProfile(charger),
    access: {
      allowFrom: profile.allowFrom,
      sourceChange: profile.sourceChange,
      pathSecret: charger.secretPath?.revealText(),
      basicPassword: charger.basicPassword?.revealText(),
      requireCertificate: profile.requireCertificate,
    },
    callback: callbackSettings(charger),
    repair: {
      vendorEnums: profile.repair.includes('vendorEnums'),
      phases: profile.repair.includes('phases'),
      transactionId: profile.repair.includes('transactionId'),
      timezone: profile.timezone,
    },
    acceptBeforeBoot: profile.acceptBeforeBoot,
  };
}

/** A stranger under the name of the Local Controller would throw it out at the CSMS; of listed chargers none has it. */
export function isController(config: Config, { link }: ChargerSettings): boolean {
  const controller = controllerSettings(config);
  if (controller === undefined || link.url !== controller.link.url) return false;
  return link.csmsIdentity.toLowerCase() === controller.identity.toLowerCase();
}

/** The link of a charger or of the Local Controller. */
export function linkSettings({ link }: Pick<ChargerSettings, 'link'>): LinkSettings {
  const { ca, cert, key } = link.tls;
  return {
    url: link.url,
    csmsIdentity: link.csmsIdentity,
    ...(link.password === undefined ? {} : { password: link.password.reveal() }),
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key: key.revealText() }),
    },
    pingIntervalS: link.pingIntervalS,
  };
}

function wireProfile({ profile }: ChargerSettings): WireProfile {
  return {
    mustUnderstand: profile.mustUnderstand !== 'off',
    responseTo: profile.responseTo,
    responseHeaders: profile.responseHeaders,
    soapAction: profile.soapAction,
    faultHttpStatus: profile.faultHttpStatus,
  };
}

function callbackSettings({ profile, endpoint, endpointBasic }: ChargerSettings): CallbackSettings {
  const { callbackPort: port, callbackPath: path } = profile;
  return {
    endpoint,
    template: port === undefined ? undefined : { port, path },
    allowedNetworks: profile.callbackNetworks,
    remoteCommands: profile.remoteCommands,
    basic:
      endpointBasic === undefined
        ? undefined
        : { user: endpointBasic.user, password: endpointBasic.password.revealText() },
  };
}
