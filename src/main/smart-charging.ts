import { openDesk } from '../charging/desk.ts';
import { createDriver } from '../charging/driver.ts';
import type { ChargerModel, DrivingSettings } from '../charging/models.ts';
import type { ChargingStore } from '../charging/ports.ts';
import type { ChargingSettings } from '../charging/settings.ts';
import { type ChargerProfile, chargerSettings } from '../config/charger-settings.ts';
import type { Config } from '../config/load.ts';
import type { ChargerLine, ChargingDoor } from '../gateway/charging-port.ts';
import type { Clock, Log, Meters } from '../gateway/ports.ts';

export type ChargingParts = {
  readonly models: readonly ChargerModel[];
  readonly store: ChargingStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
};

/** Smart charging as the config wants it, between the gateway and its chargers. */
export function smartCharging(config: Config, parts: ChargingParts): (line: ChargerLine) => ChargingDoor {
  const profile = (identity: string) => chargerSettings(config, identity).profile;
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
