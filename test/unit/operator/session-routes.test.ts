import { describe, expect, test } from 'vitest';
import { startPayload, stopPayload } from '../../support/transaction-payloads.ts';
import { meterValues, useViewStage } from './view-stage.ts';

const stage = useViewStage();

describe('GET /api/sessions', () => {
  test('one that runs shows what it got so far, one that ended how', async () => {
    const transactionId = await stage().begin();
    await stage().h.asks('MeterValues', meterValues(transactionId, '4200'));
    expect((await stage().json('/api/sessions')).value).toMatchObject({
      sessions: [{ charger: 'CP1', idTag: '…-1', meterStartWh: 1000, energyWh: 3200, running: true }],
    });
    await stage().h.asks('StopTransaction', { ...stopPayload(transactionId, 9000), reason: 'EVDisconnected' });
    const { value } = await stage().json('/api/sessions');
    expect(value).toEqual({
      sessions: [
        {
          id: expect.any(Number),
          charger: 'CP1',
          connector: 1,
          site: 'yard',
          idTag: '…-1',
          startedAt: '2026-03-01T12:00:00Z',
          stoppedAt: '2026-03-01T12:30:00Z',
          meterStartWh: 1000,
          meterStopWh: 9000,
          energyWh: 8000,
          stopReason: 'EVDisconnected',
          chargerTxId: transactionId,
          csmsTxId: expect.any(String),
          offline: false,
          running: false,
        },
      ],
    });
  });

  test('page by page, and by what is asked for', async () => {
    for (const minute of [1, 2, 3]) {
      const timestamp = `2026-03-01T12:0${minute}:00Z`;
      const { transactionId } = await stage().h.asks('StartTransaction', startPayload(minute, timestamp, minute));
      if (minute < 3) await stage().h.asks('StopTransaction', stopPayload(Number(transactionId), 2000, timestamp));
    }
    const connectors = async (query: string) =>
      (await stage().json(`/api/sessions?${query}`)).value.sessions.map(
        ({ connector }: { connector: number }) => connector,
      );
    const first = (await stage().json('/api/sessions?limit=2')).value;
    expect(first.sessions).toHaveLength(2);
    expect(await connectors(`limit=2&before=${first.before}`)).toEqual([1]);
    expect((await stage().json(`/api/sessions?before=${first.before}`)).value).not.toHaveProperty('before');
    expect(await connectors('charger=cp1&running=true')).toEqual([3]);
    expect(await connectors('site=yard&from=2026-03-01T12:02:00Z')).toEqual([3, 2]);
    expect(await connectors(`to=${Date.parse('2026-03-01T12:02:00Z')}`)).toEqual([1]);
    expect(await connectors('charger=nobody')).toEqual([]);
    expect(await connectors('site=other')).toEqual([]);
  });

  test.each(['limit=0', 'limit=501', 'before=-1', 'from=noon', 'running=perhaps'])('%s is refused', async (query) => {
    const [name = ''] = query.split('=');
    expect(await stage().json(`/api/sessions?${query}`)).toMatchObject({
      status: 400,
      value: { error: expect.stringContaining(`${name}: expected`) },
    });
  });

  test('as a table with the same filters', async () => {
    const transactionId = await stage().begin();
    await stage().h.asks('StopTransaction', stopPayload(transactionId, 9000));
    await stage().h.asks('StartTransaction', startPayload(0, '2026-03-01T13:00:00Z', 2));
    const table = async (query = '') => {
      const { body, headers } = await stage().ask(`/api/sessions.csv${query}`);
      return { lines: body.kind === 'text' ? body.text.split('\r\n') : [], headers };
    };
    const all = await table();
    expect(all.lines).toHaveLength(4);
    expect(all.lines[0]).toMatch(/^id,charger,connector,site,idTag,startedAt,/);
    expect(all.lines[2]).toContain(',CP1,1,yard,…-1,2026-03-01T12:00:00Z,2026-03-01T12:30:00Z,1000,9000,8000,');
    expect(all.headers).not.toHaveProperty('x-before');
    expect((await table('?running=true')).lines).toHaveLength(3);
    const cut = await table('?limit=1');
    expect(cut.lines).toHaveLength(3);
    expect((await table(`?before=${cut.headers?.['x-before']}`)).lines[1]).toContain(',CP1,1,');
  });
});
