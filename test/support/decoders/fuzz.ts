import { type Difference, differences, explanationOf } from './differences.ts';
import { validEnvelopes } from './envelopes.ts';
import { type Judgement, judge } from './judge.ts';
import { mutate } from './mutations.ts';
import { seeded } from './random.ts';

export type FuzzResult = {
  readonly bothRead: number;
  readonly bothRefuse: number;
  readonly explained: ReadonlyMap<Difference, number>;
  /** What must not be: other values, or a difference in refusing that is not in the list. */
  readonly unexplained: readonly { readonly xml: string; readonly judgement: Judgement }[];
};

/** Changes valid envelopes of all versions, the same way for the same seed, and has both decoders read each. */
export function fuzzDecoders(documents: number, seed: number): FuzzResult {
  const random = seeded(seed);
  const explained = new Map<Difference, number>(differences.map((difference) => [difference, 0]));
  const unexplained: { readonly xml: string; readonly judgement: Judgement }[] = [];
  const agreed = { bothRead: 0, bothRefuse: 0 };
  for (let count = 0; count < documents; count += 1) {
    const xml = mutate(validEnvelopes, random);
    const judgement = judge(xml);
    if (judgement.kind === 'bothRead' || judgement.kind === 'bothRefuse') {
      agreed[judgement.kind] += 1;
      continue;
    }
    const difference = explanationOf(xml, judgement);
    if (difference === undefined) unexplained.push({ xml, judgement });
    else explained.set(difference, (explained.get(difference) ?? 0) + 1);
  }
  return { ...agreed, explained, unexplained };
}
