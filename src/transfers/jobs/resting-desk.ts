import type { TransfersDesk, TransferStore, TransferWish } from './ports.ts';
import { viewOf } from './view.ts';

/** The operator's side of a data folder on which no gateway runs: what is on disk, to look at. */
export function restingDesk(store: Pick<TransferStore, 'transfer' | 'transfers'>): TransfersDesk {
  return {
    transfers: async (filter) => (await store.transfers(filter)).map(viewOf),
    transfer: async (id) => {
      const recorded = await store.transfer(id);
      return recorded && { transfer: viewOf(recorded.transfer), lines: recorded.lines };
    },
    retry: asleep,
    cancel: asleep,
    askDiagnostics: asleep,
    fileOf: () => Promise.resolve(undefined),
  };
}

const asleep = (): Promise<TransferWish> =>
  Promise.resolve({ kind: 'refused', reason: 'no gateway runs on this data folder' });
