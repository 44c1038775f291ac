import { describe, expect, test } from 'vitest';
import { emptyStore } from '../../../../optimizer/profiles.ts';
import type { ProfileStore } from '../../../../optimizer/profile-store.ts';
import { KnownSite, morningS, plainSettings } from './known-site.ts';

const hourS = 3600;

describe('a session', () => {
  test('is an open transaction, with the defaults of the site', () => {
    const site = new KnownSite();
    site.begin();
    expect(site.session).toEqual({
      chargePoint: 'cp-1',
      connector: 1,
      sinceS: morningS,
      arrivalS: morningS,
      departureS: morningS + 8 * hourS,
      energyKwh: 20,
      energyServedKwh: 0,
      maxCurrentA: 16,
      phases: 3,
      priority: 1,
      transactionId: 71,
    });
  });

  test('is news when it begins, gets its id and ends, and none in between', () => {
    const site = new KnownSite();
    const begun = { connectorId: 1, transactionId: undefined, idTag: 'TAG-1', startedAtMs: morningS * 1000 };
    expect(site.facts('cp-1', [begun])).toBe('session');
    expect(site.facts('cp-1', [begun])).toBe('nothing');
    expect(site.facts('cp-1', [{ ...begun, transactionId: 5 }])).toBe('session');
    expect(site.session.transactionId).toBe(5);
    expect(site.facts('cp-1', [])).toBe('session');
    expect(site.sessions).toEqual([]);
  });

  test('ends with its StopTransaction, though it is listed a moment longer', () => {
    const site = new KnownSite();
    const begun = site.begin();
    site.pass(hourS);
    expect(site.stop(71)).toBe('session');
    expect(site.facts('cp-1', [begun])).toBe('nothing');
    expect(site.sessions).toEqual([]);
    site.begin('cp-1', { transactionId: 72 });
    expect(site.session.transactionId).toBe(72);
  });

  test('is the later one of two whose first end was lost', () => {
    const site = new KnownSite();
    const older = site.begin();
    site.pass(hourS);
    const newer = { ...older, transactionId: 72, startedAtMs: site.nowS * 1000 };
    expect(site.facts('cp-1', [older, newer])).toBe('session');
    expect(site.session.transactionId).toBe(72);
  });

  test('of a clock that is ahead began now', () => {
    const site = new KnownSite();
    site.begin('cp-1', { startedAtMs: (morningS + hourS) * 1000 });
    expect(site.session).toMatchObject({ sinceS: morningS, arrivalS: morningS });
  });

  test('is not planned while its connector says that no car can charge, unless current flows', () => {
    const site = new KnownSite();
    site.status('Available');
    site.begin();
    expect(site.sessions).toHaveLength(1);
    site.pass(1);
    expect(site.status('Faulted')).toBe('session');
    expect(site.sessions).toEqual([]);
    site.currents(10);
    expect(site.sessions).toHaveLength(1);
    expect(site.status('Charging')).toBe('nothing');
  });

  test('charges if current flows, else if its connector says so', () => {
    const site = new KnownSite();
    site.begin();
    expect(site.session.isCharging).toBeUndefined();
    site.status('Charging');
    expect(site.session.isCharging).toBe(true);
    site.currents(0.2, 0, 0);
    expect(site.session.isCharging).toBe(false);
  });
});

