import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { Throttle } from '../../../src/transfers/door/throttle.ts';
import { openStage, someBytes } from '../../support/file-door.ts';
import { fetchAsCharger } from '../../support/transfer-stage.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

test('never more has left than the rate allows, and those who ask share alike', async () => {
  const clock = new VirtualClock();
  const throttle = new Throttle(10_000, clock);
  const granted = [0, 0, 0];
  const ask = (who: number): void =>
    throttle.take(throttle.pieceBytes, () => {
      granted[who] = (granted[who] ?? 0) + throttle.pieceBytes;
      ask(who);
    });
  for (const who of granted.keys()) ask(who);
  for (let ms = 0; ms < 3_000; ms += 50) {
    await clock.advance(50);
    expect(granted.reduce((sum, bytes) => sum + bytes)).toBeLessThanOrEqual((10_000 * (ms + 50)) / 1000);
  }
  const total = granted.reduce((sum, bytes) => sum + bytes);
  expect(total).toBeGreaterThan(29_000);
  expect(Math.max(...granted) - Math.min(...granted)).toBeLessThanOrEqual(throttle.pieceBytes);
});

test('what was not taken is lost: there is no burst after a rest', async () => {
  const clock = new VirtualClock();
  const throttle = new Throttle(1_000, clock);
  await clock.advance(60_000);
  let granted = 0;
  throttle.take(500, () => (granted += 500));
  throttle.take(500, () => (granted += 500));
  await clock.advance(499);
  expect(granted).toBe(0);
  await clock.advance(1);
  expect(granted).toBe(500);
});

test('downloads by FTP and HTTP under one name take no more than it has; others are not held up', async () => {
  const clock = new VirtualClock();
  const stage = await openStage({ clock });
  onTestFinished(() => stage.end());
  const bandwidth = { name: 'wall/1', bytesPerS: 100_000 };
  const image = someBytes(30_000);
  const [ftp, http, free] = [
    await stage.offer(image, { job: 'a', scheme: 'ftp', bandwidth }),
    await stage.offer(image, { job: 'b', scheme: 'http', bandwidth }),
    await stage.offer(image, { job: 'c', scheme: 'http' }),
  ];
  const began = clock.elapsed();
  expect(await fetchAsCharger(free.url)).toEqual(image);
  expect(clock.elapsed()).toBe(began);
  const under = { way: true };
  const fetched = Promise.all([fetchAsCharger(ftp.url), fetchAsCharger(http.url)]).finally(() => {
    under.way = false;
  });
  while (under.way) {
    await clock.advance(10);
    await turn();
  }
  expect(await fetched).toEqual([image, image]);
  expect(clock.elapsed() - began).toBeGreaterThanOrEqual(600);
});
