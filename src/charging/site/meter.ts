import type { PerPhase } from '../../../optimizer/site.ts';
import { type Flow, flowOf, powerFlow, wholeOf, type Wiring } from './flow.ts';
import type { MeterSample } from './meter-values.ts';

/** Values that are taken by the clock come every quarter of an hour; one that is a minute late is not lost. */
export const flowMaxAgeS = 960;
/** A register counts in steps of up to 100 Wh: over less time it tells no power. */
const registerSpanS = 240;
const registerMaxSpanS = 1800;
/** A charger that was offline sends old values; what is farther back is a clock that was set. */
const lateS = 3600;
/** A flow of so many times what the connector can take was measured in another unit. */
const absurdFactor = 4;
const leastAbsurdA = 64;

type Register = { readonly energyWh: number; readonly clockS: number; readonly atS: number };
export type Rejections = { readonly count: number; readonly last: string; readonly atS: number };

/**
 * The meter of one connector. Messages count as of when they come, since clocks of chargers are often wrong; their own
 * times tell their order, and the time between two registers.
 */
export class Meter {
  #flow: Flow | undefined;
  #register: Register | undefined;
  /** Where the power that the register tells began to be counted. */
  #base: Register | undefined;
  #timestampS: number | undefined;
  #rejections: Rejections | undefined;
  /** By the charge point's main meter: it gives way to the connector's own. */
  #isStandIn = false;

  /** The last flow, unless it is too old, or from before the clock was set back. */
  flow(atS: number): Flow | undefined {
    return this.#flow !== undefined && Math.abs(atS - this.#flow.atS) < flowMaxAgeS ? this.#flow : undefined;
  }

  /** The register that came at this moment. */
  registerWh(atS: number): number | undefined {
    return this.#register?.atS === atS ? this.#register.energyWh : undefined;
  }

  get hasRegister(): boolean {
    return this.#register !== undefined;
  }

  /** Values that were no measurements, if the last of them was lately. */
  rejections(atS: number): Rejections | undefined {
    return this.#rejections !== undefined && atS - this.#rejections.atS < flowMaxAgeS ? this.#rejections : undefined;
  }

  reject(reasons: readonly string[], atS: number): void {
    const last = reasons.at(-1);
    if (last === undefined) return;
    this.#rejections = { count: (this.rejections(atS)?.count ?? 0) + reasons.length, last, atS };
  }

  hears(sample: MeterSample, wiring: Wiring, atS: number, isMainMeter: boolean): void {
    if (isMainMeter && !this.#isStandIn && this.flow(atS) !== undefined) return;
    if (this.#isLate(sample)) return;
    this.#isStandIn = isMainMeter;
    this.#timestampS = sample.timestampS ?? this.#timestampS;
    const energyWh = wholeOf(sample.energy);
    const register = energyWh === undefined ? undefined : { energyWh, clockS: sample.timestampS ?? atS, atS };
    this.#register = register ?? this.#register;
    const measured = flowOf(sample, wiring, atS);
    const flow = measured ?? (register === undefined ? undefined : this.#derived(register, wiring, atS));
    if (flow === undefined) return;
    if (measured !== undefined) this.#base = register;
    if (isAbsurd(flow, wiring)) this.reject([`${Math.round(flow.strongestA)} A`], atS);
    else this.#flow = flow;
  }

  /** Nothing flows: the connector says so itself. */
  stilled(atS: number): void {
    const none: PerPhase<number> = [0, 0, 0];
    this.#flow = { atS, currentA: none, powerW: 0, strongestA: 0, usedPhases: undefined };
  }

  /** What was measured was of another car. */
  forget(): void {
    this.#flow = undefined;
    this.#register = undefined;
    this.#base = undefined;
  }

  #isLate({ timestampS }: MeterSample): boolean {
    if (timestampS === undefined || this.#timestampS === undefined) return false;
    const behindS = this.#timestampS - timestampS;
    return behindS > 0 && behindS < lateS;
  }

  /** The mean power since a register some minutes ago. */
  #derived(register: Register, wiring: Wiring, atS: number): Flow | undefined {
    const base = this.#base;
    const spanS = register.clockS - (base?.clockS ?? register.clockS);
    const takenWh = register.energyWh - (base?.energyWh ?? register.energyWh);
    if (base !== undefined && spanS >= 0 && spanS < registerSpanS && takenWh >= 0) return undefined;
    this.#base = register;
    if (spanS < registerSpanS || spanS > registerMaxSpanS || takenWh < 0) return undefined;
    return powerFlow((takenWh * 3600) / spanS, wiring, wiring.nominalVoltageV, atS);
  }
}

function isAbsurd({ strongestA }: Flow, { connector }: Wiring): boolean {
  const { phases, maxCurrentA } = connector;
  return strongestA > Math.max(leastAbsurdA, maxCurrentA * absurdFactor) * phases.length;
}
