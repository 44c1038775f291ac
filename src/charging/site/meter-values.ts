import type { PerPhase } from '../../../optimizer/site.ts';
import { epochSeconds } from '../../../optimizer/time.ts';
import type { Payload } from '../../gateway/ports.ts';

/** A quantity on each pin of a connector and as a whole; undefined where it was not measured. */
export type Measured = { readonly pins: PerPhase<number | undefined>; readonly total: number | undefined };

/** One MeterValue (OCPP 1.6 §7.33): A, W, V, Wh, %. */
export type MeterSample = {
  /** By the charger's clock, seconds since the epoch. */
  readonly timestampS: number | undefined;
} & Readonly<Record<QuantityName, Measured>>;

export type MeterReport = {
  readonly connector: number;
  readonly samples: readonly MeterSample[];
  /** What cannot be a measurement, as text for a person. */
  readonly rejected: readonly string[];
};

type QuantityName = 'current' | 'power' | 'voltage' | 'energy' | 'charge';

type Quantity = {
  readonly name: QuantityName;
  /** Factors to A, W, V, Wh, %; the first is that of a value without unit. */
  readonly units: ReadonlyMap<string, number>;
  /** An idle meter may show a little less than nothing. */
  readonly least: number;
  readonly most: number;
};

const quantities: ReadonlyMap<string, Quantity> = new Map([
  ['Current.Import', { name: 'current', units: new Map([['A', 1]]), least: -0.5, most: 10_000 }],
  [
    'Power.Active.Import',
    {
      name: 'power',
      units: new Map([
        ['W', 1],
        ['kW', 1000],
        ['VA', 1],
        ['kVA', 1000],
      ]),
      least: -100,
      most: 5_000_000,
    },
  ],
  ['Voltage', { name: 'voltage', units: new Map([['V', 1]]), least: 0, most: 2000 }],
  [
    'Energy.Active.Import.Register',
    {
      name: 'energy',
      units: new Map([
        ['Wh', 1],
        ['kWh', 1000],
      ]),
      least: 0,
      most: 1e12,
    },
  ],
  ['SoC', { name: 'charge', units: new Map([['Percent', 1]]), least: 0, most: 100 }],
]);

/** What is meant when none is named (OCPP 1.6 §7.43). */
const usualMeasurand = 'Energy.Active.Import.Register';

type Place = 0 | 1 | 2 | 'total';
type Value = { readonly name: QuantityName; readonly place: Place; readonly value: number; readonly rank: number };
type Outcome =
  | { readonly kind: 'measured'; readonly value: Value }
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'beside' };

const beside: Outcome = { kind: 'beside' };

/** Reads MeterValues.req leniently; undefined when it does not say whose they are. Never throws. */
export function readMeterValues(payload: Payload): MeterReport | undefined {
  const { connectorId, meterValue } = payload;
  if (typeof connectorId !== 'number' || !Number.isSafeInteger(connectorId) || connectorId < 0) return undefined;
  const read = listOf(meterValue).map(({ timestamp, sampledValue }) => {
    const outcomes = listOf(sampledValue).map((sampled) => readValue(sampled, connectorId === 0));
    const timestampS = typeof timestamp === 'string' ? epochSeconds(timestamp) : undefined;
    return { outcomes, timestampS };
  });
  return {
    connector: connectorId,
    samples: read.map(({ outcomes, timestampS }) => ({ timestampS, ...sampleOf(outcomes) })),
    rejected: read.flatMap(({ outcomes }) => outcomes.flatMap((one) => (one.kind === 'rejected' ? [one.reason] : []))),
  };
}

function listOf(value: unknown): readonly Payload[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is Payload => typeof item === 'object' && item !== null);
}

function readValue(sampled: Payload, isMainMeter: boolean): Outcome {
  const { value, context, format, measurand = usualMeasurand, unit, phase, location } = sampled;
  const quantity = typeof measurand === 'string' ? quantities.get(measurand) : undefined;
  const place = placeOf(phase);
  // a value of Transaction.Begin tells of another moment than the one that it is sent with
  if (quantity === undefined || place === undefined || format === 'SignedData' || context === 'Transaction.Begin') {
    return beside;
  }
  const factor = factorOf(quantity, unit);
  const number = numberOf(value) * (factor ?? Number.NaN);
  if (!(number >= quantity.least && number <= quantity.most)) {
    return { kind: 'rejected', reason: `${shown(measurand)} ${shown(value)} ${shown(unit ?? '')}`.trimEnd() };
  }
  const rank = rankOf(location, isMainMeter);
  return { kind: 'measured', value: { name: quantity.name, place, value: Math.max(0, number), rank } };
}

/** Undefined for the neutral and for what lies between two phases: it says nothing of one of them. */
function placeOf(phase: unknown): Place | undefined {
  switch (phase) {
    case undefined:
    case null:
      return 'total';
    case 'L1':
    case 'L1-N':
      return 0;
    case 'L2':
    case 'L2-N':
      return 1;
    case 'L3':
    case 'L3-N':
      return 2;
    default:
      return undefined;
  }
}

function factorOf({ units }: Quantity, unit: unknown): number | undefined {
  if (unit === undefined || unit === null) return [...units.values()][0];
  return typeof unit === 'string' ? units.get(unit) : undefined;
}

/** NaN for what is no decimal number. */
function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  const isDecimal = typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value);
  return isDecimal ? Number(value) : Number.NaN;
}

/** The outlet is the car's, the inlet the charge point's (OCPP 1.6 §7.30); less is nearer. */
function rankOf(location: unknown, isMainMeter: boolean): number {
  if (location === undefined || location === null || location === 'Outlet') return isMainMeter ? 1 : 0;
  return location === 'Inlet' ? (isMainMeter ? 0 : 1) : 2;
}

function sampleOf(outcomes: readonly Outcome[]): Readonly<Record<QuantityName, Measured>> {
  const values = outcomes.flatMap((outcome) => (outcome.kind === 'measured' ? [outcome.value] : []));
  return {
    current: measured(values, 'current'),
    power: measured(values, 'power'),
    voltage: measured(values, 'voltage'),
    energy: measured(values, 'energy'),
    charge: measured(values, 'charge'),
  };
}

function measured(values: readonly Value[], name: QuantityName): Measured {
  const at = (place: Place) =>
    values
      .filter((value) => value.name === name && value.place === place)
      .reduce<Value | undefined>(
        (best, next) => (best === undefined || next.rank <= best.rank ? next : best),
        undefined,
      )?.value;
  return { pins: [at(0), at(1), at(2)], total: at('total') };
}

/** Longest part of a peer's text that is repeated. */
const longestShown = 40;

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.slice(0, longestShown);
}
