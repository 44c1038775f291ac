import { type Measured, type MeterSample, readMeterValues } from '../charging/site/meter-values.ts';
import type { Payload } from '../gateway/ports.ts';

/** What the last MeterValues of a connector say: W and Wh as a whole, A on each phase, %. */
export type ConnectorReading = {
  readonly powerW?: number;
  readonly currentA?: readonly number[];
  readonly energyWh?: number;
  readonly socPercent?: number;
  readonly measuredAtMs: number;
};

const read = new WeakMap<Payload, ConnectorReading>();

/** Reads MeterValues that came at `atMs`; each payload once, however often somebody looks. */
export function readingOf(payload: Payload, atMs: number): ConnectorReading {
  const known = read.get(payload) ?? readNow(payload, atMs);
  read.set(payload, known);
  return known;
}

function readNow(payload: Payload, atMs: number): ConnectorReading {
  const samples = readMeterValues(payload)?.samples ?? [];
  const newest = <T>(valueOf: (sample: MeterSample) => T | undefined): T | undefined =>
    samples.reduce<T | undefined>((before, sample) => valueOf(sample) ?? before, undefined);
  const powerW = newest(powerOf);
  const currentA = newest(({ current }) => phasesOf(current));
  const energyWh = newest(({ energy }) => wholeOf(energy));
  const socPercent = newest(({ charge }) => charge.total);
  const timestampS = newest((sample) => sample.timestampS);
  return {
    ...(powerW === undefined ? {} : { powerW }),
    ...(currentA === undefined ? {} : { currentA }),
    ...(energyWh === undefined ? {} : { energyWh }),
    ...(socPercent === undefined ? {} : { socPercent }),
    measuredAtMs: timestampS === undefined ? atMs : timestampS * 1000,
  };
}

/** Measured, or worked out from currents and voltages that were both measured. */
function powerOf({ power, current, voltage }: MeterSample): number | undefined {
  const measuredW = wholeOf(power);
  const currentA = phasesOf(current);
  if (measuredW !== undefined || currentA === undefined) return measuredW;
  const watts = currentA.map((ampere, phase) => {
    const volt = voltage.pins[phase] ?? voltage.total;
    return volt === undefined ? undefined : ampere * volt;
  });
  return watts.reduce<number | undefined>(
    (sum, watt) => (sum === undefined || watt === undefined ? undefined : sum + watt),
    0,
  );
}

/** L1, L2, L3; one value of no phase is that of the only one. */
function phasesOf({ pins, total }: Measured): readonly number[] | undefined {
  if (pins.some((ampere) => ampere !== undefined)) return pins.map((ampere) => ampere ?? 0);
  return total === undefined ? undefined : [total];
}

function wholeOf({ pins, total }: Measured): number | undefined {
  if (total !== undefined) return total;
  const known = pins.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
}
