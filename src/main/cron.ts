import { createTask } from 'node-cron';
import type { Clock } from '../gateway/ports.ts';

const minuteMs = 60_000;
/** What a machine that slept for longer than a day has missed is not looked for. */
const mostMissedMinutes = 1440;

/**
 * Runs at every minute (UTC) that a cron expression of five fields names, once for those that were slept through. The
 * returned function ends it. Throws for what is no cron expression.
 */
export function onCron(expression: string, clock: Clock, run: () => void): () => void {
  // only asked which minutes it means: time is the clock's
  const task = createTask(expression, () => undefined, { timezone: 'UTC' });
  let seen = minuteOf(clock.now());
  let cancel = (): void => undefined;
  const wait = (): void => {
    cancel = clock.after(minuteMs - (clock.now() % minuteMs), wake);
  };
  const wake = (): void => {
    const present = minuteOf(clock.now());
    const passed = Math.min(Math.max(0, present - seen), mostMissedMinutes);
    const minutes = Array.from({ length: passed }, (_, back) => new Date((present - back) * minuteMs));
    seen = present;
    wait();
    if (minutes.some((minute) => task.match(minute))) run();
  };
  wait();
  return () => {
    cancel();
    // leaves the list that node-cron keeps of all tasks
    void task.destroy();
  };
}

const minuteOf = (ms: number): number => Math.floor(ms / minuteMs);
