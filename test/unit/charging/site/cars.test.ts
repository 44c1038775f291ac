import { describe, expect, test } from 'vitest';
import { KnownSite } from './known-site.ts';

function chargingAt(currentA: number): KnownSite {
  const site = new KnownSite();
  site.begin();
  site.allow(currentA);
  return site;
}

describe('a car that takes less than it may', () => {
  test('for three minutes gives the rest back, but for a margin', () => {
    const site = chargingAt(16);
    const news = site.currentsFor(180, 9, 9, 8.8);
    expect(new Set(news)).toEqual(new Set(['nothing']));
    expect(site.session.maxCurrentA).toBe(16);
    expect(site.currentsFor(30, 8.7, 8.7, 8.7)).toEqual(['drift']);
    expect(site.session.maxCurrentA).toBe(10);
    expect(site.currentsFor(30, 9, 9, 9)).toEqual(['nothing']);
  });

  test('keeps all of it if it took it once meanwhile', () => {
    const site = chargingAt(16);
    site.currentsFor(150, 9, 9, 9);
    site.currentsFor(30, 15.5, 15.5, 15.5);
    site.currentsFor(150, 9, 9, 9);
    expect(site.session.maxCurrentA).toBe(16);
  });

  test('keeps all of it for another three minutes after it was allowed more', () => {
    const site = chargingAt(10);
    site.currentsFor(150, 8, 8, 8);
    site.allow(16);
    site.currentsFor(120, 8, 8, 8);
    expect(site.session.maxCurrentA).toBe(16);
    site.currentsFor(90, 8, 8, 8);
    expect(site.session.maxCurrentA).toBe(9);
  });

  test('gives back more as it tapers, and never falls below the minimum of its connector', () => {
    const site = chargingAt(16);
    site.currentsFor(240, 12, 12, 12);
    expect(site.session.maxCurrentA).toBeCloseTo(13.2);
    site.currentsFor(420, 9, 9, 9);
    expect(site.session.maxCurrentA).toBe(10);
    site.currentsFor(420, 3, 3, 3);
    expect(site.session.maxCurrentA).toBe(6);
  });

  test('has it again as soon as it takes nearly all that it was held to', () => {
    const site = chargingAt(16);
    site.currentsFor(240, 9, 9, 9);
    expect(site.session.maxCurrentA).toBe(10);
    site.allow(10);
    expect(site.currentsFor(30, 9.8, 9.8, 9.8)).toEqual(['drift']);
    expect(site.session.maxCurrentA).toBe(16);
  });

  test('is tried again after half an hour: it may know only whole steps', () => {
    const site = chargingAt(16);
    site.currentsFor(210, 9, 9, 9);
    site.currentsFor(1770, 9, 9, 9);
    expect(site.session.maxCurrentA).toBe(10);
    site.currentsFor(60, 9, 9, 9);
    expect(site.session.maxCurrentA).toBe(16);
    site.currentsFor(240, 9, 9, 9);
    expect(site.session.maxCurrentA).toBe(10);
  });

  test('is not judged while nobody knows what it may, or it may nothing', () => {
    const unplanned = new KnownSite();
    unplanned.begin();
    unplanned.currentsFor(600, 9, 9, 9);
    expect(unplanned.session.maxCurrentA).toBe(16);
    const paused = chargingAt(0);
    paused.currentsFor(600, 0, 0, 0);
    expect(paused.session.maxCurrentA).toBe(16);
  });

  test('is not judged by its power alone as if it had three phases', () => {
    const site = chargingAt(16);
    for (let minute = 0; minute < 10; minute += 1) {
      site.pass(60);
      site.meter(['Power.Active.Import', '3680']);
    }
    expect(site.session).toMatchObject({ maxCurrentA: 16, phases: 3 });
  });

  test('begins anew with the next session', () => {
    const site = chargingAt(16);
    site.currentsFor(240, 9, 9, 9);
    site.stop(71);
    site.begin('cp-1', { transactionId: 72 });
    expect(site.session.maxCurrentA).toBe(16);
  });
});

describe('a car that takes nothing', () => {
  test('keeps the minimum, behind all others, and needs no more than was guessed', () => {
    const site = chargingAt(16);
    site.start(0);
    site.currentsFor(60, 16, 16, 16);
    site.pass(5000);
    site.meter([undefined, '19000']);
    site.status('SuspendedEV');
    site.pass(240);
    expect(site.session).toMatchObject({ maxCurrentA: 6, priority: 0, energyKwh: 20, isCharging: false });
  });

  test('has everything again when its connector says that it charges', () => {
    const site = chargingAt(16);
    site.status('SuspendedEV');
    site.pass(240);
    expect(site.session.maxCurrentA).toBe(6);
    expect(site.status('Charging')).toBe('drift');
    expect(site.session).toMatchObject({ maxCurrentA: 16, priority: 1 });
  });

  test('because its charger pauses it says nothing of itself', () => {
    const site = chargingAt(16);
    site.status('SuspendedEVSE');
    site.currentsFor(600, 0, 0, 0);
    expect(site.session).toMatchObject({ maxCurrentA: 16, priority: 1 });
  });
});

describe('the phases of a car', () => {
  test('are those that it was measured on for a minute, if they are fewer', () => {
    const site = chargingAt(16);
    expect(site.currentsFor(60, 16, 0.1, 0)).toEqual(['nothing', 'nothing']);
    expect(site.session.phases).toBe(3);
    expect(site.currentsFor(30, 16, 0.1, 0)).toEqual(['drift']);
    expect(site.session.phases).toBe(1);
    expect(site.plan().connectors[0]?.phases).toEqual(['L1']);
  });

  test('are more at once', () => {
    const site = chargingAt(16);
    site.currentsFor(120, 16, 0, 0);
    expect(site.session.phases).toBe(1);
    expect(site.currentsFor(30, 16, 16, 0)).toEqual(['drift']);
    expect(site.session.phases).toBe(2);
  });

  test('are not told by a trickle', () => {
    const site = chargingAt(16);
    site.currentsFor(600, 2, 0, 0);
    expect(site.session.phases).toBe(3);
  });
});
