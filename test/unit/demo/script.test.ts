import { describe, expect, test } from 'vitest';
import { mixedMakes } from '../../../src/demo/mixed-fleet.ts';
import { type Deed, sampleInterval, script } from '../../../src/demo/script.ts';

const atOf = (kind: Deed['kind']) => script.find(({ deed }) => deed.kind === kind)?.at ?? Number.NaN;
const off = atOf('csmsOff');
const on = atOf('csmsOn');
const inOutage = (at: number) => at > off && at < on;

describe("the demo's script", () => {
  test('has one CSMS outage of at least a fifth of the time, in the middle', () => {
    expect(on - off).toBeGreaterThanOrEqual(0.2);
    expect(off).toBeGreaterThan(0.25);
    expect(on).toBeLessThan(0.75);
    expect(script.filter(({ deed }) => deed.kind === 'csmsOff')).toHaveLength(1);
  });

  test('begins and ends sessions during the outage', () => {
    expect(script.filter(({ at, deed }) => inOutage(at) && deed.kind === 'plugIn').length).toBeGreaterThan(0);
    expect(script.filter(({ at, deed }) => inOutage(at) && deed.kind === 'unplug').length).toBeGreaterThan(0);
  });

  test('gives remote commands before and after the outage, none during it', () => {
    const remote = script.filter(({ deed }) => ['command', 'remoteStop', 'limitTransaction'].includes(deed.kind));
    expect(remote.some(({ at }) => at < off)).toBe(true);
    expect(remote.some(({ at }) => at > on)).toBe(true);
    expect(remote.some(({ at }) => inOutage(at))).toBe(false);
  });

  test('runs in order, on chargers that exist, and gives no commands to the one without a callback address', () => {
    const times = script.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    for (const { deed } of script) {
      if (!('charger' in deed)) continue;
      expect(deed.charger).toBeLessThan(mixedMakes.length);
      if (deed.kind !== 'plugIn' && deed.kind !== 'unplug') expect(deed.charger).toBeLessThan(mixedMakes.length - 1);
    }
  });

  test('has a session on each sort of charger, of the older ones across the outage too', () => {
    const sortsOf = (deeds: readonly Deed[]) =>
      new Set(deeds.flatMap((deed) => ('charger' in deed ? (mixedMakes[deed.charger]?.sort ?? []) : [])));
    const plugged = script.filter(({ deed }) => deed.kind === 'plugIn');
    expect(sortsOf(plugged.map(({ deed }) => deed))).toEqual(new Set(['1.6-S', '1.6-J', '1.5-S', '1.2-S']));
    const before = sortsOf(plugged.filter(({ at }) => at < off).map(({ deed }) => deed));
    const unplugged = script.filter(({ at, deed }) => deed.kind === 'unplug' && at > off).map(({ deed }) => deed);
    for (const sort of ['1.5-S', '1.2-S'] as const) expect(before.has(sort) && sortsOf(unplugged).has(sort)).toBe(true);
  });

  test('yields at least 50 transaction messages whatever its length', () => {
    expect(messagesOfScript()).toBeGreaterThanOrEqual(50);
  });
});

/** Starts and stops, and a reading for each whole sample interval of each session. */
function messagesOfScript(): number {
  const begun = new Map<string, number>();
  let messages = 0;
  for (const { at, deed } of script) {
    const place = 'connector' in deed ? `${deed.charger}/${deed.connector}` : '';
    if (deed.kind === 'plugIn') begun.set(place, at);
    if (deed.kind !== 'unplug' && deed.kind !== 'remoteStop') continue;
    messages += 2 + Math.floor((at - (begun.get(place) ?? at)) / sampleInterval);
    begun.delete(place);
  }
  return messages;
}
