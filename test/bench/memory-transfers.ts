import type {
  NewTransfer,
  Recorded,
  Transfer,
  TransferFilter,
  TranscriptLine,
  TransferStore,
} from '../../src/transfers/jobs/ports.ts';

const mostLines = 500;

/** Jobs of transfers, without a disk. */
export class MemoryTransfers implements TransferStore {
  readonly #jobs = new Map<number, Recorded>();
  #lastId = 0;

  async addTransfer(transfer: NewTransfer): Promise<number> {
    this.#lastId += 1;
    this.#jobs.set(this.#lastId, { transfer: { ...transfer, id: this.#lastId }, lines: [] });
    return this.#lastId;
  }

  async saveTransfer(transfer: Transfer, lines: readonly TranscriptLine[]): Promise<void> {
    const before = this.#jobs.get(transfer.id);
    if (before !== undefined) {
      this.#jobs.set(transfer.id, { transfer, lines: [...before.lines, ...lines].slice(-mostLines) });
    }
  }

  async transfers({ station, open }: TransferFilter): Promise<readonly Transfer[]> {
    return [...this.#jobs.values()]
      .map(({ transfer }) => transfer)
      .filter((job) => (station === undefined || job.station === station) && (open === undefined || job.open === open))
      .toReversed();
  }

  async transfer(id: number): Promise<Recorded | undefined> {
    return this.#jobs.get(id);
  }

  async pruneTransfers(beforeMs: number): Promise<void> {
    for (const [id, { transfer }] of this.#jobs) {
      if (!transfer.open && transfer.changedAtMs < beforeMs) this.#jobs.delete(id);
    }
  }
}
