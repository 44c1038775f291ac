import type { SessionDefaults } from '../../../optimizer/scenario-site.ts';
import { nextLocalMinuteS } from './local-time.ts';
import type { SessionTarget } from './ports.ts';
import type { DriverTarget, SiteSettings } from './settings.ts';
import { type Stays, usualStayHours } from './stays.ts';

/** Everything that is wanted for a session, each from whoever knows best. */
export type Wishes = {
  readonly departureS: number;
  readonly energyKwh: number;
  /** Nobody said what it needs: the energy is the default. */
  readonly isGuess: boolean;
  readonly maxCurrentA: number;
  readonly phases: 1 | 2 | 3;
  /** Undefined: that of its connector. */
  readonly priority: number | undefined;
};

/** Who said something of a session, in the order in which they are believed. */
export type Sources = {
  readonly arrivedS: number;
  /** In lower case. */
  readonly idTag: string;
  readonly target: SessionTarget | undefined;
  readonly chargerTarget: SessionTarget | undefined;
};

/** Field by field: the API, the charger, what is known of the driver, the driver's usual stay, the defaults of the site. */
export function wishesOf(sources: Sources, settings: SiteSettings, stays: Stays): Wishes {
  const { target, chargerTarget, idTag } = sources;
  const driver: DriverTarget = settings.drivers.get(idTag) ?? {};
  const defaults = settings.sessionDefaults;
  const energyKwh = target?.energyKwh ?? chargerTarget?.energyKwh ?? driver.energyKwh;
  return {
    departureS: departureOf(sources, driver, settings, stays),
    energyKwh: energyKwh ?? defaults.energyKwh,
    isGuess: energyKwh === undefined,
    maxCurrentA: target?.maxCurrentA ?? chargerTarget?.maxCurrentA ?? driver.maxCurrentA ?? defaults.maxCurrentA,
    phases: target?.phases ?? chargerTarget?.phases ?? driver.phases ?? defaults.phases,
    priority: target?.priority ?? chargerTarget?.priority ?? driver.priority,
  };
}

function departureOf(
  { arrivedS, idTag, target, chargerTarget }: Sources,
  driver: DriverTarget,
  { site, sessionDefaults, learnStays }: SiteSettings,
  stays: Stays,
): number {
  // what was said for a car that never came is not said of this one
  const said = [target, chargerTarget].map((one) => one?.departureS).find((atS) => atS !== undefined && atS > arrivedS);
  if (said !== undefined) return said;
  if (driver.departureMinute !== undefined) return nextLocalMinuteS(site.timezone, driver.departureMinute, arrivedS);
  const learned = learnStays ? usualStayHours(stays, idTag) : undefined;
  return arrivedS + (driver.stayHours ?? learned ?? sessionDefaults.stayHours) * 3600;
}

/**
 * When a car is expected to leave. One that stays longer than was thought, or has less than a slot left, leaves a quarter
 * of the default stay later, or two, …: within each of them the plan has an end to work towards.
 */
export function expectedDepartureS(
  departureS: number,
  atS: number,
  { stayHours }: SessionDefaults,
  slotS: number,
): number {
  const lateS = atS + slotS - departureS;
  if (lateS < 0) return departureS;
  const quarterS = Math.max((stayHours * 3600) / 4, slotS);
  return departureS + (Math.floor(lateS / quarterS) + 1) * quarterS;
}

/**
 * What a session needs in all. What somebody said is exact. A guess is never used up: as long as the car takes current,
 * a quarter of the default is still to come.
 */
export function neededKwh({ energyKwh, isGuess }: Wishes, servedKwh: number, isSated: boolean): number {
  return isGuess && !isSated ? Math.max(energyKwh, servedKwh + energyKwh / 4) : energyKwh;
}
