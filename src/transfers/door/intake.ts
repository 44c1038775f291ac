import { TransferError } from '../errors.ts';
import type { Collected, Foretell, Received } from '../ports.ts';
import type { Draft } from '../spool/draft.ts';
import { Turns } from '../turns.ts';

/** Who writes an upload just now. */
export interface Pen {
  /** Appends. Rejects with TransferError. */
  write(chunk: Uint8Array): Promise<void>;
  /** The sender says that this was all: makes it durable, and whole if `confirm` agrees. Puts the pen down in any case. */
  finish(confirm: (received: Received) => void | Promise<void>): Promise<void>;
  /** The transfer was cut: makes what came durable and puts the pen down. */
  drop(): Promise<void>;
}

/**
 * The one file that a charger brings for one job. A transfer has the pen while it writes. A new transfer takes the pen
 * away: the old one is cut and has written its last byte before the new one hears where the file ends, so that bytes of
 * a connection that the charger has given up on never land behind those of the next. The file is whole when a transfer
 * ended as a whole one, and no other has begun since.
 */
export class Intake {
  readonly #draft: Draft;
  readonly #promised: string | undefined;
  #name: string | undefined;
  #whole = false;
  #closed = false;
  /** Ends the transfer that has the pen, and resolves when it has put it down. */
  #interrupt: (() => Promise<void>) | undefined;
  /** Those who want the pen are served one after the other. */
  readonly #turns = new Turns();

  constructor(draft: Draft, promised: string | undefined, received: Received | undefined) {
    this.#draft = draft;
    this.#promised = promised;
    this.#name = received?.name;
    this.#whole = received !== undefined;
  }

  /** As the charger called it, or as it promised to. */
  get name(): string {
    return this.#name ?? this.#promised ?? 'upload.bin';
  }

  /** What is here, once nobody writes any more: a transfer that has the pen is cut. Undefined: nothing. */
  settled(): Promise<Received | undefined> {
    return this.#turns.take(async () => {
      await this.#interrupt?.();
      return this.#name === undefined || this.#closed ? undefined : { name: this.#name, bytes: this.#draft.bytes };
    });
  }

  /**
   * Begins to write at `offset`, or at the end. `cut` must end the writer's source and make it put the pen down. Rejects
   * with TransferError `Changed` when the file has fewer bytes, and `NotFound` when the upload is over.
   */
  begin(name: string, offset: number | 'end', cut: () => void): Promise<Pen> {
    return this.#turns.take(async () => {
      await this.#interrupt?.();
      if (this.#closed) throw new TransferError('NotFound', 'this upload is over');
      const known = this.#isOurs(name) ? this.#draft.bytes : 0;
      const at = offset === 'end' ? known : offset;
      if (at > known) throw new TransferError('Changed', `the file has ${known} bytes, and not ${at}`);
      this.#whole = false;
      this.#name = name;
      await this.#draft.rewind(at);
      return this.#newPen(cut);
    });
  }

  /** Ends the upload; the file goes into the spool if it is whole, and away if not. */
  collect(holder: string, foretell?: Foretell): Promise<Collected | undefined> {
    return this.#close(async () => {
      if (this.#whole) return { file: await this.#draft.commit(holder, foretell), name: this.name };
      await this.#draft.discard();
      return undefined;
    });
  }

  /** Ends the upload, and forgets what came. */
  discard(): Promise<void> {
    return this.#close(() => this.#draft.discard());
  }

  /** Leaves what came on disk, for the next run. */
  suspend(): Promise<void> {
    return this.#close(() => this.#draft.close());
  }

  #close<T>(end: () => Promise<T>): Promise<T | undefined> {
    return this.#turns.take(async () => {
      await this.#interrupt?.();
      if (this.#closed) return undefined;
      this.#closed = true;
      try {
        return await end();
      } catch (thrown) {
        this.#closed = false;
        throw thrown;
      }
    });
  }

  #isOurs(name: string): boolean {
    return this.#name === name && !this.#closed;
  }

  #newPen(cut: () => void): Pen {
    let release: () => void = () => undefined;
    const isDown = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#interrupt = () => {
      cut();
      return isDown;
    };
    const putDown = async (last: () => Promise<void>): Promise<void> => {
      try {
        await this.#draft.sync();
        await last();
      } finally {
        this.#interrupt = undefined;
        release();
      }
    };
    return {
      write: (chunk) => this.#draft.write(chunk),
      drop: () => putDown(() => Promise.resolve()),
      finish: (confirm) =>
        putDown(async () => {
          await confirm({ name: this.name, bytes: this.#draft.bytes });
          this.#whole = true;
        }),
    };
  }
}
