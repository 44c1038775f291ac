import { describe, expect, test } from 'vitest';
import { OcppError } from '../../../../src/ocpp/errors.ts';
import { KnownSite, morningS } from './known-site.ts';

const hourS = 3600;

describe('what is wanted for a session', () => {
  const drivers = new Map([['tag-1', { energyKwh: 30, stayHours: 2, priority: 3 }]]);
  const data = JSON.stringify({ connectorId: 1, departure: '2026-03-02T12:00:00Z', energyKwh: 40 });

  test('is, field by field, of the API, the charger, the driver, the default', () => {
    const site = new KnownSite({ drivers });
    site.begin();
    expect(site.session).toMatchObject({
      energyKwh: 30,
      departureS: morningS + 2 * hourS,
      priority: 3,
      maxCurrentA: 16,
    });
    expect(site.hear('DataTransfer', { vendorId: 'org.ocpp-edge', messageId: 'SessionTarget', data })).toBe('session');
    expect(site.session).toMatchObject({ energyKwh: 40, departureS: morningS + 6 * hourS, priority: 3 });
    expect(site.inputs.target({ chargePoint: 'cp-1', connector: 1, energyKwh: 50, phases: 1 }, site.nowS)).toBe(
      'session',
    );
    expect(site.session).toMatchObject({ energyKwh: 50, departureS: morningS + 6 * hourS, phases: 1 });
    expect(site.inputs.target({ chargePoint: 'cp-1', connector: 1, energyKwh: 50, phases: 1 }, site.nowS)).toBe(
      'nothing',
    );
    site.pass(hourS);
    site.stop(71);
    site.begin('cp-1', { idTag: 'unknown' });
    expect(site.session).toMatchObject({ energyKwh: 20, phases: 3 });
  });

  test('may be said before the car is there, but not of one that came after its departure', () => {
    const site = new KnownSite();
    site.inputs.target({ chargePoint: 'cp-1', connector: 1, departureS: morningS + hourS, energyKwh: 7 }, site.nowS);
    site.facts('cp-1', []);
    site.pass(2 * hourS);
    site.begin();
    expect(site.session).toMatchObject({ energyKwh: 7, departureS: site.nowS + 8 * hourS });
  });

  test.each([
    ['2026-03-28T20:00:00Z', 7 * 60, '2026-03-29T05:00:00Z'],
    ['2026-10-24T20:00:00Z', 7 * 60, '2026-10-25T06:00:00Z'],
    ['2026-03-28T20:00:00Z', 150, '2026-03-29T01:30:00Z'],
    ['2026-03-02T06:00:00Z', 7 * 60, '2026-03-03T06:00:00Z'],
  ])(
    'a driver who comes at %s and leaves at minute %i of the local day leaves at %s',
    (since, departureMinute, leaves) => {
      const site = new KnownSite({ drivers: new Map([['tag-1', { departureMinute }]]) });
      site.nowS = Date.parse(since) / 1000;
      site.begin();
      expect(new Date(site.session.departureS * 1000).toISOString()).toBe(leaves.replace('Z', '.000Z'));
    },
  );

  test('a driver of whom three stays are known stays for their median', () => {
    const site = new KnownSite();
    for (const hours of [1, 5, 0.01, 3]) {
      site.begin();
      expect(site.session.departureS).toBe(site.nowS + 8 * hourS);
      site.pass(hours * hourS);
      site.stop(71);
      expect(site.status('Available')).toBe('nothing');
      site.pass(1);
    }
    site.begin('cp-1', { idTag: 'tag-1' });
    expect(site.session.departureS).toBe(site.nowS + 3 * hourS);
    expect(site.inputs.memory().stays).toEqual({ 'tag-1': [1, 5, 3] });
  });

  test('is not told by DataTransfer of other vendors, or of other things', () => {
    const site = new KnownSite();
    for (const [vendorId, messageId] of [
      ['com.example', 'SessionTarget'],
      ['org.ocpp-edge', 'Other'],
    ]) {
      expect(site.hear('DataTransfer', { vendorId, messageId, data: '{"energyKwh":5}' })).toBe('nothing');
    }
    expect(site.inputs.memory().chargerTargets).toEqual({});
    site.hear('DataTransfer', { vendorId: 'Org.OCPP-edge', messageId: 'SessionTarget', data: '{"energyKwh":5}' });
    expect(site.inputs.memory().chargerTargets).toEqual({
      'cp-1/1': { chargePoint: 'cp-1', connector: 1, energyKwh: 5 },
    });
  });

  test.each([
    ['{', 'data: expected a JSON object'],
    ['[1]', 'data'],
    [undefined, 'data'],
    [JSON.stringify({ connectorId: 9 }), 'connector'],
    [JSON.stringify({ departure: 'soon' }), 'data.departure'],
    [JSON.stringify({ departure: '2020-01-01T00:00:00Z' }), 'departureS'],
    [JSON.stringify({ energyKwh: -1 }), 'energyKwh'],
  ])('DataTransfer of %s is refused with what is wrong', (bad, named) => {
    const site = new KnownSite();
    const told = () => site.hear('DataTransfer', { vendorId: 'org.ocpp-edge', messageId: 'SessionTarget', data: bad });
    expect(told).toThrow(OcppError);
    expect(told).toThrow(named);
  });

  test.each([
    { departureS: Number.NaN },
    { departureS: morningS - 1 },
    { departureS: morningS * 1000 },
    { energyKwh: Number.POSITIVE_INFINITY },
    { maxCurrentA: -6 },
    { priority: 1.5 },
    { priority: 1000 },
    { connector: 3 },
    { chargePoint: 'elsewhere' },
  ])('a target with %j is refused', (bad) => {
    const site = new KnownSite();
    expect(() => site.inputs.target({ chargePoint: 'cp-1', connector: 1, ...bad }, site.nowS)).toThrow(OcppError);
    expect(site.inputs.memory().targets).toEqual({});
  });
});
