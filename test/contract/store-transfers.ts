import { describe, expect, test } from 'vitest';
import type { NewTransfer, Transfer, TransferStore } from '../../src/transfers/jobs/ports.ts';
import { type OpenSubject, useStore } from './store-subject.ts';

const asked = (station: string): NewTransfer => ({
  kind: 'firmware',
  state: 'accepted',
  station,
  askedBy: 'csms',
  open: true,
  createdAtMs: 1_000,
  changedAtMs: 1_000,
  request: { retrieveDate: '2026-03-01T12:00:00Z', retries: 2 },
  location: 'https://user:secret@images.example.com/a.bin?key=1',
  tellings: 0,
  offers: 0,
  sentBytes: 0,
  afterOffer: false,
});

async function added(store: TransferStore, job: NewTransfer): Promise<Transfer> {
  const recorded = await store.transfer(await store.addTransfer(job));
  if (recorded === undefined) throw new Error('the job was not kept');
  return recorded.transfer;
}

/** Jobs of transfers are remembered as they are. */
export function transferContract(open: OpenSubject): void {
  describe('jobs of transfers', () => {
    const opened = useStore(open);

    test('a job is kept as it came, under a number of its own', async () => {
      const { store } = opened();
      const job = await added(store, asked('CP 1'));
      expect(job).toEqual({ ...asked('CP 1'), id: job.id });
      expect((await added(store, asked('CP 2'))).id).toBeGreaterThan(job.id);
    });

    test('what changes replaces what was; a value that goes is gone', async () => {
      const { store } = opened();
      const job = await added(store, { ...asked('CP 1'), reason: 'waits' });
      const { reason: _gone, ...rest } = job;
      await store.saveTransfer({ ...rest, tellings: 1, told: 'Downloading' }, []);
      expect((await store.transfer(job.id))?.transfer).toEqual({ ...rest, tellings: 1, told: 'Downloading' });
    });

    test('lists are of a station, or of what is open, newest first', async () => {
      const { store } = opened();
      const [first, second, third] = [
        await added(store, asked('CP 1')),
        await added(store, asked('CP 2')),
        await added(store, asked('CP 1')),
      ];
      await store.saveTransfer({ ...first, open: false }, []);
      const ids = async (filter: Parameters<TransferStore['transfers']>[0]) =>
        (await store.transfers(filter)).map(({ id }) => id);
      expect(await ids({})).toEqual([third.id, second.id, first.id]);
      expect(await ids({ station: 'CP 1' })).toEqual([third.id, first.id]);
      expect(await ids({ open: true })).toEqual([third.id, second.id]);
      expect(await ids({ open: false, station: 'CP 2' })).toEqual([]);
      expect(await ids({ station: 'CP 3' })).toEqual([]);
    });

    test('a transcript grows at its end, and keeps its last 500 lines', async () => {
      const { store } = opened();
      const job = await added(store, asked('CP 1'));
      const some = (from: number, count: number) =>
        Array.from({ length: count }, (_, index) => ({ atMs: from + index, text: `line ${from + index}` }));
      await store.saveTransfer(job, some(1, 2));
      await store.saveTransfer(job, some(3, 1));
      expect((await store.transfer(job.id))?.lines.map(({ text }) => text)).toEqual(['line 1', 'line 2', 'line 3']);
      await store.saveTransfer(job, some(4, 499));
      const lines = (await store.transfer(job.id))?.lines ?? [];
      expect([lines.length, lines[0]?.text, lines.at(-1)?.text]).toEqual([500, 'line 3', 'line 502']);
    });

    test('pruning forgets what ended before, with its transcript, and nothing that is open', async () => {
      const { store } = opened();
      const [old, recent, running] = [
        await added(store, asked('CP 1')),
        await added(store, asked('CP 2')),
        await added(store, asked('CP 3')),
      ];
      await store.saveTransfer({ ...old, open: false, changedAtMs: 10 }, [{ atMs: 1, text: 'over' }]);
      await store.saveTransfer({ ...recent, open: false, changedAtMs: 30 }, []);
      await store.saveTransfer({ ...running, changedAtMs: 10 }, []);
      await store.pruneTransfers(20);
      expect((await store.transfers({})).map(({ id }) => id)).toEqual([running.id, recent.id]);
      expect(await store.transfer(old.id)).toBeUndefined();
      await store.saveTransfer(old, [{ atMs: 2, text: 'late' }]);
      expect(await store.transfer(old.id)).toBeUndefined();
    });
  });
}
