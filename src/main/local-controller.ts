import type { SitesDoor } from '../charging/site/ports.ts';
import { type ControllerConfig, controllerSettings } from '../config/charger-settings.ts';
import type { Config } from '../config/load.ts';
import { type Controller, startController } from '../controller/controller.ts';
import type { ControllerSettings, ControllerStore } from '../controller/settings.ts';
import type { Clock, CsmsDoor, CsmsLinks, Log } from '../gateway/ports.ts';
import type { CurrentConfig } from './current-config.ts';
import { linkSettings } from './gateway-settings.ts';
import { packageVersion } from './package.ts';

export type LocalControllerParts = {
  readonly store: ControllerStore;
  readonly sites: SitesDoor;
  readonly links: (door: CsmsDoor) => CsmsLinks;
  readonly clock: Clock;
  readonly log: Log;
};

/** The gateway's own station towards the CSMS; undefined: the config wants none. */
export async function localController(
  current: CurrentConfig,
  parts: LocalControllerParts,
): Promise<Controller | undefined> {
  const chosen = controllerSettings(current.config);
  if (chosen === undefined) return undefined;
  const settings = current.live(({ config }) => settingsOf(config, controllerSettings(config) ?? chosen));
  const controller = await startController({ ...parts, settings });
  current.follow(() => () => controller.open());
  return controller;
}

function settingsOf(config: Config, controller: ControllerConfig): ControllerSettings {
  const { identity, site, link } = controller;
  return {
    identity,
    site,
    link: linkSettings(controller),
    bootOnReconnect: link.bootOnReconnect,
    version: packageVersion(),
    csmsDeadlineMs: config.csms.callDeadlineS * 1000,
  };
}