describe('the energy of a session', () => {
  test('is what the register counted since its start, heard before or after its transaction', () => {
    for (const isEarly of [true, false]) {
      const site = new KnownSite();
      if (isEarly) site.start(1000);
      site.begin();
      if (!isEarly) site.start(1000);
      site.pass(hourS);
      site.meter([undefined, '4500']);
      expect(site.session.energyServedKwh).toBe(3.5);
    }
  });

  test('counts from the first register that is seen, if the start was not heard', () => {
    const site = new KnownSite();
    site.begin();
    site.pass(hourS);
    site.meter(['Energy.Active.Import.Register', '700', { unit: 'kWh' }]);
    expect(site.session.energyServedKwh).toBe(0);
    site.pass(hourS);
    site.meter(['Energy.Active.Import.Register', '706', { unit: 'kWh' }]);
    expect(site.session.energyServedKwh).toBe(6);
  });

  test('goes on from what it was when a register goes back or leaps', () => {
    const site = new KnownSite();
    site.start(1000);
    site.begin();
    site.pass(hourS);
    for (const [registerWh, servedKwh] of [
      [3000, 2],
      [0, 2],
      [1000, 3],
      [9_000_000, 3],
      [9_000_500, 3.5],
    ]) {
      site.meter([undefined, String(registerWh)]);
      expect(site.session.energyServedKwh).toBe(servedKwh);
    }
  });

  test('is what its power amounts to where no register is sent', () => {
    const site = new KnownSite();
    site.begin();
    site.meter(['Power.Active.Import', '6000']);
    site.pass(600);
    site.meter(['Power.Active.Import', '12000']);
    expect(site.session.energyServedKwh).toBe(1.5);
  });

  test('that nobody has asked for is never used up while the car takes current', () => {
    const site = new KnownSite();
    site.start(0);
    site.begin();
    site.pass(4 * hourS);
    site.meter([undefined, '19000']);
    expect(site.session.energyKwh).toBe(24);
  });

  test('that somebody has asked for is exact', () => {
    const site = new KnownSite();
    site.start(0);
    site.begin();
    site.inputs.target({ chargePoint: 'cp-1', connector: 1, energyKwh: 10 }, site.nowS);
    site.pass(4 * hourS);
    site.meter([undefined, '11000']);
    expect(site.session).toMatchObject({ energyKwh: 10, energyServedKwh: 11 });
  });
});

describe('a car that is still there at its departure', () => {
  test('leaves a quarter of the default stay later, then another', () => {
    const site = new KnownSite();
    site.begin();
    const departureS = morningS + 8 * hourS;
    expect(site.inputs.nextChangeS(site.nowS)).toBe(departureS - 900);
    site.nowS = departureS - 900;
    expect(site.session.departureS).toBe(departureS + 2 * hourS);
    site.nowS = departureS + hourS;
    expect(site.session.departureS).toBe(departureS + 2 * hourS);
    expect(site.inputs.nextChangeS(site.nowS)).toBe(departureS + 2 * hourS - 900);
    site.nowS = departureS + 5 * hourS;
    expect(site.session.departureS).toBe(departureS + 6 * hourS);
  });
});

describe('a visit of several sessions, such as one that is stopped for its limit', () => {
  function interrupted(): KnownSite {
    const site = new KnownSite();
    site.start(1000);
    site.begin();
    site.inputs.target({ chargePoint: 'cp-1', connector: 1, energyKwh: 33 }, site.nowS);
    site.pass(hourS);
    site.meter([undefined, '4000']);
    site.stop(71);
    site.status('Finishing');
    return site;
  }

  test('keeps what was said of it, what it got, and when it began', () => {
    const site = interrupted();
    site.pass(hourS);
    site.start(4000);
    site.begin('cp-1', { transactionId: 72 });
    const goingOn = { energyKwh: 33, energyServedKwh: 3, departureS: morningS + 8 * hourS, sinceS: site.nowS };
    expect(site.session).toMatchObject(goingOn);
    site.pass(hourS);
    site.meter([undefined, '6000']);
    expect(site.session.energyServedKwh).toBe(5);
    site.stop(72);
    site.status('Available');
    expect(site.inputs.memory().stays).toEqual({ 'tag-1': [3] });
  });

  test('is over when its connector is free, another driver comes, or half a day has passed', () => {
    const ends: readonly ((site: KnownSite) => string)[] = [
      (site) => (site.status('Available'), 'tag-1'),
      () => 'tag-2',
      (site) => (site.pass(13 * hourS), 'tag-1'),
    ];
    for (const end of ends) {
      const site = interrupted();
      const idTag = end(site);
      site.begin('cp-1', { transactionId: 72, idTag });
      expect(site.session).toMatchObject({ energyKwh: 20, energyServedKwh: 0, departureS: site.nowS + 8 * hourS });
      expect(site.inputs.memory().stays).toEqual({ 'tag-1': [1] });
    }
  });
});

