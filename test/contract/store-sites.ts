import { describe, expect, test } from 'vitest';
import type { MadePlan, Lying, SiteMemory } from '../../src/charging/site/ports.ts';
import { type OpenSubject, useStore } from './store-subject.ts';

const memory: SiteMemory = {
  stays: { tag: [8, 9.5] },
  targets: { 'CP-A/1': { chargePoint: 'CP-A', connector: 1, energyKwh: 12 } },
  chargerTargets: {},
  energies: {},
  signals: [{ signal: { kind: 'pv', steps: [{ fromS: 1_800_000_000, kw: 4.2 }] }, atS: 1_800_000_001 }],
};

const lying: Lying = {
  chargePoint: 'CP-A',
  connectorId: 1,
  chargingProfileId: 900_013,
  either: [
    null,
    {
      chargingProfileId: 900_013,
      stackLevel: 8,
      chargingProfilePurpose: 'TxProfile',
      chargingProfileKind: 'Absolute',
      chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 10.5 }] },
    },
  ],
  unsure: true,
  keeper: 'charger',
};

const plan: MadePlan = {
  atS: 1_800_000_002,
  result: {
    status: 'optimal',
    engine: 'highs',
    objective: 1.5,
    bound: 1.5,
    gap: 0,
    lpGap: 0,
    solveMs: 3,
    slotMinutes: 15,
    slots: ['2027-01-15T08:00:00Z'],
    connectors: [],
    nodes: [],
    cost: { energy: 1.5, peak: 0, currency: 'EUR' },
    peakKw: 7,
    profiles: [],
  },
};

export function siteContract(open: OpenSubject): void {
  describe('sites', () => {
    const opened = useStore(open);

    test('of a site that was never saved nothing is known', async () => {
      expect(await opened().store.siteState('yard')).toBeUndefined();
    });

    test('what is saved of a site replaces that part, and leaves the others and other sites as they are', async () => {
      const { store } = opened();
      await store.saveSiteState('yard', { memory });
      expect(await store.siteState('yard')).toEqual({ memory, plan: undefined, lying: [] });
      await Promise.all([
        store.saveSiteState('yard', { lying: [lying] }),
        store.saveSiteState('yard', { plan }),
        store.saveSiteState('Yard', { lying: [] }),
      ]);
      expect(await store.siteState('yard')).toEqual({ memory, plan, lying: [lying] });
      await store.saveSiteState('yard', { lying: [], plan: { ...plan, atS: 1_800_000_100 } });
      expect(await store.siteState('yard')).toEqual({ memory, plan: { ...plan, atS: 1_800_000_100 }, lying: [] });
      expect(await store.siteState('Yard')).toEqual({ memory: undefined, plan: undefined, lying: [] });
    });

    test('a site survives a restart', async () => {
      const { store, subject } = opened();
      await store.saveSiteState('yard', { memory, plan, lying: [lying] });
      const again = (await subject.reopen?.()) ?? store;
      expect(await again.siteState('yard')).toEqual({ memory, plan, lying: [lying] });
    });
  });
}
