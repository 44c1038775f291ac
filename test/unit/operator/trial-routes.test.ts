import { describe, expect, test } from 'vitest';
import type { Trial } from '../../../src/charging/site/ports.ts';
import { OcppError } from '../../../src/ocpp/errors.ts';
import { useViewStage } from './view-stage.ts';

const stage = useViewStage();

describe('POST /api/sites/:site/what-if', () => {
  const trying = (answer: () => Promise<Trial>) => {
    const tried: unknown[] = [];
    stage().sites = {
      ...stage().sites,
      status: (site) =>
        site === 'yard' ? { id: site, plan: undefined, alarms: [], measuredA: [0, 0, 0], installed: [] } : undefined,
      tryOut: (_, change) => {
        tried.push(change);
        return answer();
      },
    };
    return tried;
  };
  const path = '/api/sites/yard/what-if';

  test('the change is read as a scenario spells it', async () => {
    const tried = trying(async () => ({ kind: 'busy' }));
    const from = '2026-03-01T13:00:00Z';
    const sessions = [{ chargePoint: 'CP1', connector: 1, departure: from, energyKwh: 9 }];
    const body = { limitA: 40, sessions, prices: [{ from, perKwh: -0.1 }], peakPolicy: 'hard' };
    expect(await stage().json(path, 'POST', body)).toMatchObject({ status: 429 });
    const fromS = Date.parse(from) / 1000;
    expect(tried).toEqual([
      {
        limitA: 40,
        sessions: [{ chargePoint: 'CP1', connector: 1, departureS: fromS, energyKwh: 9 }],
        prices: [{ fromS, perKwh: -0.1 }],
        peakPolicy: 'hard',
      },
    ]);
  });

  test('a site that was not planned yet is 409, one that is not there 404', async () => {
    trying(async () => ({ kind: 'unplanned' }));
    expect(await stage().json(path, 'POST', {})).toMatchObject({ status: 409 });
    expect(await stage().json('/api/sites/other/what-if', 'POST', {})).toMatchObject({ status: 404 });
  });

  test.each([
    [{ limitA: -1 }, 'limitA: expected 0 or more, found -1'],
    [{ limitA: 'much', unmetPerKwh: 0 }, 'unmetPerKwh: expected more than 0, found 0'],
    [{ sessions: [{ connector: 0 }] }, 'sessions[0].connector: expected a whole number from 1 on'],
    [{ peakPolicy: 'x' }, 'peakPolicy: expected one of neverShort, soft, hard'],
    [{ limit: 3 }, 'limit'],
    [[], 'expected an object'],
  ])('%j is refused with the field that is wrong', async (body, words) => {
    trying(async () => ({ kind: 'busy' }));
    expect(await stage().json(path, 'POST', body)).toMatchObject({
      status: 400,
      value: { error: expect.stringContaining(words) },
    });
  });

  test('what the site objects to is refused as well', async () => {
    trying(async () => {
      throw new OcppError('PropertyConstraintViolation', 'connector: expected one of CP-A/1');
    });
    expect(await stage().json(path, 'POST', {})).toMatchObject({
      status: 400,
      value: { error: expect.stringContaining('CP-A/1') },
    });
  });
});
