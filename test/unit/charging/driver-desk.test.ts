import { expect, test } from 'vitest';
import { openDesk } from '../../../src/charging/desk.ts';
import { createDriver } from '../../../src/charging/driver.ts';
import type { ChargingState, ChargingStore } from '../../../src/charging/ports.ts';
import type { ChargerFacts, ChargingDoor } from '../../../src/gateway/charging-port.ts';
import { noSites } from '../../../src/charging/site/no-sites.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { keyModel, ScriptedCharger } from './driver-stage.ts';

const facts: ChargerFacts = {
  identity: 'CP-1',
  wire: 'ocpp1.5-soap',
  connectors: 1,
  boot: { chargePointVendor: 'Maker', chargePointModel: 'One' },
  transactions: [],
  statuses: {},
};

const profile = (limit: number) => ({
  connectorId: 0,
  csChargingProfiles: {
    chargingProfileId: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
  },
});

class KeptStates implements ChargingStore {
  readonly #states = new Map<string, string>();

  async chargingState(station: string): Promise<ChargingState | undefined> {
    const kept = this.#states.get(station);
    return kept === undefined ? undefined : (JSON.parse(kept) as ChargingState);
  }

  async saveChargingState(station: string, state: ChargingState): Promise<void> {
    this.#states.set(station, JSON.stringify(state));
  }
}

function gatewayWith(store: ChargingStore, line: ScriptedCharger, clock: VirtualClock): ChargingDoor {
  const note = () => undefined;
  const common = {
    line,
    clock,
    log: { debug: note, info: note, warn: note, error: note },
    meters: { anomaly: note },
  };
  const settings = {
    smartCharging: 'auto',
    compositeSource: 'charger',
    maxCurrentA: 32,
    phases: 3,
    voltageV: 230,
  } as const;
  const driving = { driveBy: 'model', model: undefined, restCurrentA: undefined } as const;
  return openDesk({
    ...common,
    store,
    sites: noSites,
    settings: () => settings,
    driving: (remember) => createDriver({ ...common, models: () => [keyModel()], settings: () => driving, remember }),
  });
}

test('what the CSMS sets at the desk is what the charger is told, once, over restarts', async () => {
  const [store, line, clock] = [new KeptStates(), new ScriptedCharger(), new VirtualClock()];
  const before = gatewayWith(store, line, clock);
  expect(await before.answer(facts, 'SetChargingProfile', profile(10))).toEqual({ status: 'Accepted' });
  await clock.advance(0);
  expect(line.configuration.get('Limit1')).toBe('10');
  expect((await store.chargingState('CP-1'))?.written[1]).toMatchObject({ value: '10', confirmed: true });

  line.take('');
  const after = gatewayWith(store, line, clock);
  after.changed(facts);
  await clock.advance(3_600_000);
  expect(line.calls).toEqual([]);

  expect(await after.answer(facts, 'SetChargingProfile', profile(8))).toEqual({ status: 'Accepted' });
  await clock.advance(0);
  expect(line.configuration.get('Limit1')).toBe('8');
  await after.rest(1000);
  expect(line.configuration.get('Limit1')).toBe('6');
});
