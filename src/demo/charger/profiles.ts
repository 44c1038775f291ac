import { isRecord, numberOf, type Payload, recordOf, recordsOf, textOf } from '../payload.ts';

/** A charging profile as it was set, with its connector. */
type InstalledProfile = { readonly connector: number; readonly profile: Payload };

const nominalV = 230;
const phaseCount = 3;

/**
 * The profiles in a charger. A small charger's view of smart charging: on a connector the highest stack level of its
 * TxProfiles prevails, else of its TxDefaultProfiles, and a ChargePointMaxProfile caps it (OCPP 1.6 §3.12.2, §3.12.3).
 */
export class Profiles {
  readonly #maxA: number;
  #installed: readonly InstalledProfile[] = [];

  constructor(maxA: number) {
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
    const limits = this.#prevailing(connector).map((profile) => limitOf(profile, nowMs) ?? this.#maxA);
    return Math.min(this.#maxA, ...limits);
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

  #prevailing(connector: number): readonly Payload[] {
    const of = (purpose: string, connectors: readonly number[]) =>
      this.#installed
        .filter(({ connector: at, profile }) => connectors.includes(at) && purposeOf(profile) === purpose)
        .map(({ profile }) => profile)
        .toSorted((a, b) => (numberOf(b, 'stackLevel') ?? 0) - (numberOf(a, 'stackLevel') ?? 0))[0];
    const own = of('TxProfile', [connector]) ?? of('TxDefaultProfile', [connector]) ?? of('TxDefaultProfile', [0]);
    return [own, of('ChargePointMaxProfile', [0])].filter(isRecord);
  }
}

/** The limit of the period that runs now, in A; undefined before its start and after its end. */
function limitOf(profile: Payload, nowMs: number): number | undefined {
  const schedule = recordOf(profile, 'chargingSchedule');
  const startMs = Date.parse(textOf(schedule, 'startSchedule') ?? '');
  const elapsedS = Number.isNaN(startMs) ? 0 : (nowMs - startMs) / 1000;
  if (elapsedS < 0 || elapsedS > (numberOf(schedule, 'duration') ?? Number.POSITIVE_INFINITY)) return undefined;
  const periods = recordsOf(schedule, 'chargingSchedulePeriod');
  const period = periods.findLast((candidate) => (numberOf(candidate, 'startPeriod') ?? 0) <= elapsedS);
  if (period === undefined) return undefined;
  const limit = Number(period['limit']);
  return textOf(schedule, 'chargingRateUnit') === 'W' ? limit / nominalV / phaseCount : limit;
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

function rank(profile: Payload): string {
  return `${purposeOf(profile)}|${numberOf(profile, 'stackLevel')}`;
}
