import { chargingRateUnits } from '../../../optimizer/charging-profile.ts';
import { timeText } from '../../../optimizer/messages.ts';
import {
  FormError,
  filled,
  flag,
  integer,
  listOf,
  number,
  oneOf,
  optional,
  type Read,
  type Reader,
  record,
  such,
  text,
} from '../../../optimizer/reading.ts';
import { constantLimit, type LocalLimit, type Station } from '../../../optimizer/station.ts';
import { epochSeconds } from '../../../optimizer/time.ts';

/** A charge point, what happened to it in order, and what is then asked. Messages in it are read when they are played. */
export type Scenario = {
  readonly id: string;
  readonly station: Station;
  readonly steps: readonly Step[];
  readonly query?: Query;
};

/** `atS` in seconds since the epoch. */
export type Step = { readonly atS: number } & (
  | { readonly kind: 'SetChargingProfile' | 'ClearChargingProfile'; readonly payload: unknown }
  | {
      readonly kind: 'StartTransaction';
      readonly connectorId: number;
      readonly transactionId?: number;
      readonly chargingProfile?: unknown;
    }
  | { readonly kind: 'StopTransaction'; readonly connectorId: number }
);

/** GetCompositeSchedule.req, received at `atS` (seconds since the epoch). */
export type Query = { readonly atS: number; readonly payload: unknown };

const anything: Reader<unknown> = (value) => value;
const time: Reader<number> = (value, path) => epochSeconds(timeText(value, path)) ?? 0;
const limit = such(number, (value) => value >= 0 && Number.isFinite(value), 'a limit of 0 or more');
const phases = such(integer, (count) => count >= 1 && count <= 3, '1, 2 or 3');
const atLeastOne = such(integer, (count) => count >= 1, '1 or more');

const mostConnectors = 1000;
const mostVolts = 1000;

const setup = record({
  numberOfConnectors: such(
    integer,
    (count) => count >= 1 && count <= mostConnectors,
    `1 to ${mostConnectors} connectors`,
  ),
  voltage: such(number, (volts) => volts >= 1 && volts <= mostVolts, `1 to ${mostVolts} V`),
  localLimit: optional(record({ unit: oneOf(chargingRateUnits), limit, numberPhases: optional(phases) })),
  localSchedule: optional(
    record({
      chargingRateUnit: oneOf(chargingRateUnits),
      startSchedule: time,
      chargingSchedulePeriod: ascending(
        filled(listOf(record({ startPeriod: integer, limit, numberPhases: optional(phases) }))),
      ),
    }),
  ),
  chargeProfileMaxStackLevel: optional(integer),
  chargingScheduleMaxPeriods: optional(atLeastOne),
  maxChargingProfilesInstalled: optional(integer),
  allowedUnits: optional(filled(listOf(oneOf(chargingRateUnits)))),
  smartCharging: optional(flag),
});

/** Reads a scenario. Throws FormError, with the path of what is wrong in it. */
export const readScenario: Reader<Scenario> = (value, path) => {
  const outline = record({ id: text, setup, steps: optional(listOf(anything)), query: optional(record({ at: time })) });
  const { id, setup: given, steps = [], query } = outline(value, path);
  const station = stationOf(given, `${prefixed(path)}setup`);
  return {
    id,
    station,
    steps: steps.map((step, index) => readStep(station)(step, `${prefixed(path)}steps[${index}]`)),
    ...(query === undefined ? {} : { query: { atS: query.at, payload: messageOf(value, 'query') } }),
  };
};

/** The name of a scenario whose other fields may be wrong. */
export function idOf(value: unknown): string | undefined {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return typeof id === 'string' ? id : undefined;
}

function readStep(station: Station): Reader<Step> {
  const connectorId = such(
    integer,
    (id) => id >= 1 && id <= station.localLimits.length,
    `connector 1 to ${station.localLimits.length}`,
  );
  const head = record({
    at: time,
    op: oneOf(['SetChargingProfile', 'ClearChargingProfile', 'StartTransaction', 'StopTransaction']),
  });
  const start = record({ connectorId, transactionId: optional(integer), chargingProfile: optional(anything) });
  const clear = record({ request: anything });
  const stop = record({ connectorId });
  return (value, path) => {
    const { at: atS, op: kind } = head(value, path);
    switch (kind) {
      case 'SetChargingProfile':
        return { kind, atS, payload: value };
      case 'ClearChargingProfile':
        return { kind, atS, payload: clear(value, path).request };
      case 'StartTransaction':
        return { kind, atS, ...start(value, path) };
      case 'StopTransaction':
        return { kind, atS, ...stop(value, path) };
    }
  };
}

function messageOf(value: unknown, name: string): unknown {
  return record({ [name]: anything })(value, '')[name];
}

function prefixed(path: string): string {
  return path === '' ? '' : `${path}.`;
}

function stationOf(given: Read<typeof setup>, path: string): Station {
  const localLimit = localLimitOf(given, path);
  const [first = 'A', ...others] = given.allowedUnits ?? chargingRateUnits;
  return {
    localLimits: Array.from({ length: given.numberOfConnectors }, () => localLimit),
    nominalVoltageV: given.voltage,
    hasSmartCharging: given.smartCharging ?? true,
    allowedUnits: [first, ...others],
    maxStackLevel: given.chargeProfileMaxStackLevel,
    maxPeriods: given.chargingScheduleMaxPeriods,
    maxProfiles: given.maxChargingProfilesInstalled,
  };
}

function localLimitOf({ localLimit, localSchedule }: Read<typeof setup>, path: string): LocalLimit {
  if (localSchedule !== undefined) {
    const { startSchedule: startS, ...schedule } = localSchedule;
    return { startS, ...schedule };
  }
  if (localLimit === undefined) throw new FormError('OccurrenceConstraintViolation', `${path}.localLimit is missing`);
  return constantLimit(localLimit.unit, localLimit.limit, localLimit.numberPhases);
}

function ascending<P extends { readonly startPeriod: number }>(reader: Reader<readonly P[]>): Reader<readonly P[]> {
  const isAscending = (periods: readonly P[]) =>
    periods.every(({ startPeriod }, index) => startPeriod > (periods[index - 1]?.startPeriod ?? -1)) &&
    periods[0]?.startPeriod === 0;
  return such(reader, isAscending, 'periods that begin at 0 and ascend');
}
