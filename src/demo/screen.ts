/** The size of a terminal, read at each drawing since it may change. */
export type Terminal = { readonly columns?: number | undefined; readonly rows?: number | undefined };

/** A picture on a terminal that is drawn over itself. */
export class Screen {
  readonly #terminal: Terminal;
  readonly #write: (text: string) => void;
  #drawnLines = 0;

  constructor(terminal: Terminal, write: (text: string) => void) {
    this.#terminal = terminal;
    this.#write = write;
  }

  /** Replaces the picture; what does not fit on the terminal is cut. */
  draw(lines: readonly string[]): void {
    const { columns = 80, rows = 40 } = this.#terminal;
    const fitting = lines.slice(0, rows - 1).map((line) => line.slice(0, columns - 1));
    this.#write(`${this.#toTop()}${fitting.join('\n')}\n`);
    this.#drawnLines = fitting.length;
  }

  // Control sequences of ECMA-48: cursor up n lines (CUU), erase to the end of the display (ED 0).
  #toTop(): string {
    return this.#drawnLines === 0 ? '' : `\u001B[${this.#drawnLines}A\u001B[0J`;
  }
}
