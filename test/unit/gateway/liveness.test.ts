import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answered, bootPayload, startHarness, type Harness } from '../../support/gateway-harness.ts';

let h: Harness;
beforeEach(async () => {
  h = await startHarness();
});
afterEach(() => h.end());

describe('a charger that goes silent', () => {
  test('loses its socket after three heartbeats, and gets it back when it speaks', async () => {
    await h.asks('BootNotification', bootPayload);
    await h.clock.advance(899_000);
    expect(h.csms.state('CP1').kind).toBe('open');
    await h.clock.advance(2_000);
    expect(h.csms.state('CP1').kind).toBe('closed');
    await h.asks('Heartbeat', {});
    expect(h.csms.state('CP1').kind).toBe('open');
  });

  test('may be silent for longer when the CSMS has changed its HeartbeatInterval', async () => {
    await h.asks('BootNotification', bootPayload);
    await h.csms.call('CP1', 'ChangeConfiguration', { key: 'heartbeatinterval', value: '1800' });
    await h.clock.advance(5_399_000);
    expect(h.csms.state('CP1').kind).toBe('open');
    await h.clock.advance(2_000);
    expect(h.csms.state('CP1').kind).toBe('closed');
  });

  test('is judged by its old HeartbeatInterval when it refused the new one', async () => {
    await h.asks('BootNotification', bootPayload);
    h.chargers.answer = () => answered({ status: 'Rejected' });
    await h.csms.call('CP1', 'ChangeConfiguration', { key: 'HeartbeatInterval', value: '1800' });
    await h.clock.advance(901_000);
    expect(h.csms.state('CP1').kind).toBe('closed');
  });
});
