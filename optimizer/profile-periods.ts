import { partsOf, type Phases, scaleOf, tenthsOf } from './exact.ts';
import type { InstalledProfile } from './profile-store.ts';
import { TrackCursor } from './track-cursor.ts';
import { profileTrack } from './track.ts';

/** What a profile allows from `fromS` until `untilS` (seconds since the epoch), A per phase. */
export type AllowedPeriod = { readonly fromS: number; readonly untilS: number; readonly limitA: number };

/** How a profile is looked at: from `startS` until `endS`, on a connector of so many phases. */
export type ProfileLook = {
  readonly startS: number;
  readonly endS: number;
  /** When charging began; undefined: it begins at `startS`. */
  readonly chargingStartS: number | undefined;
  readonly nominalVoltageV: number;
  /** Of the connector: watts without a number of phases are drawn on them. */
  readonly phases: Phases;
  /** Where the answer ends, however many there are. */
  readonly mostPeriods: number;
};

/** When a profile is active and what it allows then, other profiles aside. */
export function allowedPeriods(installed: InstalledProfile, look: ProfileLook): readonly AllowedPeriod[] {
  const { startS, endS, chargingStartS = startS, nominalVoltageV, mostPeriods } = look;
  const scale = scaleOf('A', nominalVoltageV);
  const cursor = new TrackCursor(profileTrack(installed), chargingStartS, startS);
  const periods: AllowedPeriod[] = [];
  for (let atS = startS; atS < endS && periods.length < mostPeriods; ) {
    const untilS = Math.min(cursor.untilS, endS);
    if (cursor.limit !== undefined) {
      const phases = cursor.limit.phases === 0 ? look.phases : cursor.limit.phases;
      periods.push({ fromS: atS, untilS, limitA: tenthsOf(partsOf(cursor.limit, phases, scale), scale) / 10 });
    }
    atS = untilS;
    if (atS < endS) cursor.advanceTo(atS);
  }
  return periods;
}
