import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { record, listOf, text } from '../../../optimizer/reading.ts';
import { play } from '../../../src/cli/schedule/play.ts';
import { readScenario } from '../../../src/cli/schedule/scenario.ts';

/** Scenarios with their answers; the README beside the shared ones explains the fields. */
const own = fileURLToPath(new URL('../../vectors/composite/', import.meta.url));
const shared = fileURLToPath(new URL('../../../../shared/vectors/composite/', import.meta.url));

const vectorShape = record({ id: text, title: text, verdict: text });

function vectorsIn(folder: string): { readonly name: string; readonly value: unknown }[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.flatMap((file) => {
    const values: unknown = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'));
    return listOf((value) => value)(values, file).map((value) => {
      const { id, title, verdict } = vectorShape(value, file);
      return { name: `${id} (${verdict}): ${title}`, value };
    });
  });
}

/** What the vector says should come out, in the form of a result. */
function expectationOf(value: unknown): unknown {
  const { id, steps, expected = null } = value as { id: string; steps: { expect?: string }[]; expected?: unknown };
  return { id, steps: steps.map((step) => step.expect ?? null), answer: expected };
}

describe('every vector of the standard, its errata and the contested points', () => {
  const vectors = vectorsIn(own);
  test('there are some', () => expect(vectors.length).toBeGreaterThan(100));
  test.each(vectors)('$name', ({ value }) => {
    expect(play(readScenario(value, '')).result).toStrictEqual(expectationOf(value));
  });
});

describe.skipIf(!existsSync(shared))(
  'every vector made from the tests of other implementations (skipped: shared/vectors is not beside the checkout)',
  () => {
    const vectors = existsSync(shared) ? vectorsIn(shared) : [];
    test.each(vectors)('$name', ({ value }) => {
      expect(play(readScenario(value, '')).result).toStrictEqual(expectationOf(value));
    });
  },
);
