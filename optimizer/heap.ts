/** A binary heap: what comes before all else is on top; each change costs O(log n). */
export class Heap<T> {
  readonly #before: (a: T, b: T) => boolean;
  readonly #items: T[] = [];

  constructor(before: (a: T, b: T) => boolean, items: Iterable<T>) {
    this.#before = before;
    for (const item of items) this.push(item);
  }

  get top(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    let hole = items.length;
    while (hole > 0) {
      const above = (hole - 1) >> 1;
      const parent = items[above];
      if (parent === undefined || !this.#before(item, parent)) break;
      items[hole] = parent;
      hole = above;
    }
    items[hole] = item;
  }

  /** Takes the top away. */
  pop(): void {
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) this.#sink(last);
  }

  /** The top has changed and may belong further down. */
  settleTop(): void {
    const { top } = this;
    if (top !== undefined) this.#sink(top);
  }

  /** Puts the item where it belongs at or below the top, whose place is free. */
  #sink(item: T): void {
    const items = this.#items;
    let hole = 0;
    for (let below = 1; below < items.length; below = 2 * hole + 1) {
      const left = items[below];
      const right = items[below + 1];
      const isRight = left !== undefined && right !== undefined && this.#before(right, left);
      const child = isRight ? right : left;
      if (child === undefined || !this.#before(child, item)) break;
      items[hole] = child;
      hole = isRight ? below + 1 : below;
    }
    items[hole] = item;
  }
}
