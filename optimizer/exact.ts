import type { ChargingRateUnit } from './charging-profile.ts';

/**
 * Exact arithmetic with limits. A limit is a whole number of tenths (OCPP 1.6 §7.14: one decimal), the voltage whole
 * millivolts; what is compared and added are whole numbers of a fraction of a tenth so fine that converting
 * between A and W leaves no remainder, for any number of phases. Only the answer is rounded, down.
 */
export type Limit = {
  readonly unit: ChargingRateUnit;
  readonly tenths: number;
  /** 0 when the period states none. */
  readonly phases: 0 | Phases;
};

export type Phases = 1 | 2 | 3;

/** How limits become comparable in one unit at one voltage. */
export type Scale = { readonly unit: ChargingRateUnit; readonly millivolts: number; readonly partsPerTenth: number };

/**
 * 1 MA and 1 GW: what is above is read as that. Up to here every product and every sum over a hundred connectors is
 * below 2^53, and no connector is limited by it.
 */
const mostTenths: Readonly<Record<ChargingRateUnit, number>> = { A: 10_000_000, W: 10_000_000_000 };

/** Watts are thousandths of tenths of a volt-ampere; 6 is divided by 1, 2 and 3 phases. */
const wattParts = 1000;
const phaseParts = 6;

/** The largest whole number of tenths that is not above `value`, itself a decimal that a double only approximates. */
export function wholeTenths(value: number): number {
  const nearest = Math.round(value * 10);
  return nearest / 10 <= value ? nearest : nearest - 1;
}

/** A period's limit as exact tenths; `numberPhases` of a validated period is 1 to 3 or absent. */
export function exactLimit(unit: ChargingRateUnit, value: number, numberPhases: number | undefined): Limit {
  return { unit, tenths: Math.min(wholeTenths(value), mostTenths[unit]), phases: phasesOf(numberPhases) };
}

/** The scale in which an answer in `unit` is worked out. */
export function scaleOf(unit: ChargingRateUnit, nominalVoltageV: number): Scale {
  const millivolts = Math.round(nominalVoltageV * 1000);
  return { unit, millivolts, partsPerTenth: unit === 'A' ? phaseParts * millivolts : wattParts };
}

/** W = A × V × phases (errata 3.69), in parts of a tenth of the scale's unit. */
export function partsOf(limit: Limit, phases: Phases, scale: Scale): number {
  if (limit.unit === scale.unit) return limit.tenths * scale.partsPerTenth;
  if (limit.unit === 'A') return limit.tenths * scale.millivolts * phases;
  return (limit.tenths * wattParts * phaseParts) / phases;
}

/** Rounded down to whole tenths: 2000 W on one phase is 8.6 A, since 8.7 A would be more. */
export function tenthsOf(parts: number, scale: Scale): number {
  return Math.floor(parts / scale.partsPerTenth);
}

function phasesOf(numberPhases: number | undefined): Limit['phases'] {
  if (numberPhases === 1 || numberPhases === 2 || numberPhases === 3) return numberPhases;
  return 0;
}
