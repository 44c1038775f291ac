import { numberOf, type Payload, recordOf, recordsOf, textOf } from '../payload.ts';

/** A charging profile as it was set, with its connector. */
type InstalledProfile = { readonly connector: number; readonly profile: Payload };

const nominalV = 230;
const phaseCount = 3;

/**
 * The profiles in a charger. A small charger's view of smart charging: on a connector the highest stack level prevails
 * that has a limit now, of its TxProfiles, else of its TxDefaultProfiles, and a ChargePointMaxProfile caps it (OCPP 1.6
 * §3.12.2, §3.12.3). Recurring profiles are none of its talents.
 */
export class Profiles {
  readonly #maxA: (connector: number) => number;
  #installed: readonly InstalledProfile[] = [];

  /** `maxA`: the most that a connector may draw without any profile, A per phase. */
  constructor(maxA: (connector: number) => number) {
    this.#maxA = maxA;
  }

  /** Sets a profile; the same id, or the same purpose and level on the connector, is replaced (§5.16). */
  set(connector: number, profile: Payload): void {
    const rivals = (other: InstalledProfile) =>
      numberOf(other.profile, 'chargingProfileId') === numberOf(profile, 'chargingProfileId') ||
      (other.connector === connector && rank(other.profile) === rank(profile));
    this.#installed = [...this.#installed.filter((other) => !rivals(other)), { connector, profile }];
  }

  /** Removes what the filter of ClearChargingProfile.req names; returns how many. */
  clear(filter: Payload): number {
    const kept = this.#installed.filter((installed) => !matches(installed, filter));
    const removed = this.#installed.length - kept.length;
    this.#installed = kept;
    return removed;
  }

  /** Transaction profiles end with their transaction (§3.12.1). */
  transactionEnded(connector: number): void {
    this.#installed = this.#installed.filter(
      ({ connector: at, profile }) => at !== connector || purposeOf(profile) !== 'TxProfile',
    );
  }

  /** What the connector may draw now, in A per phase. */
  limitA(connector: number, nowMs: number): number {
    const of = (purpose: string, connectors: readonly number[]) => this.#limitOf(purpose, connectors, nowMs);
    const own = of('TxProfile', [connector]) ?? of('TxDefaultProfile', [connector, 0]);
    return Math.min(this.#maxA(connector), own ?? Infinity, of('ChargePointMaxProfile', [0]) ?? Infinity);
  }

  /** When a limit changes next without anybody setting a profile; undefined: never. */
  nextChangeMs(nowMs: number): number | undefined {
    const later = this.#installed.flatMap(({ profile }) => bordersMs(profile)).filter((atMs) => atMs > nowMs);
    return later.length === 0 ? undefined : Math.min(...later);
  }

  /** A GetCompositeSchedule.conf: the limit of this moment, held for the asked duration. */
  composite(connector: number, durationS: number, nowMs: number, unit: string): Payload {
    const limitA = this.limitA(connector, nowMs);
    const limit = unit === 'W' ? limitA * nominalV * phaseCount : limitA;
    return {
      duration: durationS,
      chargingRateUnit: unit,
      chargingSchedulePeriod: [{ startPeriod: 0, limit: Number(limit.toFixed(1)) }],
    };
  }

  /** The limit of the highest level that has one now; the connector's own goes before the station's. */
  #limitOf(purpose: string, connectors: readonly number[], nowMs: number): number | undefined {
    const ranked = this.#installed
      .filter(({ connector, profile }) => connectors.includes(connector) && purposeOf(profile) === purpose)
      .toSorted((a, b) => levelOf(b.profile) - levelOf(a.profile) || b.connector - a.connector);
    for (const { profile } of ranked) {
      const limit = limitOf(profile, nowMs);
      if (limit !== undefined) return limit;
    }
    return undefined;
  }
}

/** The limit of the period that runs now, in A; undefined before its start, after its end and while it is not valid. */
function limitOf(profile: Payload, nowMs: number): number | undefined {
  const schedule = recordOf(profile, 'chargingSchedule');
  const elapsedS = (nowMs - (timeOf(schedule, 'startSchedule') ?? nowMs)) / 1000;
  const isValid = nowMs >= (timeOf(profile, 'validFrom') ?? nowMs) && nowMs < (timeOf(profile, 'validTo') ?? Infinity);
  if (!isValid || elapsedS < 0 || elapsedS >= (numberOf(schedule, 'duration') ?? Infinity)) return undefined;
  const periods = recordsOf(schedule, 'chargingSchedulePeriod');
  const period = periods.findLast((candidate) => (numberOf(candidate, 'startPeriod') ?? 0) <= elapsedS);
  if (period === undefined) return undefined;
  const limit = Number(period['limit']);
  return textOf(schedule, 'chargingRateUnit') === 'W' ? limit / nominalV / phaseCount : limit;
}

/** The moments at which the limit of a profile with an absolute start may change. */
function bordersMs(profile: Payload): readonly number[] {
  const schedule = recordOf(profile, 'chargingSchedule');
  const valid = [timeOf(profile, 'validFrom'), timeOf(profile, 'validTo')].filter((atMs) => atMs !== undefined);
  const startMs = timeOf(schedule, 'startSchedule');
  if (startMs === undefined) return valid;
  const starts = recordsOf(schedule, 'chargingSchedulePeriod').map((period) => numberOf(period, 'startPeriod') ?? 0);
  const durationS = numberOf(schedule, 'duration');
  const offsets = durationS === undefined ? starts : [...starts, durationS];
  return [...valid, ...offsets.map((offsetS) => startMs + offsetS * 1000)];
}

/** A time in ms since the epoch, if the field is one. */
function timeOf(record: Payload, field: string): number | undefined {
  const atMs = Date.parse(textOf(record, field) ?? '');
  return Number.isNaN(atMs) ? undefined : atMs;
}

function matches({ connector, profile }: InstalledProfile, filter: Payload): boolean {
  const id = numberOf(filter, 'id');
  if (id !== undefined) return numberOf(profile, 'chargingProfileId') === id;
  const wanted = [
    [numberOf(filter, 'connectorId'), connector],
    [textOf(filter, 'chargingProfilePurpose'), purposeOf(profile)],
    [numberOf(filter, 'stackLevel'), numberOf(profile, 'stackLevel')],
  ] as const;
  return wanted.every(([asked, has]) => asked === undefined || asked === has);
}

function purposeOf(profile: Payload): string | undefined {
  return textOf(profile, 'chargingProfilePurpose');
}

function levelOf(profile: Payload): number {
  return numberOf(profile, 'stackLevel') ?? 0;
}

function rank(profile: Payload): string {
  return `${purposeOf(profile)}|${numberOf(profile, 'stackLevel')}`;
}
