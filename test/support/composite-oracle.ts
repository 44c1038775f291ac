import type { ChargingProfile, ChargingSchedulePeriod } from '../../src/ocpp/messages.generated.ts';

/**
 * A second opinion on composite schedules, written from the text of OCPP 1.6 §3.12 and §7.8–7.14 with their errata: it
 * looks at every second by itself and at every profile in it, and computes with fractions of bigints. It shares no code
 * with the optimizer.
 */
export type Scene = {
  readonly voltage: number;
  /** The local limit of each connector, connector 1 first. */
  readonly locals: readonly Local[];
  readonly installed: readonly {
    readonly connectorId: number;
    readonly receivedAtS: number;
    profile: ChargingProfile;
  }[];
  readonly transactions: readonly { connectorId: number; transactionId?: number; startedAtS: number }[];
};

type Local = {
  readonly startS: number;
  readonly chargingRateUnit: 'A' | 'W';
  readonly chargingSchedulePeriod: readonly ChargingSchedulePeriod[];
};

export type Question = { connectorId: number; startS: number; durationS: number; unit: 'A' | 'W' };

/** A limit in force at a second, as its period states it. */
export type Contributor = { readonly unit: 'A' | 'W'; readonly limit: number; readonly numberPhases?: number };

type Fraction = { readonly over: bigint; readonly under: bigint };

/** The periods of the answer: one per second, then equal neighbours made one. Duration 0 asks for the first second. */
export function oraclePeriods(scene: Scene, question: Question): ChargingSchedulePeriod[] {
  const periods: ChargingSchedulePeriod[] = [];
  for (let second = 0; second < Math.max(1, question.durationS); second += 1) {
    const { limit, numberPhases } = answerAt(scene, question, question.startS + second);
    const last = periods.at(-1);
    if (last !== undefined && last.limit === limit && last.numberPhases === numberPhases) continue;
    periods.push({ startPeriod: second, limit, ...(numberPhases === undefined ? {} : { numberPhases }) });
  }
  return periods;
}

/** The limits that bound a connector at a second: station, profile, local. A connector without transaction starts one at `beginS`. */
export function contributorsAt(scene: Scene, connectorId: number, atS: number, beginS: number): Contributor[] {
  return [stationLimitAt(scene, atS), ...ownContributors(scene, connectorId, atS, beginS)].filter(isPresent);
}

export function stationLimitAt(scene: Scene, atS: number): Contributor | undefined {
  const limits = scene.installed.filter(({ profile }) => profile.chargingProfilePurpose === 'ChargePointMaxProfile');
  return prevailing(limits, atS, undefined);
}

/** Watts in tenths, exactly. */
export function deciwatts({ unit, limit }: Contributor, phases: number, voltage: number): Fraction {
  const tenths = BigInt(Math.round(limit * 10));
  if (unit === 'W') return { over: tenths, under: 1n };
  return { over: tenths * BigInt(Math.round(voltage * 1000)) * BigInt(phases), under: 1000n };
}

export function phasesInUse(contributors: readonly Contributor[]): number | undefined {
  const stated = contributors.map(({ numberPhases }) => numberPhases).filter(isPresent);
  return stated.length === 0 ? undefined : Math.min(...stated);
}

type Answer = { readonly limit: number; readonly numberPhases?: number };

function answerAt(scene: Scene, question: Question, atS: number): Answer {
  return question.connectorId === 0 ? stationAnswer(scene, question, atS) : connectorAnswer(scene, question, atS);
}

function connectorAnswer(scene: Scene, { connectorId, startS, unit }: Question, atS: number): Answer {
  const contributors = contributorsAt(scene, connectorId, atS, startS);
  const numberPhases = phasesInUse(contributors);
  const value = least(contributors.map((one) => inUnit(one, unit, numberPhases ?? 3, scene.voltage)));
  return { limit: roundedDown(value), numberPhases };
}

function stationAnswer(scene: Scene, { startS, unit }: Question, atS: number): Answer {
  const connectors = scene.locals.map((_, index) => ownContributors(scene, index + 1, atS, startS));
  const counts = connectors.map(phasesInUse);
  const values = connectors.map((contributors, index) =>
    least(contributors.map((one) => inUnit(one, unit, counts[index] ?? 3, scene.voltage))),
  );
  const sum = values.reduce(add);
  const sumPhases = counts.some(isPresent) ? Math.max(...counts.map((count) => count ?? 3)) : undefined;
  const station = stationLimitAt(scene, atS);
  const all = [sumPhases, station?.numberPhases].filter(isPresent);
  const numberPhases = all.length === 0 ? undefined : Math.min(...all);
  if (station === undefined) return { limit: roundedDown(sum), numberPhases };
  return { limit: roundedDown(least([sum, inUnit(station, unit, numberPhases ?? 3, scene.voltage)])), numberPhases };
}

