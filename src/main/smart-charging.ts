import { openDesk } from '../charging/desk.ts';
import { createDriver } from '../charging/driver.ts';
import type { DrivingSettings } from '../charging/models.ts';
import type { ChargingStore } from '../charging/ports.ts';
import type { ChargingSettings } from '../charging/settings.ts';
import type { SiteControl } from '../charging/site/ports.ts';
import { type ChargerProfile, chargerSettings } from '../config/charger-settings.ts';
import type { ChargerLine, ChargingDoor } from '../gateway/charging-port.ts';
import type { Clock, Log, Meters } from '../gateway/ports.ts';
import type { CurrentConfig, Settings } from './current-config.ts';

export type ChargingParts = {
  readonly store: ChargingStore;
  readonly sites: SiteControl;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
};

/** Smart charging as the config wants it, between the gateway and its chargers. */
export function smartCharging(current: CurrentConfig, parts: ChargingParts): (line: ChargerLine) => ChargingDoor {
  const profileOf = current.derive(profiles);
  const models = () => current.settings.models();
  return (line) =>
    openDesk({
      ...parts,
      line,
      settings: (identity) => chargingSettings(profileOf()(identity)),
      driving: (remember) =>
        createDriver({
          ...parts,
          models,
          line,
          remember,
          settings: (identity) => drivingSettings(profileOf()(identity)),
        }),
    });
}

/** Asked several times in each command; only for chargers that are accepted, so there is an end to them. */
function profiles({ config }: Settings): (identity: string) => ChargerProfile {
  const known = new Map<string, ChargerProfile>();
  return (identity) => {
    const profile = known.get(identity) ?? chargerSettings(config, identity).profile;
    known.set(identity, profile);
    return profile;
  };
}

function chargingSettings(profile: ChargerProfile): ChargingSettings {
  const { smartCharging, compositeSource, maxCurrentA, phases, voltageV } = profile;
  return { smartCharging, compositeSource, maxCurrentA, phases, voltageV };
}

function drivingSettings({ driveBy, model, restCurrentA }: ChargerProfile): DrivingSettings {
  return { driveBy, model, restCurrentA };
}
