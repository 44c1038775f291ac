/** What must be given back, last come first served; run once. */
export class Ending {
  readonly #steps: (() => unknown)[] = [];
  #done: Promise<void> | undefined;

  first(step: () => unknown): void {
    this.#steps.unshift(step);
  }

  run(): Promise<void> {
    this.#done ??= this.#run();
    return this.#done;
  }

  async #run(): Promise<void> {
    for (const step of this.#steps) await step();
  }
}
