import type { ChargingRateUnit, ChargingSchedulePeriod } from './charging-profile.ts';
import { ConnectorDemand, type Demand, fewerPhases, partsOrAny, phasesWhenUnstated, SumDemand } from './demand.ts';
import { type Limit, type Scale, scaleOf, tenthsOf } from './exact.ts';
import {
  type GetCompositeScheduleResponse,
  getCompositeScheduleRequest,
  readMessage,
  type Refused,
} from './messages.ts';
import type { ProfileStore } from './profile-store.ts';
import { notSupported } from './profiles.ts';
import { StackCursor } from './stack-cursor.ts';
import { type ConnectorStacks, type Stacks, stacksOf } from './stacks.ts';
import type { Station } from './station.ts';
import { advanceIfDue, type Steps } from './steps.ts';
import { isoTime } from './time.ts';

/**
 * How much one answer may cost. An answer that reaches a bound is exact but shorter than asked: its duration says how
 * far it reaches.
 */
export type Bounds = {
  readonly maxDurationS: number;
  readonly maxPeriods: number;
  /** Borders of all profiles on all connectors that are passed; the last step may pass a few more. */
  readonly maxBorders: number;
};

/** A year, in which a tariff of quarter hours has 35,136 periods; a million borders are walked in about 0.2 s. */
export const defaultBounds: Bounds = { maxDurationS: 31_536_000, maxPeriods: 36_000, maxBorders: 1_000_000 };

/** What is asked of a composite: from `startS` (seconds since the epoch) for `durationS`, in `unit`. */
export type CompositeQuery = {
  /** 0: the whole station. */
  readonly connectorId: number;
  readonly startS: number;
  readonly durationS: number;
  readonly unit: ChargingRateUnit;
};

/** `durationS` is the time that the periods cover. */
export type Composite = { readonly durationS: number; readonly periods: readonly ChargingSchedulePeriod[] };

/** GetCompositeSchedule.conf, or the error that answers the request. */
export type CompositeOutcome = { readonly kind: 'answered'; readonly response: GetCompositeScheduleResponse } | Refused;

/** What holds at one moment, in the unit that was asked for. */
export type ChargingLimit = { readonly limit: number; readonly numberPhases?: number };

/** Answers GetCompositeSchedule.req (OCPP 1.6 §5.7), received at `atS`. */
export function answerComposite(
  station: Station,
  store: ProfileStore,
  payload: unknown,
  atS: number,
  bounds: Bounds = defaultBounds,
): CompositeOutcome {
  if (!station.hasSmartCharging) return notSupported;
  const reading = readMessage(getCompositeScheduleRequest, payload);
  if (reading.kind === 'refused') return reading;
  const { connectorId, duration, chargingRateUnit: unit = station.allowedUnits[0] } = reading.message;
  const isKnown = connectorId >= 0 && connectorId <= station.localLimits.length;
  if (!isKnown || duration < 0 || !station.allowedUnits.includes(unit)) {
    return { kind: 'answered', response: { status: 'Rejected' } };
  }
  const query = { connectorId, startS: atS, durationS: duration, unit };
  const composite = compositeOf(stacksOf(station, store), query, bounds);
  return { kind: 'answered', response: response(query, composite) };
}

/**
 * The composite schedule by one sweep over the borders of all profiles: O(borders × log profiles) time, O(profiles)
 * memory and the answer. On a connector without transaction, charging is taken to start at the query.
 */
export function compositeOf(stacks: Stacks, query: CompositeQuery, bounds: Bounds = defaultBounds): Composite {
  const { connectorId, startS, unit } = query;
  const sweep = new CompositeCursor(stacks, connectorId, unit, startS, ({ chargingStartS = startS }) => chargingStartS);
  return sweepOver(sweep, startS, startS + Math.min(query.durationS, bounds.maxDurationS), bounds);
}

/**
 * What a connector (0: the station) may draw at `atS`. O(profiles × log periods). Without a transaction: what a
 * transaction that starts at that second might draw.
 */
export function limitAt(stacks: Stacks, connectorId: number, atS: number, unit: ChargingRateUnit): ChargingLimit {
  return chargingLimit(new CompositeCursor(stacks, connectorId, unit, atS, transactionStart));
}

