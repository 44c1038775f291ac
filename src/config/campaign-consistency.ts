import type { WrittenCampaign } from './campaigns.ts';
import type { KeyPath } from './place.ts';
import type { Finding } from './validation.ts';

/** A download that gets less of the bandwidth counts as stalled, at the charger if not here. */
const leastBytesPerS = 100;

const finding = (path: KeyPath, message: string): Finding => ({ path, at: 'value', message });

/** What no single key of a campaign file shows: keys that need, exclude or contradict one another. */
export function findCampaignContradictions(campaign: WrittenCampaign): readonly Finding[] {
  return [
    ...emptySelection(campaign),
    ...waveMistakes(campaign),
    ...windowMistakes(campaign),
    ...thinBandwidth(campaign),
  ];
}

function emptySelection({ select }: WrittenCampaign): readonly Finding[] {
  if (Object.keys(select).length > 0) return [];
  return [finding(['select'], 'must say whom: chargers, vendors, models or firmware; chargers: "*" is everybody')];
}

function waveMistakes({ waves }: WrittenCampaign): readonly Finding[] {
  const lone = waves.flatMap(({ upTo, upToPct }, index) =>
    (upTo === undefined) === (upToPct === undefined)
      ? [finding(['waves', index], 'must have upTo or upToPct, and not both')]
      : [],
  );
  return [...lone, ...notRising(waves, 'upTo'), ...notRising(waves, 'upToPct')];
}

/** Each wave counts those before it. */
function notRising(waves: WrittenCampaign['waves'], key: 'upTo' | 'upToPct'): readonly Finding[] {
  return waves.flatMap((wave, index) => {
    const size = wave[key];
    const before = waves.slice(0, index).findLast((other) => other[key] !== undefined)?.[key];
    if (size === undefined || before === undefined || size > before) return [];
    return [finding(['waves', index, key], `must be above the ${before} of the wave before, which it counts too`)];
  });
}

function windowMistakes({ windows, timezone }: WrittenCampaign): readonly Finding[] {
  const lacksZone = windows.length > 0 && timezone === undefined;
  const zone: readonly Finding[] = lacksZone
    ? [{ path: ['timezone'], at: 'key', message: 'is needed with windows: an IANA time zone such as Europe/Berlin' }]
    : [];
  return [
    ...zone,
    ...windows.flatMap(({ from, to }, index) => {
      if (from === '24:00') return [finding(['windows', index, 'from'], 'must be before 24:00; 00:00 is the next day')];
      if (from === to) return [finding(['windows', index, 'to'], 'must not be from: the window would never be open')];
      return [];
    }),
  ];
}

function thinBandwidth({ bytesPerS, parallelism }: WrittenCampaign): readonly Finding[] {
  const least = leastBytesPerS * parallelism;
  if (bytesPerS === undefined || bytesPerS >= least) return [];
  const message = `must be at least ${least}: ${parallelism} chargers share it, and one with less than ${leastBytesPerS} gives up`;
  return [finding(['bytesPerS'], message)];
}
