import type { ConnectorProfiles, StackedProfile } from '../../operator/views/chargers.ts';
import { amperes, clock, day } from '../format.ts';
import type { Period } from '../shapes.ts';
import { words } from '../words/words.ts';

type Window = { readonly fromMs: number; readonly toMs: number; readonly mostA: number };

type Box = { readonly x: number; readonly endX: number; readonly y: number };

const laneHeight = 40;
const width = 1_000;

const xOf = ({ fromMs, toMs }: Window, atMs: number) =>
  Math.round(Math.max(0, Math.min(1, (atMs - fromMs) / Math.max(1, toMs - fromMs))) * width);
const yOf = ({ mostA }: Window, limitA: number) => Math.round(laneHeight - 2 - (limitA / mostA) * (laneHeight - 4));

/** The steps of a schedule as boxes: each period from its beginning to its end, or to the next one. */
function boxesOf(periods: readonly Period[], window: Window): readonly Box[] {
  return periods.map(({ atMs, limitA, untilMs }, index) => ({
    x: xOf(window, atMs),
    endX: xOf(window, untilMs ?? periods[index + 1]?.atMs ?? window.toMs),
    y: yOf(window, limitA),
  }));
}

/** One line over boxes that follow each other; a gap breaks it. */
function outlineOf(boxes: readonly Box[]): string {
  return boxes.map(({ x, endX, y }, index) => `${boxes[index - 1]?.endX === x ? 'L' : 'M'}${x} ${y}H${endX}`).join('');
}

const areaOf = (boxes: readonly Box[]) =>
  boxes.map(({ x, endX, y }) => `M${x} ${laneHeight}V${y}H${endX}V${laneHeight}Z`).join('');

type LaneProps = {
  readonly title: string;
  readonly note: string;
  readonly periods: readonly Period[];
  readonly window: Window;
  readonly look: 'composite' | 'csms' | 'gateway';
};

function Lane({ title, note, periods, window, look }: LaneProps) {
  const texts = words.value.charger;
  const boxes = boxesOf(periods, window);
  const said = periods.map(({ atMs, limitA }) => `${clock(atMs)} ${amperes(limitA)}`);
  return (
    <li class={`lane ${look}`}>
      <div class="title">
        <strong>{title}</strong>
        <span class="quiet">{note}</span>
      </div>
      <svg
        viewBox={`0 0 ${width} ${laneHeight}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}: ${said.length === 0 ? texts.nothingHere : said.join(', ')}`}
      >
        <path class="area" d={areaOf(boxes)} />
        <path class="outline" d={outlineOf(boxes)} />
      </svg>
      <div class="values" aria-hidden="true">
        {said.length === 0 ? texts.nothingHere : said.slice(0, 6).join(' → ') + (said.length > 6 ? ' …' : '')}
      </div>
    </li>
  );
}

function ProfileLane({ profile, window }: { readonly profile: StackedProfile; readonly window: Window }) {
  const texts = words.value.charger;
  const { id, purpose, stackLevel, from, kind, periods } = profile;
  return (
    <Lane
      title={texts.level(stackLevel, purpose)}
      note={`${texts.from[from]} · ${texts.kinds[kind]} · #${id}`}
      periods={periods}
      window={window}
      look={from}
    />
  );
}

/** The profiles of a connector as layers over one stretch of time, with what they come to on top. */
export function ProfileStack({ profiles }: { readonly profiles: ConnectorProfiles }) {
  const texts = words.value.charger;
  const everything = [profiles.composite, ...profiles.profiles.map(({ periods }) => periods)].flat();
  const window: Window = {
    fromMs: profiles.fromMs,
    toMs: profiles.toMs,
    mostA: Math.max(1, ...everything.map(({ limitA }) => limitA)),
  };
  return (
    <div class="stack">
      <ol>
        <Lane
          title={texts.composite}
          note={texts.compositeNote}
          periods={profiles.composite}
          window={window}
          look="composite"
        />
        {profiles.profiles.map((profile) => (
          <ProfileLane
            key={`${profile.id} ${profile.purpose} ${profile.stackLevel}`}
            profile={profile}
            window={window}
          />
        ))}
      </ol>
      <TimeAxis window={window} />
    </div>
  );
}

function TimeAxis({ window: { fromMs, toMs } }: { readonly window: Window }) {
  const marks = [0, 1, 2, 3, 4].map((quarter) => fromMs + ((toMs - fromMs) * quarter) / 4);
  return (
    <div class="time-axis" aria-hidden="true">
      {marks.map((atMs, index) => (
        <span key={atMs}>{index === 0 ? `${day(atMs)} ${clock(atMs)}` : clock(atMs)}</span>
      ))}
    </div>
  );
}
