import { drawPicture } from './picture.ts';
import { Screen, type Terminal } from './screen.ts';
import type { Snapshot } from './stage.ts';
import type { Audience } from './story.ts';

export type AudienceSettings = {
  readonly write: (text: string) => void;
  /** Set when `write` reaches a terminal. */
  readonly terminal: Terminal | undefined;
  readonly durationS: number | undefined;
};

/** Who watches, until close() is called. */
export type Watching = Audience & { close(): void };

const eventsShown = 6;
const refreshMs = 500;

/** On a terminal a picture that is drawn over itself; elsewhere a line for each event. */
export function seatAudience(settings: AudienceSettings): Watching {
  const beganMs = performance.now();
  const elapsedS = () => (performance.now() - beganMs) / 1000;
  const stamped = (text: string) => `${elapsedS().toFixed(1).padStart(6)} s  ${text}`;
  return settings.terminal === undefined
    ? watchLines(settings, stamped)
    : watchPicture(settings, settings.terminal, { stamped, elapsedS });
}

function watchLines({ write }: AudienceSettings, stamped: (text: string) => string): Watching {
  const say = (text: string) => write(`${stamped(text)}\n`);
  return {
    onBegin: ({ operatorUrl, look }) => {
      say(`the gateway runs; operator at ${operatorUrl}`);
      const chargers = look().chargers.map(({ identity, sort }) => `${identity} speaks ${sort}`);
      say(`chargers: ${chargers.join(', ')}`);
    },
    onEvent: say,
    close: () => undefined,
  };
}

type Stopwatch = { readonly stamped: (text: string) => string; readonly elapsedS: () => number };

function watchPicture(settings: AudienceSettings, terminal: Terminal, { stamped, elapsedS }: Stopwatch): Watching {
  const { durationS, write } = settings;
  const screen = new Screen(terminal, write);
  const events: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const draw = (look: () => Snapshot, operatorUrl: string) =>
    screen.draw(drawPicture(look(), { elapsedS: elapsedS(), durationS, operatorUrl, events }));
  return {
    onBegin: ({ operatorUrl, look }) => {
      timer = setInterval(() => draw(look, operatorUrl), refreshMs);
    },
    onEvent: (text) => {
      events.push(stamped(text));
      if (events.length > eventsShown) events.shift();
    },
    close: () => clearInterval(timer),
  };
}
