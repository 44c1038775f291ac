import type { Payload } from '../payload.ts';

/** The energy meter of one connector. Its register only rises, by 1 Wh at least between two readings. */
export class Meter {
  #energyWh: number;
  #readWh: number;
  #atMs: number;
  powerW = 0;

  constructor(registerWh: number, nowMs: number) {
    this.#energyWh = registerWh;
    this.#readWh = registerWh;
    this.#atMs = nowMs;
  }

  /** Lets time pass at the present power, `speed` times faster than the clock. */
  advance(nowMs: number, speed: number): void {
    const hours = (Math.max(0, nowMs - this.#atMs) / 3_600_000) * speed;
    this.#energyWh += this.powerW * hours;
    this.#atMs = nowMs;
  }

  /** What the display shows; reading it this way changes nothing. */
  get registerWh(): number {
    return Math.round(this.#energyWh);
  }

  /** The register, rounded to Wh as OCPP wants it. */
  read(): number {
    this.#readWh = Math.max(this.#readWh + 1, Math.round(this.#energyWh));
    this.#energyWh = Math.max(this.#energyWh, this.#readWh);
    return this.#readWh;
  }
}

export type Reading = {
  /** OCPP text. */
  readonly timestamp: string;
  readonly registerWh: number;
  readonly powerW: number;
  readonly offeredA: number;
  readonly context: 'Sample.Periodic' | 'Transaction.Begin' | 'Transaction.End' | 'Trigger';
};

const nominalV = 230;
const phases = ['L1', 'L2', 'L3'] as const;

/** A MeterValue with what a three-phase charger reports: some 2 KB of SOAP. */
export function fullMeterValue(reading: Reading): Payload {
  const currentA = (reading.powerW / nominalV / phases.length).toFixed(1);
  const sample = sampler(reading.context);
  return {
    timestamp: reading.timestamp,
    sampledValue: [
      sample('Energy.Active.Import.Register', reading.registerWh, 'Wh'),
      sample('Power.Active.Import', Math.round(reading.powerW), 'W'),
      sample('Current.Offered', reading.offeredA.toFixed(1), 'A'),
      ...phases.map((phase) => ({ ...sample('Current.Import', currentA, 'A'), phase })),
      ...phases.map((phase, index) => ({ ...sample('Voltage', nominalV + index, 'V'), phase: `${phase}-N` })),
      { ...sample('Temperature', 31, 'Celsius'), location: 'Body' },
    ],
  };
}

/** A MeterValue with the energy register alone, for transactionData. */
export function energyMeterValue(reading: Reading): Payload {
  return {
    timestamp: reading.timestamp,
    sampledValue: [sampler(reading.context)('Energy.Active.Import.Register', reading.registerWh, 'Wh')],
  };
}

function sampler(context: Reading['context']) {
  return (measurand: string, value: number | string, unit: string) => ({
    value: String(value),
    context,
    measurand,
    unit,
  });
}
