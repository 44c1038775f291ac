import type { Payload } from '../../src/gateway/ports.ts';
import type { Appended, Completed, InboundEntry, Outcome } from '../../src/gateway/store-port.ts';
import { MemoryStore } from './memory-store.ts';

/**
 * The memory store in the rhythm of the real one: what one turn of the event loop asks for happens together at its end.
 * So the difference between "log off" and durable is the disk, not another order of work.
 */
export class TurnStore extends MemoryStore {
  #turn: Promise<void> | undefined;

  override async appendInbound(entry: InboundEntry): Promise<Appended> {
    await this.#endOfTurn();
    return super.appendInbound(entry);
  }

  override async complete(seq: number, epoch: number, outcome: Outcome): Promise<Completed> {
    await this.#endOfTurn();
    return super.complete(seq, epoch, outcome);
  }

  override async cacheAuthorization(
    station: string,
    idTag: string,
    idTagInfo: Payload,
    untilMs: number | undefined,
  ): Promise<void> {
    await this.#endOfTurn();
    return super.cacheAuthorization(station, idTag, idTagInfo, untilMs);
  }

  #endOfTurn(): Promise<void> {
    this.#turn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#turn = undefined;
        resolve();
      });
    });
    return this.#turn;
  }
}
