import { describe, expect, test } from 'vitest';
import type { SessionFilter } from '../../src/gateway/store-port.ts';
import { begun, kept, meterOf, startOf, stopOf } from './store-messages.ts';
import { type OpenSubject, useStore } from './store-subject.ts';

/** Transactions as people look for them. */
export function sessionContract(open: OpenSubject): void {
  describe('sessions', () => {
    const opened = useStore(open);
    const find = (filter: Partial<SessionFilter> = {}) => opened().store.sessions({ limit: 10, ...filter });

    test('one that runs has no end; one that ended shows how, and stays when its messages are gone', async () => {
      const { store, epoch } = opened();
      const { chargerTxId = 0 } = await begun(store, epoch, 1, '41');
      expect(await find()).toMatchObject([{ connector: 1, meterStart: 100, csmsTxId: '41', state: 'open', end: {} }]);
      await kept(store, meterOf(chargerTxId, 1));
      const end = { stoppedAt: '2026-03-01T13:00:00Z', meterStopWh: 7200, reason: 'EVDisconnected' };
      await kept(store, stopOf(chargerTxId, { transaction: { kind: 'stop', chargerTxId, ...end } }));
      expect(await find()).toMatchObject([{ state: 'stopped', end }]);
    });

    test('the first end that was told stays', async () => {
      const { store, epoch } = opened();
      const { chargerTxId = 0 } = await begun(store, epoch, 1, '41');
      const stop = (meterStopWh: number) =>
        kept(store, stopOf(chargerTxId, { transaction: { kind: 'stop', chargerTxId, meterStopWh } }));
      await stop(700);
      await stop(900);
      expect(await find()).toMatchObject([{ end: { meterStopWh: 700 } }]);
    });

    test('the newest first, page by page', async () => {
      const { store, epoch } = opened();
      for (const connector of [1, 2, 3]) await begun(store, epoch, connector, `4${connector}`);
      const first = await find({ limit: 2 });
      expect(first.map(({ connector }) => connector)).toEqual([3, 2]);
      const rest = await find({ limit: 2, before: first[1]?.id ?? 0 });
      expect(rest.map(({ connector }) => connector)).toEqual([1]);
    });

    test('by station, by when they began, and by whether they run', async () => {
      const { store, epoch } = opened();
      const { chargerTxId = 0 } = await begun(store, epoch, 1, '41');
      await kept(store, stopOf(chargerTxId));
      await kept(store, startOf(2, { station: 'CP 2' }));
      await kept(store, startOf(3, { station: 'CP 3' }));
      const connectors = async (filter: Partial<SessionFilter>) => (await find(filter)).map((one) => one.connector);
      expect(await connectors({ stations: ['CP 1'] })).toEqual([1]);
      expect(await connectors({ stations: ['CP 1', 'CP 3', 'CP 9'] })).toEqual([3, 1]);
      expect(await connectors({ stations: [] })).toEqual([]);
      expect(await connectors({ running: true })).toEqual([3, 2]);
      expect(await connectors({ running: false })).toEqual([1]);
      const secondMs = Date.parse('2026-03-01T12:00:02Z');
      expect(await connectors({ fromMs: secondMs })).toEqual([3, 2]);
      expect(await connectors({ toMs: secondMs })).toEqual([1]);
    });
  });
}
