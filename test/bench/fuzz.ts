import { parseArgs } from 'node:util';
import { fuzzDecoders } from '../support/decoders/fuzz.ts';

/**
 * `npm run bench:fuzz [-- --documents N --seed N]`: both decoders on changed envelopes. Prints Markdown; fails when they
 * read different values from a document, or when only one refuses it for a reason that is not in the list.
 */
const { values } = parseArgs({ options: { documents: { type: 'string' }, seed: { type: 'string' } } });
const documents = Number(values.documents ?? 200_000);
const seed = Number(values.seed ?? 1);

const { bothRead, bothRefuse, explained, unexplained } = fuzzDecoders(documents, seed);
const rows = [
  ['both read the same', bothRead],
  ['both refuse', bothRefuse],
  ...[...explained].map(([{ kind, why }, count]) => [`${kind}: ${why}`, count] as const),
  ['**other values, or a difference without explanation**', unexplained.length],
] as const;
const lines = rows.map(([what, count]) => `| ${what} | ${count.toLocaleString('en')} |`);
process.stdout.write(
  `### ${documents.toLocaleString('en')} changed envelopes, seed ${seed}\n\n| | documents |\n| --- | --- |\n${lines.join('\n')}\n`,
);
for (const { xml, judgement } of unexplained.slice(0, 10)) {
  process.stdout.write(`\n${JSON.stringify(judgement)}\n${JSON.stringify(xml)}\n`);
}
if (unexplained.length > 0) process.exitCode = 1;
