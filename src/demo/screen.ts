/** A stream for people: a terminal knows its size. */
export type Output = {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};

/** A picture on a terminal that is drawn over itself. */
export class Screen {
  readonly #output: Output;
  #drawnLines = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Replaces the picture; what does not fit on the terminal is cut. */
  draw(lines: readonly string[]): void {
    const width = this.#output.columns ?? 80;
    const fitting = lines.slice(0, (this.#output.rows ?? 40) - 1).map((line) => line.slice(0, width - 1));
    this.#output.write(`${this.#toTop()}${fitting.join('\n')}\n`);
    this.#drawnLines = fitting.length;
  }

  // Control sequences of ECMA-48: cursor up n lines (CUU), erase to the end of the display (ED 0).
  #toTop(): string {
    return this.#drawnLines === 0 ? '' : `\u001B[${this.#drawnLines}A\u001B[0J`;
  }
}
