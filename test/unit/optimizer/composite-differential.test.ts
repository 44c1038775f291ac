import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compositeOf } from '../../../optimizer/composite.ts';
import { stacksOf } from '../../../optimizer/stacks.ts';
import { oraclePeriods } from '../../support/composite-oracle.ts';
import { randomStack, sceneOf, storeOf } from './stack-arbitrary.ts';

test('the sweep agrees with an oracle that looks at every second, on 6,000 random stacks', () => {
  fc.assert(
    fc.property(randomStack, (stack) => {
      const store = storeOf(stack);
      const { durationS, periods } = compositeOf(stacksOf(stack.station, store), stack.query);
      expect(durationS).toBe(stack.query.durationS);
      expect(periods).toEqual(oraclePeriods(sceneOf(stack.station, store), stack.query));
    }),
    { numRuns: 6000 },
  );
}, 120_000);
