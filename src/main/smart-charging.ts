import { type Driving, openDesk } from '../charging/desk.ts';
import type { ChargingStore } from '../charging/ports.ts';
import type { ChargingSettings } from '../charging/settings.ts';
import { chargerSettings } from '../config/charger-settings.ts';
import type { Config } from '../config/load.ts';
import type { ChargerLine, ChargingDoor } from '../gateway/charging-port.ts';
import type { Clock, Log, Meters } from '../gateway/ports.ts';

export type ChargingParts = {
  readonly store: ChargingStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
};

/** Smart charging as the config wants it, between the gateway and its chargers. */
export function smartCharging(config: Config, parts: ChargingParts): (line: ChargerLine) => ChargingDoor {
  const settings = (identity: string): ChargingSettings => {
    const { smartCharging, compositeSource, maxCurrentA, phases, voltageV } = chargerSettings(config, identity).profile;
    return { smartCharging, compositeSource, maxCurrentA, phases, voltageV };
  };
  return (line) => openDesk({ ...parts, line, settings, driving: () => undriven });
}

const undriven: Driving = { update: () => undefined, rest: () => Promise.resolve() };
