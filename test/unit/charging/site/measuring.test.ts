import { describe, expect, test } from 'vitest';
import { connectorOn, KnownSite, morningS, plainSettings } from './known-site.ts';

function wiredTo(...phases: readonly ('L1' | 'L2' | 'L3')[]): KnownSite {
  const connectors = [{ ...connectorOn('cp-1'), phases }];
  return new KnownSite({ site: { ...plainSettings.site, connectors } });
}

describe('a current is measured', () => {
  test('by its phases, on the phases of the site that the pins are wired to', () => {
    const site = wiredTo('L2', 'L3', 'L1');
    site.currents(16, 10, 4);
    expect(site.measured()).toEqual([4, 16, 10]);
  });

  test('by phases to neutral as well, and before any power', () => {
    const site = wiredTo('L1', 'L2', 'L3');
    site.meter(
      ['Power.Active.Import', '9000', {}],
      ['Current.Import', '11.5', { phase: 'L2-N', unit: 'A' }],
      ['Current.Import', '0', { phase: 'N' }],
    );
    expect(site.measured()).toEqual([0, 11.5, 0]);
  });

  test('by the power of each phase and its voltage, or the nominal one', () => {
    const site = wiredTo('L1', 'L2', 'L3');
    site.meter(
      ['Power.Active.Import', '2.4', { phase: 'L1', unit: 'kW' }],
      ['Power.Active.Import', '2300', { phase: 'L3', unit: 'W' }],
      ['Voltage', '240', { phase: 'L1' }],
      ['Voltage', '5', { phase: 'L3' }],
    );
    expect(site.measured()).toEqual([10, 0, 10]);
  });

  test('by the whole power, over the phases of the car', () => {
    const site = wiredTo('L2', 'L3', 'L1');
    site.begin();
    site.inputs.target({ chargePoint: 'cp-1', connector: 1, phases: 2 }, site.nowS);
    site.meter(['Power.Active.Import', '4600'], ['Voltage', '400']);
    expect(site.measured()).toEqual([0, 10, 10]);
  });

  test('on a connector of one phase whatever the charger calls that', () => {
    const site = wiredTo('L3');
    site.currents(13);
    expect(site.measured()).toEqual([0, 0, 13]);
    site.meter(['Current.Import', '12', { phase: 'L3' }]);
    expect(site.measured()).toEqual([0, 0, 12]);
    site.meter(['Current.Import', '11']);
    expect(site.measured()).toEqual([0, 0, 11]);
  });

  test('by what the register counted in some minutes, if there is nothing else', () => {
    const site = wiredTo('L1', 'L2', 'L3');
    site.meter([undefined, '1000']);
    site.pass(60);
    site.meter([undefined, '1100']);
    expect(site.measured()).toBeUndefined();
    site.pass(240);
    site.meter(['Energy.Active.Import.Register', '1.575', { unit: 'kWh' }]);
    expect(site.measured()).toEqual([10, 10, 10]);
  });

  test('at the outlet rather than at the inlet, and never in signed data or at the beginning', () => {
    const site = wiredTo('L1', 'L2', 'L3');
    site.meter(
      ['Current.Import', '9', { phase: 'L1', location: 'Outlet' }],
      ['Current.Import', '30', { phase: 'L1', location: 'Inlet' }],
      ['Current.Import', '0', { phase: 'L1', context: 'Transaction.Begin' }],
      ['Current.Import', 'AF03', { phase: 'L1', format: 'SignedData' }],
    );
    expect(site.measured()).toEqual([9, 0, 0]);
    expect(site.alarms).toEqual([]);
  });

  test('by the main meter of a charge point, if it can only be about one car', () => {
    const connectors = [connectorOn('cp-1', 1), connectorOn('cp-1', 2)];
    const site = new KnownSite({ site: { ...plainSettings.site, connectors } });
    site.meterOf('cp-1', 0, ['Current.Import', '16', { phase: 'L1' }]);
    expect(site.measured()).toBeUndefined();
    site.begin('cp-1');
    site.meterOf('cp-1', 0, ['Current.Import', '16', { phase: 'L1' }]);
    expect(site.measured()).toEqual([16, 0, 0]);
    site.currents(15);
    site.meterOf('cp-1', 0, ['Current.Import', '17', { phase: 'L1' }]);
    expect(site.measured()).toEqual([15, 0, 0]);
  });
});

