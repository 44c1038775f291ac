import type { Judgement } from './judge.ts';

/** A difference in whether a document is refused, which is known and explained. */
export type Difference = {
  readonly kind: 'onlyFastRefuses' | 'onlyReferenceRefuses';
  /** What the refusing decoder says. */
  readonly reason: RegExp;
  /** What the document must hold for the explanation to be true. */
  readonly holds: RegExp;
  readonly why: string;
};

/**
 * Every difference that ever came up. But for the last, all are what XML 1.0 forbids, and fast-xml-parser lets pass and
 * reads as if it were not there.
 */
export const differences: readonly Difference[] = [
  {
    kind: 'onlyFastRefuses',
    reason: /: the XML declaration$/,
    holds: /^\s*<\?xml\s/,
    why: 'the package skips whatever stands between `<?xml` and `?>` (XML 1.0 §2.8)',
  },
  {
    kind: 'onlyFastRefuses',
    reason:
      /: (?:a processing instruction|the name ".*"|no > where it must be|no blank before an attribute)$|not ended where/s,
    holds: /<[^<>]*[\u00a0\u2028]/,
    why: 'within tags, it takes blanks of Unicode for blanks of XML (XML 1.0 §2.3)',
  },
  {
    kind: 'onlyFastRefuses',
    reason: /: (?:no blank before an attribute|the name "")$/,
    holds: /<[^<>]*["'\s]=/,
    why: 'it skips a `=` behind an attribute (XML 1.0 §3.1)',
  },
  {
    kind: 'onlyReferenceRefuses',
    reason: /^not well-formed XML$/,
    holds: /__proto__/,
    why: 'it does not read the attribute name `__proto__`',
  },
];

/** Undefined for what nobody has explained yet. */
export function explanationOf(xml: string, judgement: Judgement): Difference | undefined {
  if (!('reason' in judgement)) return undefined;
  const { kind, reason } = judgement;
  return differences.find((known) => known.kind === kind && known.reason.test(reason) && known.holds.test(xml));
}
