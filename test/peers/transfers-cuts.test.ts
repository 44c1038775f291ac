import { expect, test } from 'vitest';
import { needs } from '../support/programs/program.ts';
import { cutKinds } from '../support/transfer-cuts.ts';

/** 13 × 8 = 104 cuts; `npm run bench:transfers` makes 1,000 of them. */
const cuts = 8;
const mostSentAgainBytes = 1_000_000;

test.for(cutKinds)(`$name: ${cuts} random cuts, no wrong byte`, { timeout: 60_000 }, async (kind, { skip }) => {
  needs(skip, ...kind.programs);
  const result = await kind.run(cuts);
  expect(result).toMatchObject({ cuts, wrong: false });
  expect(result.sentAgain).toBeLessThanOrEqual(cuts * mostSentAgainBytes);
});