describe('a measurement is over', () => {
  test('when it is older than a quarter of an hour and a minute', () => {
    const site = wiredTo('L1');
    site.currents(10);
    site.pass(959);
    expect(site.measured()).toEqual([10, 0, 0]);
    site.pass(1);
    expect(site.measured()).toBeUndefined();
  });

  test('when the clock is set back by more than that', () => {
    const site = wiredTo('L1');
    site.currents(10);
    site.pass(-7200);
    expect(site.measured()).toBeUndefined();
    site.currents(11);
    expect(site.measured()).toEqual([11, 0, 0]);
  });

  test('when its connector says that nothing flows', () => {
    const site = wiredTo('L1');
    site.currents(10);
    site.status('SuspendedEVSE');
    expect(site.measured()).toEqual([0, 0, 0]);
  });

  test('when another car is there', () => {
    const site = wiredTo('L1');
    site.begin();
    site.currents(10);
    site.pass(60);
    site.begin('cp-1', { idTag: 'TAG-2' });
    expect(site.measured()).toBeUndefined();
  });
});

test('an old value that a charger sends after it was offline is no measurement of now', () => {
  const site = wiredTo('L1');
  site.currents(10);
  site.pass(5);
  const late = [{ timestamp: '2026-03-02T05:50:00Z', sampledValue: [{ value: '3', measurand: 'Current.Import' }] }];
  site.hear('MeterValues', { connectorId: 1, meterValue: late });
  expect(site.nowS).toBe(morningS + 5);
  expect(site.measured()).toEqual([10, 0, 0]);
});

test.each(['NaN', '', ' ', 'abc', '0x10', '-7', '1e9', '16,5', 'Infinity', null, {}])(
  '%j is left out, and an energy manager is told',
  (value) => {
    const site = wiredTo('L1');
    site.currents(10);
    site.meter(['Current.Import', value]);
    expect(site.measured()).toEqual([10, 0, 0]);
    expect(site.alarms).toEqual(['badMeterValues cp-1/1']);
    site.pass(3600);
    expect(site.alarms).toEqual([]);
  },
);

test('a current of a thousand amperes on a small connector is one in another unit', () => {
  const site = wiredTo('L1');
  site.currents(1600);
  expect(site.measured()).toBeUndefined();
  expect(site.alarms).toEqual(['badMeterValues cp-1/1']);
});

test('a meter that shows a little less than nothing shows nothing', () => {
  const site = wiredTo('L1');
  site.currents(-0.1);
  expect(site.measured()).toEqual([0, 0, 0]);
  expect(site.alarms).toEqual([]);
});

test('what flows without a transaction counts as load once it lasts a minute', () => {
  const site = new KnownSite();
  site.inputs.signal({ kind: 'load', steps: [{ fromS: 0, currentA: [5, -3, 2] }] }, site.nowS);
  site.inputs.scenario(site.nowS);
  expect(site.currents(10, 10, 0)).toBe('nothing');
  site.pass(60);
  expect(site.currents(10, 10, 0)).toBe('drift');
  const { scenario, alarms } = site.inputs.scenario(site.nowS);
  expect(scenario.load).toEqual([{ fromS: 0, currentA: [15, 10, 2] }]);
  expect(alarms.map(({ kind }) => kind)).toEqual(['strayCurrent']);
  site.begin();
  expect(site.inputs.scenario(site.nowS).scenario.load[0]?.currentA).toEqual([5, -3, 2]);
});

test('messages of other charge points and of connectors that the site does not have say nothing', () => {
  const site = new KnownSite();
  expect(site.meterOf('elsewhere', 1, ['Current.Import', '10'])).toBe('nothing');
  expect(site.meterOf('cp-1', 7, ['Current.Import', '10'])).toBe('nothing');
  expect(site.facts('elsewhere', [{ connectorId: 1, transactionId: 1, idTag: 'a', startedAtMs: 0 }])).toBe('nothing');
  expect(site.hear('MeterValues', {})).toBe('nothing');
  expect(site.sessions).toEqual([]);
});
