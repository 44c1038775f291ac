import { expect, test } from 'vitest';
import { answered, charging, keyModel, Stage, unheard } from './driver-stage.ts';

/** Whether the charger is held to what its limits ask for, so far. */
function settling(stage: Stage): () => boolean {
  let isSettled = false;
  void stage.driver.settled('CP-1').then(() => (isSettled = true));
  return () => isSettled;
}

test('a charger is settled when each value lies in it and is read back', async () => {
  const stage = new Stage([keyModel()], { connectors: 2 });
  await stage.limit(16);
  stage.values();
  let answer: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => (answer = resolve));
  const call = stage.line.call.bind(stage.line);
  stage.line.call = async (identity, action, payload) => {
    if (action === 'GetConfiguration' && String(payload['key']) === 'Limit2') await asked;
    return call(identity, action, payload);
  };
  await stage.limit(10);
  const isSettled = settling(stage);
  await stage.seconds(0);
  expect([stage.values(), isSettled()]).toEqual([['10', '10'], false]);
  answer();
  await stage.seconds(0);
  expect(isSettled()).toBe(true);
});

test('what changes nothing is settled at once, and a charger that nobody drives', async () => {
  const stage = new Stage([keyModel()]);
  const undriven = settling(stage);
  await stage.limit(16);
  const isSettled = settling(stage);
  await stage.seconds(0);
  expect([undriven(), isSettled()]).toEqual([true, true]);
});

test('a charger that does not follow is not settled, until it does or is driven no more', async () => {
  const stage = new Stage([keyModel()]);
  await stage.limit(16);
  stage.line.script = (action) => (action === 'ChangeConfiguration' ? unheard : undefined);
  await stage.limit(10);
  const [first, second] = [settling(stage), settling(stage)];
  await stage.seconds(1);
  expect(first()).toBe(false);
  stage.line.script = () => undefined;
  await stage.minutes(60);
  expect([first(), second()]).toEqual([true, true]);
  stage.line.script = () => answered({ status: 'Rejected' });
  await stage.limit(7);
  const third = settling(stage);
  await stage.seconds(1);
  expect(third()).toBe(false);
  stage.driver.release('CP-1');
  await stage.seconds(0);
  expect(third()).toBe(true);
});

test('a session that may not go on is settled by its end', async () => {
  const stage = await charging();
  await stage.limit(5.9);
  const isSettled = settling(stage);
  await stage.seconds(1);
  expect(isSettled()).toBe(false);
  await stage.end(1);
  expect(isSettled()).toBe(true);
});
