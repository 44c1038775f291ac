import { expect, test } from 'vitest';
import type { PlannedProfile } from '../../../../optimizer/plan-result.ts';
import type { Glance } from '../../../../src/charging/site/glance.ts';
import { Ledger } from '../../../../src/charging/site/ledger.ts';
import { toldNow } from '../../../../src/charging/site/told-now.ts';
import { settingsOf } from '../../../support/site-settings.ts';

const fromS = Date.parse('2026-03-01T12:00:00Z') / 1000;

const told = (limits: readonly number[]): PlannedProfile => ({
  chargePoint: 'CP-A',
  connectorId: 1,
  csChargingProfiles: {
    chargingProfileId: 900_013,
    stackLevel: 8,
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Absolute',
    chargingSchedule: {
      startSchedule: '2026-03-01T12:00:00Z',
      chargingRateUnit: 'A',
      chargingSchedulePeriod: limits.map((limit, hour) => ({ startPeriod: hour * 3600, limit })),
    },
  },
});

test('a profile is followed through its periods, and another one counts at once', () => {
  const ledger = new Ledger([]);
  const settings = settingsOf({
    id: 'yard',
    tree: [{ id: 'main', maxCurrentA: 63 }],
    connectors: [{ chargePoint: 'CP-A', maxCurrentA: 20 }],
  });
  const glance: Glance = { settings, ledger, plan: undefined, situation: undefined };
  const nowA = (hours: number) => toldNow(glance, 'CP-A', fromS + hours * 3600).get(1);
  expect(nowA(0)).toBeUndefined();
  const first = { kind: 'set', profile: told([16, 10, 6, 32]) } as const;
  ledger.sending(first, 'charger');
  ledger.accepted(first, 'charger');
  expect([0, 0.5, 1, 1.99, 2, 3].map(nowA)).toEqual([16, 16, 10, 10, 6, 20]);
  // the clock was set back
  expect(nowA(0)).toBe(16);
  const second = { kind: 'set', profile: told([8]) } as const;
  ledger.sending(second, 'charger');
  expect(nowA(0)).toBe(8);
});
