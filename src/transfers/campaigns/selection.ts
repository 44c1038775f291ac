import type { CampaignCharger, CampaignOrder, WaveSize } from './ports.ts';

export type Selection = {
  readonly members: readonly { readonly station: string; readonly wave: number }[];
  readonly leftOut: readonly { readonly station: string; readonly reason: string }[];
};

/** Who takes part, wave by wave, and why everybody else does not. */
export function select(order: CampaignOrder, chargers: readonly CampaignCharger[]): Selection {
  const sorted = inOrder(order, chargers);
  const judged = sorted.map((charger) => ({ station: charger.identity, reason: exclusion(order, charger) }));
  const taken = judged.filter(({ reason }) => reason === undefined);
  const waveOf = waves(order.waves, taken.length);
  return {
    members: taken.map(({ station }, index) => ({ station, wave: waveOf(index) })),
    leftOut: judged.flatMap(({ station, reason }) => (reason === undefined ? [] : [{ station, reason }])),
  };
}

/** The first pattern's chargers come first, so that whoever writes the file says who is the canary; then by identity. */
function inOrder({ select: { chargers: patterns = [] } }: CampaignOrder, chargers: readonly CampaignCharger[]) {
  const place = ({ identity }: CampaignCharger): number => patterns.findIndex((pattern) => fits(pattern, identity));
  return chargers.toSorted(
    (one, other) => place(one) - place(other) || one.identity.localeCompare(other.identity, 'en', { numeric: true }),
  );
}

function exclusion({ select: wanted, targetVersion }: CampaignOrder, charger: CampaignCharger): string | undefined {
  const { identity, vendor, model, firmwareVersion } = charger;
  const told = [
    other('identity', wanted.chargers, identity),
    other('vendor', wanted.vendors, vendor),
    other('model', wanted.models, model),
    other('firmware', wanted.firmware, firmwareVersion),
  ].find((reason) => reason !== undefined);
  if (told !== undefined) return told;
  if (firmwareVersion === targetVersion) return `has ${targetVersion} already`;
  if (firmwareVersion === undefined) return 'its firmware is not known: it never sent a BootNotification with one';
  return hindrance(charger);
}

/** Nothing that passes by itself. */
function hindrance({ accepted, commandable, direct }: CampaignCharger): string | undefined {
  if (!accepted) return 'it is blocked, or not adopted';
  if (direct) return 'its transfers are direct';
  return commandable ? undefined : 'it takes no remote commands';
}

function other(what: string, patterns: readonly string[] | undefined, text: string | undefined): string | undefined {
  if (patterns === undefined || patterns.some((pattern) => fits(pattern, text ?? ''))) return undefined;
  return what === 'identity' ? 'it is not named' : `${what} is ${text ?? 'unknown'}`;
}

/** `*` stands for any text, `?` for one character; case does not count. */
export function fits(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const low = text.toLowerCase();
  const last = rest.pop();
  if (last === undefined) return low.length === first.length && matches(first, low, 0);
  if (low.length < first.length + last.length || !matches(first, low, 0)) return false;
  let at = first.length;
  for (const part of rest) {
    at = find(part, low, at, low.length - last.length);
    if (at < 0) return false;
    at += part.length;
  }
  return at <= low.length - last.length && matches(last, low, low.length - last.length);
}

function find(part: string, text: string, from: number, before: number): number {
  for (let at = from; at + part.length <= before; at += 1) if (matches(part, text, at)) return at;
  return -1;
}

function matches(part: string, text: string, at: number): boolean {
  for (let index = 0; index < part.length; index += 1) {
    if (part[index] !== '?' && part[index] !== text[at + index]) return false;
  }
  return true;
}

/** The wave of each by its place. Waves that would be empty are none. */
function waves(sizes: readonly WaveSize[], total: number): (index: number) => number {
  const ends = sizes.map((size) => Math.min(total, upTo(size, total)));
  const rising = ends.filter((end, index) => end > Math.max(0, ...ends.slice(0, index)));
  return (index) => rising.filter((end) => end <= index).length;
}

function upTo(size: WaveSize, total: number): number {
  switch (size.kind) {
    case 'count':
      return size.chargers;
    case 'part':
      return Math.ceil((total * size.percent) / 100);
  }
}
