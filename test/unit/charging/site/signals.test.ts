import { describe, expect, test } from 'vitest';
import type { Signal } from '../../../../src/charging/site/ports.ts';
import type { SignalRule } from '../../../../src/charging/site/settings.ts';
import { OcppError } from '../../../../src/ocpp/errors.ts';
import { KnownSite, morningS } from './known-site.ts';

const load = (currentA: number, fromS = 0): Signal => ({
  kind: 'load',
  steps: [{ fromS, currentA: [currentA, currentA, currentA] }],
});
const external = (kw: number, fromS = 0): Signal => ({ kind: 'external', steps: [{ fromS, kw }] });

function told(site: KnownSite, signal: Signal) {
  return site.inputs.signal(signal, site.nowS);
}

function scenario(site: KnownSite) {
  return site.inputs.scenario(site.nowS).scenario;
}

describe('a signal', () => {
  test('is news when it makes another plan than the last one', () => {
    const site = new KnownSite();
    expect(told(site, load(10))).toBe('session');
    scenario(site);
    expect(told(site, load(10.9, 60))).toBe('nothing');
    expect(told(site, load(11.1, 120))).toBe('drift');
    expect(told(site, external(11, morningS - 60))).toBe('session');
    scenario(site);
    expect(told(site, external(11, morningS))).toBe('nothing');
    expect(told(site, external(11, morningS + 60))).toBe('session');
    expect(told(site, { kind: 'prices', steps: [{ fromS: 0, perKwh: -0.05 }] })).toBe('session');
    expect(scenario(site).prices).toEqual([{ fromS: 0, perKwh: -0.05 }]);
  });

  test('of CO2 counts by its weight', () => {
    const site = new KnownSite({ co2WeightPerKg: 0.1 });
    told(site, { kind: 'co2', steps: [{ fromS: 0, gPerKwh: 400 }] });
    expect(scenario(site).co2).toEqual([{ fromS: 0, moneyPerKwh: 0.4 * 0.1 }]);
  });

  test.each([
    [{ kind: 'pv', steps: [] }, 'pv.steps: expected 1 to 10000 steps, found 0'],
    [
      { kind: 'prices', steps: [{ fromS: 0, perKwh: Number.NaN }] },
      'prices.steps[0].perKwh: expected a number from -100000 to 100000, found NaN',
    ],
    [
      {
        kind: 'pv',
        steps: [
          { fromS: 60, kw: 1 },
          { fromS: 60, kw: 2 },
        ],
      },
      'pv.steps[1].fromS: expected a time in seconds, after that of the step before, found 60',
    ],
    [{ kind: 'pv', steps: [{ fromS: 0, kw: -1 }] }, 'pv.steps[0].kw: expected a number from 0 to 1000000, found -1'],
    [
      load(Number.POSITIVE_INFINITY),
      'load.steps[0].currentA[0]: expected a number from -100000 to 100000, found Infinity',
    ],
    [external(-1), 'external.steps[0].kw: expected a number from 0 to 1000000, found -1'],
    [{ kind: 'external', steps: [{ fromS: 0, currentA: [1, 2, -3] }] }, 'external.steps[0].currentA[2]: expected'],
    [{ kind: 'co2', steps: [{ fromS: Number.NaN, gPerKwh: 1 }] }, 'co2.steps[0].fromS: expected'],
  ] satisfies readonly (readonly [Signal, string])[])('%j is refused: %s', (bad, message) => {
    const site = new KnownSite();
    expect(() => told(site, bad)).toThrow(OcppError);
    expect(() => told(site, bad)).toThrow(message);
    expect(site.inputs.memory().signals).toEqual([]);
  });
});

describe('a signal that is not renewed', () => {
  const rule = (onLoss: SignalRule['onLoss']): SignalRule => ({ maxAgeS: 300, onLoss });

  test('holds for its age, and says when that is over', () => {
    const site = new KnownSite({ external: rule('release') });
    told(site, external(11));
    expect(site.inputs.nextChangeS(site.nowS)).toBe(site.nowS + 300);
    site.pass(299);
    expect(scenario(site).external).toHaveLength(1);
    expect(site.alarms).toEqual([]);
    site.pass(1);
    expect(scenario(site).external).toEqual([]);
    expect(site.alarms).toEqual(['signalLost depot/external']);
    expect(site.inputs.nextChangeS(site.nowS)).toBeUndefined();
    expect(told(site, external(11))).toBe('session');
    expect(site.alarms).toEqual([]);
  });

  test('is kept, with an alarm', () => {
    const site = new KnownSite({ load: rule('keepLast') });
    told(site, load(10));
    site.pass(4000);
    expect(scenario(site).load).toHaveLength(1);
    expect(scenario(site).site.engine.kind).toBe('auto');
    expect(site.alarms).toEqual(['signalLost depot/load']);
  });

  test('leaves every connector its share, under the highest load that was told', () => {
    const site = new KnownSite({ load: rule('staticShare') });
    site.begin('cp-1');
    site.begin('cp-2');
    told(site, {
      kind: 'load',
      steps: [
        { fromS: 0, currentA: [1, 20, 3] },
        { fromS: morningS, currentA: [12, 2, 3] },
      ],
    });
    site.pass(300);
    const { site: settings, load: assumed } = scenario(site);
    expect(settings.engine.kind).toBe('share');
    expect(assumed).toEqual([{ fromS: 0, currentA: [12, 20, 3] }]);
    told(site, load(5));
    expect(scenario(site).site.engine.kind).toBe('auto');
  });

  test('is as old as it may be at most when the clock was set back', () => {
    const site = new KnownSite({ load: rule('release') });
    told(site, load(10));
    site.pass(-7200);
    expect(scenario(site).load).toHaveLength(1);
    site.pass(300);
    expect(scenario(site).load).toEqual([]);
  });

  test('of prices or CO2 holds on', () => {
    const site = new KnownSite();
    told(site, { kind: 'prices', steps: [{ fromS: 0, perKwh: 0.3 }] });
    site.pass(500_000);
    expect(scenario(site).prices).toHaveLength(1);
    expect(site.alarms).toEqual([]);
  });

  test('is remembered with its age', () => {
    const before = new KnownSite({ load: rule('release') });
    told(before, load(10));
    const after = new KnownSite({ load: rule('release') }, before.inputs.memory());
    after.pass(299);
    expect(scenario(after).load).toHaveLength(1);
    after.pass(1);
    expect(scenario(after).load).toEqual([]);
  });
});

describe('a load above the limit', () => {
  test('is an alarm, and leaves the cars nothing', () => {
    const site = new KnownSite();
    site.begin();
    told(site, load(41));
    expect(site.alarms).toEqual(['overload main']);
    expect(site.plan().connectors[0]?.currentA[0]).toBe(0);
  });

  test('is one above what was commanded, too', () => {
    const site = new KnownSite();
    told(site, load(15));
    told(site, external(10.4));
    expect(site.alarms).toEqual([]);
    told(site, external(10.3));
    expect(site.alarms).toEqual(['overload main']);
  });
});
