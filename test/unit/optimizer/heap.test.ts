import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Heap } from '../../../optimizer/heap.ts';

/** A key that may change while it is on top. */
type Item = { key: number };

const before = (a: Item, b: Item) => a.key < b.key;

test('whatever is pushed, taken or changed, the smallest is on top', () => {
  const change = fc.record({ kind: fc.constantFrom('push', 'pop', 'settle'), key: fc.nat(50) });
  fc.assert(
    fc.property(fc.array(fc.nat(50)), fc.array(change, { maxLength: 60 }), (keys, changes) => {
      let model: Item[] = keys.map((key) => ({ key }));
      const heap = new Heap(before, model);
      for (const { kind, key } of changes) {
        const { top } = heap;
        if (kind === 'push') {
          const item = { key };
          model.push(item);
          heap.push(item);
        } else if (kind === 'pop') {
          heap.pop();
          model = model.filter((item) => item !== top);
        } else if (top !== undefined) {
          top.key += key;
          heap.settleTop();
        }
        const least = model.length === 0 ? undefined : Math.min(...model.map((item) => item.key));
        expect(heap.top?.key).toBe(least);
      }
    }),
  );
});
