const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1_000 },
];

/** A span of time for people: `3 min`, `2 d`; the largest unit that fits, cut off. */
export function formatSpan(ms: number): string {
  const unit = units.find((candidate) => ms >= candidate.ms);
  return unit === undefined ? '0 s' : `${Math.floor(ms / unit.ms)} ${unit.name}`;
}

/** How long ago: `3 min ago`; `now` for less than a second, or for a time ahead (a clock that was set back). */
export function formatAge(atMs: number, nowMs: number): string {
  return nowMs - atMs < 1_000 ? 'now' : `${formatSpan(nowMs - atMs)} ago`;
}
