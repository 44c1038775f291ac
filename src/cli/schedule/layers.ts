import type { ChargingRateUnit, ChargingSchedulePeriod } from '../../../optimizer/charging-profile.ts';
import { compositeOf } from '../../../optimizer/composite.ts';
import { phasesWhenUnstated } from '../../../optimizer/demand.ts';
import { type Limit, partsOf, scaleOf } from '../../../optimizer/exact.ts';
import { type InstalledProfile, type ProfileStore, transactionOn } from '../../../optimizer/profile-store.ts';
import { setOn, stacksOf, txDefaultsOf, txProfilesOf } from '../../../optimizer/stacks.ts';
import type { Station } from '../../../optimizer/station.ts';
import { localTrack, profileTrack, type Track } from '../../../optimizer/track.ts';
import { TrackCursor } from '../../../optimizer/track-cursor.ts';

/** One line of the picture: a profile, a local limit, or a whole connector of a station. */
export type Layer = { readonly name: string; readonly samples: readonly Sample[] };

/** What a layer says at one second, in the unit of the picture. */
export type Sample = { readonly state: 'prevailing' | 'overruled' | 'inactive'; readonly value: number };

/** Which layers, at which seconds. */
export type View = {
  readonly connectorId: number;
  readonly startS: number;
  readonly durationS: number;
  readonly unit: ChargingRateUnit;
  readonly timesS: readonly number[];
};

/** The layers that make a composite, those that prevail over others first. */
export function layersOf(station: Station, store: ProfileStore, view: View): readonly Layer[] {
  const { connectorId } = view;
  const stationLimits = stack(station, view, view.startS, [setOn(store, 0, 'ChargePointMaxProfile')]);
  if (connectorId === 0) return [...stationLimits, ...connectorLayers(station, store, view)];
  const transaction = transactionOn(store, connectorId);
  const layers = [txProfilesOf(store, transaction), txDefaultsOf(store, connectorId)];
  const localLimit = station.localLimits[connectorId - 1];
  return [
    ...stationLimits,
    ...stack(station, view, transaction?.startedAtS ?? view.startS, layers),
    ...(localLimit === undefined ? [] : [drawn('local limit', localTrack(localLimit), station, view)]),
  ];
}

/** Each connector by itself, without the station limit. */
function connectorLayers(station: Station, store: ProfileStore, view: View): readonly Layer[] {
  const stacks = { ...stacksOf(station, store), stationLimits: [] };
  return stacks.connectors.map((_, index) => {
    const { periods } = compositeOf(stacks, { ...view, connectorId: index + 1 });
    const values = view.timesS.map((atS) => valueAt(periods, atS - view.startS));
    return { name: `connector ${index + 1}`, samples: values.map((value) => ({ state: 'prevailing', value })) };
  });
}

/** The limit so many seconds into a composite. */
export function valueAt(periods: readonly ChargingSchedulePeriod[], elapsedS: number): number {
  return periods.findLast(({ startPeriod }) => startPeriod <= elapsedS)?.limit ?? 0;
}

/** Stacks of which the first with an active profile prevails, in each the highest active level. */
function stack(
  station: Station,
  view: View,
  chargingStartS: number,
  stacks: readonly (readonly InstalledProfile[])[],
): readonly Layer[] {
  const ranked = stacks.flatMap((installed) =>
    installed.toSorted((a, b) => b.profile.stackLevel - a.profile.stackLevel),
  );
  const tracks = ranked.map(profileTrack);
  const firstActive = view.timesS.map((atS) => tracks.findIndex((track) => activeAt(track, chargingStartS, atS)));
  return ranked.map((installed, rank) => ({
    name: nameOf(installed),
    samples: view.timesS.map((atS, column) =>
      sample(activeAt(tracks[rank], chargingStartS, atS), firstActive[column] === rank, station, view),
    ),
  }));
}

function drawn(name: string, track: Track, station: Station, view: View): Layer {
  return { name, samples: view.timesS.map((atS) => sample(activeAt(track, 0, atS), true, station, view)) };
}

function activeAt(track: Track | undefined, chargingStartS: number, atS: number): Limit | undefined {
  return track === undefined ? undefined : new TrackCursor(track, chargingStartS, atS).limit;
}

function sample(limit: Limit | undefined, prevails: boolean, station: Station, { unit }: View): Sample {
  if (limit === undefined) return { state: 'inactive', value: 0 };
  const scale = scaleOf(unit, station.nominalVoltageV);
  const parts = partsOf(limit, limit.phases === 0 ? phasesWhenUnstated : limit.phases, scale);
  return { state: prevails ? 'prevailing' : 'overruled', value: parts / scale.partsPerTenth / 10 };
}

function nameOf({ connectorId, profile }: InstalledProfile): string {
  const { chargingProfilePurpose, chargingProfileId, stackLevel } = profile;
  return `${chargingProfilePurpose} ${chargingProfileId} on ${connectorId}, level ${stackLevel}`;
}
