/** A line is cut off here: the stack of an error with its causes takes 4 KB. */
const longestCharacters = 8_192;

/** The last lines of a log, in memory: for support, where nothing keeps what the gateway writes. */
export class LastLines {
  readonly #most: number;
  readonly #lines: string[] = [];
  #next = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(line: string): void {
    this.#lines[this.#next] = line.slice(0, longestCharacters).trimEnd();
    this.#next = (this.#next + 1) % this.#most;
  }

  /** Oldest first. */
  all(): readonly string[] {
    return [...this.#lines.slice(this.#next), ...this.#lines.slice(0, this.#next)];
  }
}
