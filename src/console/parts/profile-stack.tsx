import type { ConnectorProfiles, StackedProfile } from '../../operator/views/chargers.ts';
import { amperes, clock, day } from '../format.ts';
import { words } from '../words/words.ts';

type Period = StackedProfile['periods'][number];

type Window = { readonly fromMs: number; readonly toMs: number; readonly mostA: number };

const laneHeight = 40;
const width = 1_000;

const xOf = ({ fromMs, toMs }: Window, atMs: number) =>
  Math.max(0, Math.min(width, ((atMs - fromMs) / Math.max(1, toMs - fromMs)) * width));
const yOf = ({ mostA }: Window, limitA: number) => laneHeight - 2 - (limitA / mostA) * (laneHeight - 4);

/** The outline of a schedule: each period from its beginning to the next one. */
function outlineOf(periods: readonly Period[], window: Window): string {
  return periods
    .map(({ atMs, limitA }, index) => {
      const y = yOf(window, limitA).toFixed(1);
      const endMs = periods[index + 1]?.atMs ?? window.toMs;
      return `${index === 0 ? 'M' : 'L'}${xOf(window, atMs).toFixed(1)} ${y}H${xOf(window, endMs).toFixed(1)}`;
    })
    .join('');
}

function areaOf(periods: readonly Period[], window: Window): string {
  const first = periods[0];
  if (first === undefined) return '';
  const start = xOf(window, first.atMs).toFixed(1);
  return `${outlineOf(periods, window)}V${laneHeight}H${start}Z`;
}

type LaneProps = {
  readonly title: string;
  readonly note: string;
  readonly periods: readonly Period[];
  readonly window: Window;
  readonly look: 'composite' | 'csms' | 'gateway';
};

function Lane({ title, note, periods, window, look }: LaneProps) {
  const texts = words.value.charger;
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
        <path class="area" d={areaOf(periods, window)} />
        <path class="outline" d={outlineOf(periods, window)} />
      </svg>
      <div class="values" aria-hidden="true">
        {said.length === 0 ? texts.nothingHere : said.slice(0, 6).join(' → ') + (said.length > 6 ? ' …' : '')}
      </div>
    </li>
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
        {profiles.profiles.map(({ id, purpose, stackLevel, from, kind, periods }) => (
          <Lane
            key={`${id} ${purpose} ${stackLevel}`}
            title={texts.level(stackLevel, purpose)}
            note={`${texts.from[from]} · ${texts.kinds[kind]} · #${id}`}
            periods={periods}
            window={window}
            look={from}
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