function ownContributors(scene: Scene, connectorId: number, atS: number, beginS: number): Contributor[] {
  const transaction = scene.transactions.find((running) => running.connectorId === connectorId);
  const chargingFrom = transaction?.startedAtS ?? beginS;
  const tx = scene.installed.filter(
    (one) =>
      one.profile.chargingProfilePurpose === 'TxProfile' &&
      one.connectorId === connectorId &&
      transaction !== undefined,
  );
  const defaults = scene.installed.filter(({ profile }) => profile.chargingProfilePurpose === 'TxDefaultProfile');
  const own = defaults.filter((one) => one.connectorId === connectorId);
  const common = defaults.filter(
    (one) => one.connectorId === 0 && own.every(({ profile }) => profile.stackLevel !== one.profile.stackLevel),
  );
  const layer = prevailing(tx, atS, chargingFrom) ?? prevailing([...own, ...common], atS, chargingFrom);
  const local = scene.locals[connectorId - 1];
  return [layer, local === undefined ? undefined : localAt(local, atS)].filter(isPresent);
}

function prevailing(
  candidates: Scene['installed'],
  atS: number,
  chargingFrom: number | undefined,
): Contributor | undefined {
  let best: { readonly level: number; readonly contributor: Contributor } | undefined;
  for (const { profile, receivedAtS } of candidates) {
    const period = periodAt(profile, atS, chargingFrom ?? receivedAtS);
    if (period === undefined || (best !== undefined && best.level > profile.stackLevel)) continue;
    const unit = profile.chargingSchedule.chargingRateUnit;
    best = { level: profile.stackLevel, contributor: { unit, ...period } };
  }
  return best?.contributor;
}

/** The period that is executed at a second; nothing outside validity, before the start, or after the duration. */
function periodAt(profile: ChargingProfile, atS: number, situationS: number): ChargingSchedulePeriod | undefined {
  const { validFrom, validTo, chargingProfileKind, recurrencyKind, chargingSchedule } = profile;
  if (validFrom !== undefined && atS < seconds(validFrom)) return undefined;
  if (validTo !== undefined && atS >= seconds(validTo)) return undefined;
  const { startSchedule, duration, chargingSchedulePeriod } = chargingSchedule;
  const isFixed = chargingProfileKind !== 'Relative' && startSchedule !== undefined;
  let elapsed = atS - (isFixed ? seconds(startSchedule) : situationS);
  if (chargingProfileKind === 'Recurring') {
    const every = recurrencyKind === 'Daily' ? 24 * 60 * 60 : 7 * 24 * 60 * 60;
    elapsed = ((elapsed % every) + every) % every;
  }
  if (elapsed < 0 || (duration !== undefined && elapsed >= duration)) return undefined;
  return chargingSchedulePeriod.filter(({ startPeriod }) => startPeriod <= elapsed).at(-1);
}

function localAt(
  { startS, chargingRateUnit: unit, chargingSchedulePeriod }: Local,
  atS: number,
): Contributor | undefined {
  const begun = chargingSchedulePeriod.filter(({ startPeriod }) => startS + startPeriod <= atS);
  const period = begun.at(-1) ?? chargingSchedulePeriod[0];
  return period === undefined ? undefined : { unit, ...period };
}

const parsed = new Map<string, number>();

function seconds(time: string): number {
  const known = parsed.get(time) ?? Math.floor(Date.parse(time) / 1000);
  parsed.set(time, known);
  return known;
}

/** Errata 3.69: W = A × V × phases. In tenths of the unit. */
function inUnit(contributor: Contributor, unit: 'A' | 'W', phases: number, voltage: number): Fraction {
  const watts = deciwatts(contributor, phases, voltage);
  if (unit === 'W') return watts;
  return { over: watts.over * 1000n, under: watts.under * BigInt(Math.round(voltage * 1000)) * BigInt(phases) };
}

function least(values: readonly Fraction[]): Fraction {
  return values.reduce((a, b) => (b.over * a.under < a.over * b.under ? b : a));
}

function add(a: Fraction, b: Fraction): Fraction {
  return { over: a.over * b.under + b.over * a.under, under: a.under * b.under };
}

function roundedDown({ over, under }: Fraction): number {
  return Number(over / under) / 10;
}

function isPresent<T>(value: T | undefined): value is T {
  return value !== undefined;
}
