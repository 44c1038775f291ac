import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Folder → what it may import besides itself; the table of docs/architecture.md. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  optimizer: [],
  'src/ocpp': [],
  'src/gateway': ['src/ocpp'],
  'src/front-door': [],
  'src/ocpp-s': ['src/ocpp', 'src/front-door', 'src/gateway/ports.ts'],
  'src/ocpp-j': ['src/ocpp', 'src/front-door', 'src/gateway/ports.ts'],
  'src/store': [
    'src/ocpp',
    'src/gateway/ports.ts',
    'src/gateway/store-port.ts',
    'src/charging/ports.ts',
    'src/charging/site/ports.ts',
    'src/transfers/jobs/ports.ts',
    'src/transfers/campaigns/ports.ts',
    'src/timetable/ports.ts',
    'src/threads',
  ],
  'src/operator': [
    'src/ocpp',
    'src/front-door',
    'src/gateway/ports.ts',
    'src/gateway/networks.ts',
    'src/gateway/store-port.ts',
    'src/gateway/operator-port.ts',
    'src/gateway/charger-details.ts',
    'src/gateway/inspection-port.ts',
    'src/charging/site/ports.ts',
    'src/charging/site/forms.ts',
    'src/charging/site/meter-values.ts',
    'src/transfers/jobs/ports.ts',
    'src/transfers/campaigns/ports.ts',
    'src/timetable/ports.ts',
    'src/telemetry/ports.ts',
    'src/masking',
  ],
  'src/telemetry': [
    'src/gateway/ports.ts',
    'src/gateway/clock.ts',
    'src/charging/site/ports.ts',
    'src/store/errors.ts',
    'src/threads',
    'src/masking',
  ],
  'src/threads': ['src/gateway/ports.ts'],
  'src/masking': [],
  'src/charging': ['optimizer', 'src/ocpp', 'src/gateway/ports.ts', 'src/gateway/charging-port.ts'],
  'src/controller': [
    'src/ocpp',
    'src/gateway/ports.ts',
    'src/gateway/link-keys.ts',
    'src/charging/site/ports.ts',
    'src/charging/configuration.ts',
  ],
  'src/config': ['optimizer'],
  'src/transfers': [
    'src/ocpp',
    'src/front-door',
    'src/gateway/ports.ts',
    'src/gateway/networks.ts',
    'src/gateway/transfers-port.ts',
  ],
  'src/timetable': ['src/gateway/ports.ts'],
  'src/demo': ['src/ocpp'],
  'src/console': ['src/operator/views'],
};
const free = ['src/cli', 'src/main', 'src/main.ts', 'src/cli.ts'];

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '');
  return specifiers.map((specifier) => relative(root, resolve(root, dirname(file), specifier)));
}

const within = (path: string, place: string) => path === place || path.startsWith(`${place}/`);

test('every folder imports only what docs/architecture.md allows', () => {
  const files = [...sources('src'), ...sources('optimizer')];
  expect(files.length).toBeGreaterThan(20);
  const owners = [...Object.keys(mayImport), ...free];
  const homeless = files.filter((file) => !owners.some((owner) => within(file, owner)));
  const broken = Object.entries(mayImport).flatMap(([folder, allowed]) => {
    const inside = files.filter((file) => within(file, folder));
    return inside.flatMap((file) =>
      importsOf(file)
        .filter((target) => ![folder, ...allowed].some((place) => within(target, place)))
        .map((target) => `${file} imports ${target}`),
    );
  });
  expect({ homeless, broken }).toEqual({ homeless: [], broken: [] });
});

test('the console takes nothing but types from the operator, and nothing of Node', () => {
  const texts = sources('src/console').map((file) => [file, readFileSync(join(root, file), 'utf8')] as const);
  expect(texts.some(([file]) => file.endsWith('.tsx'))).toBe(true);
  const broken = texts.flatMap(([file, text]) =>
    [...text.matchAll(/^import (?!type ).*?from '((?:.*\/operator\/|node:).*)';$/gm)].map(
      (match) => `${file}: ${match[0]}`,
    ),
  );
  expect(broken).toEqual([]);
});
