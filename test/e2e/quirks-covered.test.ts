import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const folder = fileURLToPath(new URL('.', import.meta.url));

test('each of the 36 quirks has its test', () => {
  const files = readdirSync(folder).filter((name) => /^quirks-\w+\.test\.ts$/.test(name));
  const titles = files.flatMap((name) => readFileSync(`${folder}${name}`, 'utf8').match(/'quirk \d+:/g) ?? []);
  const tested = new Set(titles.map((title) => Number(/\d+/.exec(title)?.[0])));
  expect([...tested].toSorted((one, other) => one - other)).toEqual(Array.from({ length: 36 }, (_, nth) => nth + 1));
});