describe('profiles of the CSMS', () => {
  const profile = (transactionId: number | undefined) => ({
    connectorId: 1,
    receivedAtS: morningS,
    profile: {
      chargingProfileId: transactionId ?? 0,
      stackLevel: 1,
      chargingProfilePurpose: transactionId === undefined ? ('TxDefaultProfile' as const) : ('TxProfile' as const),
      chargingProfileKind: 'Relative' as const,
      ...(transactionId === undefined ? {} : { transactionId }),
      chargingSchedule: { chargingRateUnit: 'A' as const, chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }] },
    },
  });
  const store: ProfileStore = { ...emptyStore, profiles: [profile(undefined), profile(71), profile(70)] };

  test('are ceilings, but for those of other transactions', () => {
    const site = new KnownSite();
    const begun = site.begin();
    expect(site.facts('cp-1', [begun], store)).toBe('session');
    expect(site.facts('cp-1', [begun], structuredClone(store))).toBe('nothing');
    const { profiles } = site.inputs.scenario(site.nowS).scenario;
    expect(profiles.map(({ chargePoint, profile: { transactionId } }) => [chargePoint, transactionId])).toEqual([
      ['cp-1', undefined],
      ['cp-1', 71],
    ]);
    expect(site.plan().connectors[0]?.currentA[0]).toBeLessThanOrEqual(10);
  });
});

describe('after a restart', () => {
  test('a session goes on with its energy and what was said of it', () => {
    const before = new KnownSite();
    before.start(1000);
    const begun = before.begin();
    before.inputs.target({ chargePoint: 'cp-1', connector: 1, energyKwh: 33 }, before.nowS);
    before.pass(hourS);
    before.meter([undefined, '3000']);
    const memory: ReturnType<typeof before.inputs.memory> = JSON.parse(JSON.stringify(before.inputs.memory()));
    const after = new KnownSite({}, memory);
    after.nowS = before.nowS + hourS;
    after.facts('cp-1', [begun]);
    expect(after.session).toMatchObject({ energyKwh: 33, energyServedKwh: 2 });
    after.meter([undefined, '6000']);
    expect(after.session.energyServedKwh).toBe(5);
  });

  test('what was said of a session that has ended meanwhile is not said of the next', () => {
    const before = new KnownSite();
    before.begin();
    before.inputs.target({ chargePoint: 'cp-1', connector: 1, energyKwh: 33 }, before.nowS);
    for (const isListed of [true, false]) {
      const after = new KnownSite({}, before.inputs.memory());
      after.pass(hourS);
      if (isListed) after.facts('cp-1', []);
      after.begin();
      expect(after.session.energyKwh).toBe(20);
    }
  });
});

test('settings that change keep what is known of connectors that stay', () => {
  const site = new KnownSite();
  site.begin();
  site.begin('cp-2');
  const [first, ...others] = plainSettings.site.connectors;
  expect(others).toHaveLength(1);
  const connectors = first === undefined ? [] : [{ ...first, priority: 5 }];
  site.inputs.configure({
    ...plainSettings,
    sessionDefaults: { ...plainSettings.sessionDefaults, energyKwh: 12 },
    site: { ...plainSettings.site, connectors },
  });
  expect(site.session).toMatchObject({ chargePoint: 'cp-1', priority: 5, energyKwh: 12 });
  expect(site.facts('cp-2', [])).toBe('nothing');
});
