import { expect, test } from 'vitest';
import { bootPayload, startHarness } from '../../support/gateway-harness.ts';
import { meterPayload, startPayload, stopPayload } from '../../support/transaction-payloads.ts';
import { atRest } from '../../support/virtual-clock.ts';

const hourMs = 3_600_000;
const chargers = Array.from({ length: 200 }, (_, index) => ({
  identity: `CP${index}`,
  peerAddress: `10.0.0.${index + 1}`,
}));

test('F7: the CSMS is away for 72 hours, 200 chargers charge: all of it is delivered, in order, in bounded memory', {
  timeout: 120_000,
}, async () => {
  const h = await startHarness();
  await Promise.all(chargers.map((charger) => h.asks('BootNotification', bootPayload, charger)));
  h.csms.goDown();
  h.csms.heard.length = 0;
  const before = process.memoryUsage().rss;
  for (let hour = 0; hour < 72; hour += 1) {
    const at = new Date(h.clock.now()).toISOString();
    await Promise.all(
      chargers.map(async (charger) => {
        const { transactionId } = await h.asks('StartTransaction', startPayload(hour, at), charger);
        const id = Number(transactionId);
        await h.asks('MeterValues', meterPayload(id, String(hour)), charger);
        await h.asks('StopTransaction', stopPayload(id, hour + 1, at), charger);
      }),
    );
    await h.clock.skip(hourMs);
  }
  const messages = 72 * 3 * chargers.length;
  expect(await h.store().counts()).toMatchObject({ waiting: messages, dead: 0 });
  await h.restart();
  h.csms.comeBack();
  for (const charger of chargers) await h.asks('Heartbeat', {}, charger);
  while ((await h.store().counts()).waiting > 0) await atRest();
  const told = h.csms.heard.filter(({ action }) => action !== 'Heartbeat' && action !== 'BootNotification');
  expect(told).toHaveLength(messages);
  for (const { identity } of chargers) {
    const own = told.filter(({ station }) => station === identity);
    const hours = own.filter(({ action }) => action === 'StartTransaction').map(({ payload }) => payload['meterStart']);
    expect(hours).toEqual(Array.from({ length: 72 }, (_, hour) => hour));
    const order = own.map(({ action }) => action);
    expect(order.slice(0, 3)).toEqual(['StartTransaction', 'MeterValues', 'StopTransaction']);
    expect(own.every(({ payload }, i) => i % 3 === 0 || Number(payload['transactionId']) < 1_900_000_000)).toBe(true);
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(250 * 1024 * 1024);
  await h.end();
});
