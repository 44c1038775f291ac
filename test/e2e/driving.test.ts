import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Payload } from '../../src/gateway/ports.ts';
import { chargingProfile, limitsOf } from '../support/charging-profiles.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { PlainCharger } from '../support/plain-charger.ts';
import { RpcCsms } from '../support/rpc-csms.ts';

/* The build, in a process of its own, drives a charger by its key; it is killed, started again, and told to end. */

const csms = new RpcCsms();
const boot = { status: 'Accepted', currentTime: '2026-03-01T12:00:00Z', interval: 3600 };
csms.answer = (action) => {
  if (action === 'BootNotification') return boot;
  if (action === 'Heartbeat') return { currentTime: boot.currentTime };
  return action === 'StartTransaction' ? { transactionId: 4_000_000_001, idTagInfo: { status: 'Accepted' } } : {};
};

let gateway: GatewayProcess;
let charger: PlainCharger;
beforeAll(() => csms.start());
afterAll(() => csms.stop());
afterEach(async () => {
  await charger.stop();
  await gateway.remove();
});

/** A charger of an older version is driven from its boot on. */
const atFirst = { '1.6': [], '1.5': ['maxintensitysocket=32'], '1.2': ['maxintensitysocket=32'] };

async function begin(ocpp: '1.6' | '1.5' | '1.2'): Promise<readonly string[]> {
  gateway = await GatewayProcess.prepare({ csmsUrl: csms.url });
  await gateway.start();
  const keys = { maxintensitysocket: '16' };
  charger = new PlainCharger({ identity: 'PLAIN', endpoint: gateway.soapUrl, vendor: 'Schneider', keys, ocpp });
  await charger.start();
  await vi.waitFor(() => expect(charger.writes).toEqual(atFirst[ocpp]), { timeout: 10_000 });
  return atFirst[ocpp];
}

const set = (connectorId: number, csChargingProfiles: Payload) =>
  csms.call('PLAIN', 'SetChargingProfile', { connectorId, csChargingProfiles });
const composite = async () =>
  limitsOf(await csms.call('PLAIN', 'GetCompositeSchedule', { connectorId: 1, duration: 60, chargingRateUnit: 'A' }));
const configured = async () => {
  const { configurationKey: keys } = await csms.call('PLAIN', 'GetConfiguration', { key: ['maxintensitysocket'] });
  return (keys as Payload[])[0]?.['value'];
};
/** A charger is connected to the CSMS again at its first message. */
const composesAgain = async (limits: unknown) => {
  await charger.say('Heartbeat', {});
  await vi.waitFor(async () => expect(await composite()).toEqual(limits), { timeout: 10_000 });
};
const confirmed = (readBacks: number) =>
  vi.waitFor(() => expect(charger.asked('GetConfiguration')).toHaveLength(readBacks), { timeout: 10_000 });

test.each(['1.6', '1.5', '1.2'] as const)(
  'OCPP %s: SIGKILL loses no profile, writes nothing twice; SIGTERM leaves the rest value, within 10 s',
  { timeout: 60_000 },
  async (ocpp) => {
    const first = await begin(ocpp);
    // OCPP 1.2 has no GetConfiguration.
    await confirmed(ocpp === '1.2' ? 0 : first.length);
    expect(await set(0, chargingProfile(1, 'TxDefaultProfile', 14))).toEqual({ status: 'Accepted' });
    await charger.startTransaction(1);
    expect(await set(1, chargingProfile(2, 'TxProfile', 9, { transactionId: 4_000_000_001 }))).toEqual({
      status: 'Accepted',
    });
    const written = [...first, 'maxintensitysocket=14', 'maxintensitysocket=9'];
    await vi.waitFor(() => expect(charger.writes).toEqual(written), { timeout: 10_000 });
    await confirmed(ocpp === '1.2' ? 0 : written.length);
    // Whom nobody can ask is written to again, unless it is on disk that it has accepted.
    await vi.waitFor(async () => expect(await configured()).toBe('9'), { timeout: 10_000 });
    expect(await composite()).toEqual([[0, 9]]);

    await gateway.end('SIGKILL');
    await gateway.start();
    await composesAgain([[0, 9]]);
    expect(charger.writes).toEqual(written);
    expect(charger.asked('SetChargingProfile')).toHaveLength(ocpp === '1.6' ? 1 : 0);

    const beganMs = performance.now();
    expect(await gateway.end('SIGTERM')).toBe(0);
    expect(performance.now() - beganMs).toBeLessThan(10_000);
    expect(charger.writes).toEqual([...written, 'maxintensitysocket=6']);

    await gateway.start();
    await composesAgain([[0, 9]]);
    // A higher value would wait for minIntervalS of the model, a lower one does not.
    expect(await set(0, chargingProfile(3, 'ChargePointMaxProfile', 5))).toEqual({ status: 'Accepted' });
    const afterwards = [...written, 'maxintensitysocket=6', 'maxintensitysocket=0'];
    await vi.waitFor(() => expect(charger.writes).toEqual(afterwards), { timeout: 10_000 });
    expect(csms.violations).toEqual([]);
    expect(gateway.log.filter(({ level }) => level === 'error')).toEqual([]);
  },
);
