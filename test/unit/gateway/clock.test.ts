import { expect, test } from 'vitest';
import { systemClock } from '../../../src/gateway/clock.ts';

test('a timer of a hundred years does not run before one of 5 ms', async () => {
  const ran: string[] = [];
  const cancel = systemClock.after(100 * 365 * 86_400_000, () => ran.push('a hundred years'));
  await new Promise<void>((resolve) => {
    systemClock.after(5, () => {
      ran.push('5 ms');
      resolve();
    });
  });
  cancel();
  expect(ran).toEqual(['5 ms']);
});