/**
 * When limitAt may next give another answer, in seconds since the epoch; undefined when it never will, unless the store
 * changes. O(profiles × log periods).
 */
export function nextChange(stacks: Stacks, connectorId: number, atS: number): number | undefined {
  const { untilS } = new CompositeCursor(stacks, connectorId, 'A', atS, transactionStart);
  return Number.isFinite(untilS) ? untilS : undefined;
}

type ChargingStart = (connector: ConnectorStacks) => number | undefined;

const transactionStart: ChargingStart = ({ chargingStartS }) => chargingStartS;

/**
 * The station limit and the demand below it as time goes on: the least of all that contribute (§3.12.3), compared with
 * one phase count, the fewest that any of them states (errata 3.34), and rounded down.
 */
class CompositeCursor implements Steps {
  tenths = 0;
  /** 0: none stated. */
  phases: Limit['phases'] = 0;
  untilS = Number.POSITIVE_INFINITY;
  readonly #scale: Scale;
  readonly #stationLimit: StackCursor;
  readonly #demand: Demand;

  constructor(stacks: Stacks, connectorId: number, unit: ChargingRateUnit, atS: number, chargingStart: ChargingStart) {
    this.#scale = scaleOf(unit, stacks.nominalVoltageV);
    const connectors = connectorId === 0 ? stacks.connectors : stacks.connectors.slice(connectorId - 1, connectorId);
    const demands = connectors.map(
      (connector) => new ConnectorDemand(connector, chargingStart(connector), atS, this.#scale),
    );
    const [first] = demands;
    this.#demand = connectorId > 0 && first !== undefined ? first : new SumDemand(demands);
    this.#stationLimit = new StackCursor(stacks.stationLimits, undefined, atS);
    this.#settle();
  }

  advanceTo(atS: number): number {
    const passed = advanceIfDue(this.#stationLimit, atS) + advanceIfDue(this.#demand, atS);
    this.#settle();
    return passed;
  }

  #settle(): void {
    const cap = this.#stationLimit.limit;
    this.phases = fewerPhases(cap?.phases ?? 0, this.#demand.phases);
    const inUse = this.phases === 0 ? phasesWhenUnstated : this.phases;
    const parts = Math.min(partsOrAny(cap, inUse, this.#scale), this.#demand.parts(inUse));
    this.tenths = tenthsOf(parts, this.#scale);
    this.untilS = Math.min(this.#stationLimit.untilS, this.#demand.untilS);
  }
}

/** Writes a period wherever the rounded limit or the phases change; equal neighbours become one. */
function sweepOver(cursor: CompositeCursor, startS: number, endS: number, bounds: Bounds): Composite {
  const periods: ChargingSchedulePeriod[] = [period(cursor)];
  let { tenths, phases } = cursor;
  let atS = cursor.untilS;
  for (let passed = 0; atS < endS && passed < bounds.maxBorders; ) {
    passed += cursor.advanceTo(atS);
    if (cursor.tenths !== tenths || cursor.phases !== phases) {
      if (periods.length === bounds.maxPeriods) break;
      periods.push(period(cursor, atS - startS));
      ({ tenths, phases } = cursor);
    }
    atS = cursor.untilS;
  }
  return { durationS: Math.min(atS, endS) - startS, periods };
}

function period({ tenths, phases }: CompositeCursor, startPeriod = 0): ChargingSchedulePeriod {
  const limit = tenths / 10;
  return phases === 0 ? { startPeriod, limit } : { startPeriod, limit, numberPhases: phases };
}

function chargingLimit({ tenths, phases }: CompositeCursor): ChargingLimit {
  const limit = tenths / 10;
  return phases === 0 ? { limit } : { limit, numberPhases: phases };
}

function response(
  { connectorId, startS, unit }: CompositeQuery,
  { durationS, periods }: Composite,
): GetCompositeScheduleResponse {
  return {
    status: 'Accepted',
    connectorId,
    scheduleStart: isoTime(startS),
    chargingSchedule: { duration: durationS, chargingRateUnit: unit, chargingSchedulePeriod: periods },
  };
}
