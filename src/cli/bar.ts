const cells = 20;

/** How much of something is done, as a bar and in numbers. */
export function bar(done: number, all: number): string {
  const part = all === 0 ? 1 : Math.min(done / all, 1);
  // Full only when all of it is done.
  const full = Math.floor(part * cells);
  return `[${'#'.repeat(full)}${'.'.repeat(cells - full)}] ${done} of ${all}`;
}
