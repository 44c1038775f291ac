import type { SessionEnergy } from './ports.ts';

/** A register is rounded. */
const roundingWh = 100;

/**
 * What a session has got when the register shows this. The first register that is seen counts from what was known before.
 * So does one that went backwards, or that shows more than `possibleWh`: it was reset, is another meter's or in another
 * unit.
 */
export function energyAfter(energy: SessionEnergy, registerWh: number, possibleWh: number): SessionEnergy {
  const gotWh = energy.startWh === undefined ? Number.NaN : registerWh - energy.startWh;
  if (gotWh >= energy.servedWh - roundingWh && gotWh <= possibleWh) {
    return { ...energy, servedWh: Math.max(energy.servedWh, gotWh) };
  }
  return { ...energy, startWh: registerWh - energy.servedWh };
}

/** What it has got by a power that was measured for a while, where no register is sent. */
export function energyAfterPower(energy: SessionEnergy, powerW: number, forS: number): SessionEnergy {
  return { ...energy, servedWh: energy.servedWh + (powerW * forS) / 3600 };
}
