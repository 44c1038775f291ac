import type { Draft } from '../spool/draft.ts';
import type { Claim } from './integrity.ts';
import type { Version } from './versions.ts';

/**
 * A file that is being fetched, from attempt to attempt: the bytes so far and the version that they are of. Without a
 * version that can be compared, the next attempt begins at zero.
 */
export class Part {
  readonly draft: Draft;
  version: Version | undefined;
  claims: readonly Claim[] = [];
  /** Of the whole file, when the far side told it. */
  length: number | undefined;
  /** The end of the file was marked, though its length was not told (chunks). */
  endMarked = false;
  /** The bytes came over more than one connection. */
  joined = false;

  constructor(draft: Draft) {
    this.draft = draft;
  }

  /** Where the next attempt may go on, and with what; undefined: at zero. */
  get resumable(): { readonly from: number; readonly version: Version } | undefined {
    return this.draft.bytes > 0 && this.version !== undefined
      ? { from: this.draft.bytes, version: this.version }
      : undefined;
  }

  /** Begins again, with the version that is there now. */
  async restart(version: Version | undefined, length: number | undefined, claims: readonly Claim[]): Promise<void> {
    await this.draft.rewind(0);
    this.version = version;
    this.length = length;
    this.claims = claims;
    this.endMarked = false;
    this.joined = false;
  }

  /** Throws away all that is known. */
  forget(): Promise<void> {
    return this.restart(undefined, undefined, []);
  }
}
