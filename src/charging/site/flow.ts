import { type PerPhase, phaseNames, type SiteConnector } from '../../../optimizer/site.ts';
import type { Measured, MeterSample } from './meter-values.ts';

/** What flows at a connector, at one moment. */
export type Flow = {
  readonly atS: number;
  /** On each phase of the site. */
  readonly currentA: PerPhase<number>;
  readonly powerW: number;
  /** The most that may flow on one pin. */
  readonly strongestA: number;
  /** On how many pins; undefined while too little flows to tell, or no pin was measured by itself. */
  readonly usedPhases: 1 | 2 | 3 | undefined;
};

/** How measurements of a connector are to be read; `carPhases` is on how many of its pins the car charges. */
export type Wiring = {
  readonly connector: SiteConnector;
  readonly carPhases: number;
  readonly nominalVoltageV: number;
};

type Pins = PerPhase<number>;

/** What a voltage may be off the nominal one; farther off it is that of a direct current, or lies between two phases. */
const voltageTolerance = 0.25;
/** Noise of a meter; a pin with less is idle. */
const idleA = 1;
/** From here on the idle pins tell how many phases the car has. */
const tellingA = 3;

/**
 * What a sample says of the flow: its currents on each pin, else its powers on each pin, else its whole power over the
 * phases of the car, else its one current on each of them. Undefined when it has none of these.
 */
export function flowOf(sample: MeterSample, wiring: Wiring, atS: number): Flow | undefined {
  const { current, power } = sample;
  const volts = voltsOf(sample.voltage, wiring.nominalVoltageV);
  if (wiring.connector.phases.length === 1) return onePhase(sample, volts, wiring, atS);
  const currents = pinsOf(current) ?? over(pinsOf(power), volts);
  if (currents !== undefined) return placed(currents, wiring, atS, wholeOf(power) ?? wattsOf(currents, volts));
  if (power.total !== undefined) return powerFlow(power.total, wiring, volts[0], atS);
  if (current.total === undefined) return undefined;
  const even = evenly(current.total, wiring);
  return { ...placed(even, wiring, atS, wattsOf(even, volts)), usedPhases: undefined };
}

/** A power of which only the whole is known. It may all be on one phase: that is the most that may flow there. */
export function powerFlow(powerW: number, wiring: Wiring, voltageV: number, atS: number): Flow {
  const phases = Math.max(1, Math.min(wiring.carPhases, wiring.connector.phases.length));
  const flow = placed(evenly(powerW / voltageV / phases, wiring), wiring, atS, powerW);
  return { ...flow, strongestA: powerW / voltageV, usedPhases: undefined };
}

/** The sum of a quantity over all pins, if it was measured at all. */
export function wholeOf({ pins, total }: Measured): number | undefined {
  if (total !== undefined) return total;
  const known = pins.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
}

/** Chargers on one phase name it L1, or as the site does, or not at all. */
function onePhase({ current, power }: MeterSample, volts: Pins, wiring: Wiring, atS: number): Flow | undefined {
  const wholeA = wholeOf(current);
  const wholeW = wholeOf(power);
  if (wholeA === undefined && wholeW === undefined) return undefined;
  const currentA = wholeA ?? (wholeW ?? 0) / volts[0];
  return placed([currentA, 0, 0], wiring, atS, wholeW ?? currentA * volts[0]);
}

/** Currents by pin on the phases of the site that the pins are wired to; what has no wire is left out. */
function placed(pins: Pins, { connector }: Wiring, atS: number, powerW: number): Flow {
  const wired = connector.phases.map((name, pin) => ({ name, valueA: pins[pin] ?? 0 }));
  const on = (phase: 0 | 1 | 2) =>
    wired.reduce((sum, { name, valueA }) => (name === phaseNames[phase] ? sum + valueA : sum), 0);
  const strongestA = wired.reduce((most, { valueA }) => Math.max(most, valueA), 0);
  const used = wired.findLastIndex(({ valueA }) => valueA > idleA);
  const isTelling = connector.phases.length > 1 && strongestA > tellingA;
  return {
    atS,
    currentA: [on(0), on(1), on(2)],
    powerW,
    strongestA,
    usedPhases: isTelling ? phaseCount(used + 1) : undefined,
  };
}

function phaseCount(count: number): 1 | 2 | 3 {
  return count <= 1 ? 1 : count === 2 ? 2 : 3;
}

function evenly(currentA: number, { carPhases }: Wiring): Pins {
  return [currentA, carPhases > 1 ? currentA : 0, carPhases > 2 ? currentA : 0];
}

function pinsOf({ pins }: Measured): Pins | undefined {
  if (pins.every((value) => value === undefined)) return undefined;
  return [pins[0] ?? 0, pins[1] ?? 0, pins[2] ?? 0];
}

function over(watts: Pins | undefined, volts: Pins): Pins | undefined {
  if (watts === undefined) return undefined;
  return [watts[0] / volts[0], watts[1] / volts[1], watts[2] / volts[2]];
}

function wattsOf(currents: Pins, volts: Pins): number {
  return currents[0] * volts[0] + currents[1] * volts[1] + currents[2] * volts[2];
}

function voltsOf(voltage: Measured | undefined, nominalV: number): Pins {
  const on = (pin: 0 | 1 | 2) => {
    const measuredV = voltage?.pins[pin] ?? voltage?.total ?? nominalV;
    return Math.abs(measuredV - nominalV) > nominalV * voltageTolerance ? nominalV : measuredV;
  };
  return [on(0), on(1), on(2)];
}
