import { openDesk } from '../charging/desk.ts';
import { createDriver } from '../charging/driver.ts';
import type { ChargerModel, DrivingSettings } from '../charging/models.ts';
import type { ChargingStore } from '../charging/ports.ts';
import type { ChargingSettings } from '../charging/settings.ts';
import type { SiteControl } from '../charging/site/ports.ts';
import { type ChargerProfile, chargerSettings } from '../config/charger-settings.ts';
import type { Config } from '../config/load.ts';
import type { ChargerLine, ChargingDoor } from '../gateway/charging-port.ts';
import type { Clock, Log, Meters } from '../gateway/ports.ts';

export type ChargingParts = {
  readonly models: () => readonly ChargerModel[];
  readonly store: ChargingStore;
  readonly sites: SiteControl;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
};

/** Smart charging as the config wants it, between the gateway and its chargers. */
export function smartCharging(config: Config, parts: ChargingParts): (line: ChargerLine) => ChargingDoor {
  // Asked several times in each command; only for chargers that are accepted, so there is an end to them.
  const profiles = new Map<string, ChargerProfile>();
  const profile = (identity: string): ChargerProfile => {
    const known = profiles.get(identity) ?? chargerSettings(config, identity).profile;
    profiles.set(identity, known);
    return known;
  };
  return (line) =>
    openDesk({
      ...parts,
      line,
      settings: (identity) => chargingSettings(profile(identity)),
      driving: (remember) =>
        createDriver({ ...parts, line, remember, settings: (identity) => drivingSettings(profile(identity)) }),
    });
}

function chargingSettings(profile: ChargerProfile): ChargingSettings {
  const { smartCharging, compositeSource, maxCurrentA, phases, voltageV } = profile;
  return { smartCharging, compositeSource, maxCurrentA, phases, voltageV };
}

function drivingSettings({ driveBy, model, restCurrentA }: ChargerProfile): DrivingSettings {
  return { driveBy, model, restCurrentA };
}
