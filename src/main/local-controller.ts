import type { SitesDoor } from '../charging/site/ports.ts';
import { controllerSettings } from '../config/charger-settings.ts';
import type { Config } from '../config/load.ts';
import { type Controller, startController } from '../controller/controller.ts';
import type { ControllerStore } from '../controller/settings.ts';
import type { Clock, CsmsDoor, CsmsLinks, Log } from '../gateway/ports.ts';
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
export async function localController(config: Config, parts: LocalControllerParts): Promise<Controller | undefined> {
  const controller = controllerSettings(config);
  if (controller === undefined) return undefined;
  const { identity, site, link } = controller;
  const settings = {
    identity,
    site,
    link: linkSettings(controller),
    bootOnReconnect: link.bootOnReconnect,
    version: packageVersion(),
    csmsDeadlineMs: config.csms.callDeadlineS * 1000,
  };
  return startController({ ...parts, settings });
}
