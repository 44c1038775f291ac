import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { effectOf, type JsonSchema } from '../../../src/config/field.ts';
import { textFormats } from '../../../src/config/formats.ts';
import { generatedFiles } from '../../../src/config/generated-files.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { describeMistake } from '../../../src/config/place.ts';
import { settingsSchema } from '../../../src/config/schema.ts';
import { campaignFileSchema } from '../../../src/config/sections/campaign.ts';
import { siteFileSchema } from '../../../src/config/sections/site.ts';
import { soundConfig } from './written-config.ts';
import { siteMistakes } from './written-site.ts';

const fileOf = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const textOf = (name: string) => readFileSync(fileOf(name), 'utf8');

type Key = { readonly path: string; readonly schema: JsonSchema };

function keysOf(schema: JsonSchema, path = ''): readonly Key[] {
  const inside = (key: string, below: JsonSchema) => {
    const at = path === '' ? key : `${path}.${key}`;
    return [{ path: at, schema: below }, ...keysOf(below, at)];
  };
  const each = schema.additionalProperties;
  const named = each === undefined || each === false ? [] : keysOf(each, `${path}.<name>`);
  const items = schema.items?.type === 'object' ? keysOf(schema.items, `${path}[]`) : [];
  return [...Object.entries(schema.properties ?? {}).flatMap(([key, below]) => inside(key, below)), ...named, ...items];
}

const keys = keysOf(settingsSchema);
const siteKeys = keysOf(siteFileSchema);
const campaignKeys = keysOf(campaignFileSchema);

test('the schemas were seen: every section and more than a hundred keys', () => {
  expect(keys.length).toBeGreaterThan(100);
  expect(siteKeys.length).toBeGreaterThan(80);
  expect(siteKeys.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['tree[].maxCurrentA', 'drivers.<name>.departure']),
  );
  expect(keys.map(({ path }) => path)).toEqual(expect.arrayContaining(['csms.backoff.maxS', 'groups.<name>.csms.url']));
});

test('every key of the config says when a change of it holds', () => {
  const leaves = keys.filter(({ schema }) => schema.type !== 'object');
  expect(leaves.filter(({ schema }) => effectOf(schema) === undefined).map(({ path }) => path)).toEqual([]);
  const effects = new Map(leaves.map(({ path, schema }) => [path, effectOf(schema)]));
  const told = ['log.level', 'csms.url', 'soap.port', 'chargers.<name>.blocked', 'groups.<name>.csms.caFile'];
  expect(told.map((path) => effects.get(path))).toEqual(['live', 'reconnect', 'restart', 'live', 'reconnect']);
});

describe('config/gateway.yaml', () => {
  test('wants but the address of the CSMS', () => {
    const result = loadConfig(fileOf('config/gateway.yaml'), {});
    const told = result.kind === 'refused' ? result.mistakes.map(describeMistake) : [];
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/gateway\.yaml:\d+:1 csms\.url: is missing: .* set OCPP_EDGE__CSMS__URL\.$/);
  });

  test('loads with it, without a warning, and says nothing but the defaults', () => {
    const url = 'wss://csms.test/ocpp';
    const result = loadConfig(fileOf('config/gateway.yaml'), { OCPP_EDGE__CSMS__URL: url });
    expect(result.kind === 'loaded' && { config: result.config, warnings: result.warnings }).toEqual({
      config: soundConfig(`csms: { url: "${url}" }`),
      warnings: [],
    });
  });

  test('its commented examples are sound, all switched on', () => {
    const lines = textOf('config/gateway.yaml').split('\n');
    const yaml = lines
      .map((line) => line.replace(/^( {2,})# ( *[\w-]+:(?: |$))/, '$1$2'))
      // The other way to name the same password.
      .filter((line) => !line.includes('/run/secrets/csms-password'))
      .join('\n');
    const settings: unknown = parse(yaml);
    const isSound = validatorOf(settingsSchema);
    isSound(settings);
    expect(isSound.errors).toBeNull();
    expect(settings).toMatchObject({
      soap: { tls: { port: 8443 } },
      csms: { url: 'wss://csms.example.com/ocpp', passwordFrom: 'env:CSMS_PASSWORD' },
      groups: { depot: { csms: { url: 'wss://depot.example.com/ocpp' } } },
      chargers: { 'CP-0001': { group: 'depot', repair: ['vendorEnums'] } },
    });
  });
});

test('config/demo.yaml loads without a warning', () => {
  const result = loadConfig(fileOf('config/demo.yaml'), {});
  expect(result.kind === 'loaded' && result.warnings).toEqual([]);
  expect(result.kind === 'loaded' && result.config.unknownChargers).toBe('accept');
});

const shipped = [
  'config/gateway.yaml',
  'config/demo.yaml',
  'config/sites/depot-north.yaml',
  'config/campaigns/wall-2-1.yaml',
];

test.each(shipped)('editors find the schema of %s, and agree with it', (name) => {
  const [first = ''] = textOf(name).split('\n');
  const [, schemaFile = ''] = /^# yaml-language-server: \$schema=(.+)$/.exec(first) ?? [];
  const schema: unknown = JSON.parse(textOf(join(dirname(name), schemaFile)));
  const isSound = validatorOf(Object(schema));
  isSound(parse(textOf(name)));
  const wrong = (isSound.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
  expect(wrong).toEqual(name.endsWith('gateway.yaml') ? ['/csms required'] : []);
});

function validatorOf(schema: object) {
  const formats = Object.fromEntries(Object.entries(textFormats).map(([name, { test }]) => [name, test]));
  return new Ajv({ allErrors: true, allowUnionTypes: true, formats }).compile(schema);
}

test('editors accept what loading spells out, and refuse what it refuses', () => {
  const isSound = validatorOf(Object(JSON.parse(textOf('config/schema/gateway.schema.json'))));
  const csms = { url: 'wss://csms.test/' };
  const accepted = [
    { csms },
    { csms, groups: null },
    { csms, chargerDefaults: { repair: 'vendorEnums', allowFrom: [] } },
  ];
  const refused = [
    { csms: {} },
    { csms, groups: [] },
    { csms, chargerDefaults: { repair: 'x' } },
    { csms, chargers: { 'a/b': {} } },
  ];
  expect([...accepted, ...refused].map((settings) => isSound(settings))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test.each(generatedFiles().map(({ path, source }) => [path.replace(fileOf(''), ''), source] as const))(
  '%s is in step with the schema',
  (name, source) => {
    expect(textOf(name)).toBe(source);
  },
);

test.each([...keys, ...siteKeys, ...campaignKeys].map(({ path, schema }) => [path, schema] as const))(
  '%s is described, in a sentence',
  (_path, schema) => {
    expect(schema.description).toMatch(/^\S.{5,}\.$/s);
  },
);

test.each([
  ['docs/configuration.md', keys],
  ['docs/site-files.md', siteKeys],
  ['docs/campaign-files.md', campaignKeys],
])('%s has every key, with its default', (name, all) => {
  const page = textOf(name);
  const missing = all.filter(({ path, schema }) => {
    if (schema.type === 'object') return !page.includes(`## \`${path}\``);
    const row = page.split('\n').find((line) => line.startsWith(`| \`${path}\` |`)) ?? '';
    const { default: value } = schema;
    return (
      row === '' || (value !== undefined && !row.includes(typeof value === 'string' ? value : JSON.stringify(value)))
    );
  });
  expect(missing.map(({ path }) => path)).toEqual([]);
});

test('a number that counts something says its unit at the end of its name', () => {
  const dimensionless =
    /(?:^|\.)(?:port|callbackPort|attempts|keep|maxConcurrent|shadowEvery|from|to|per\w+Burst|phases)$/;
  const bare = keys
    .filter(({ schema }) => schema.type === 'integer' || schema.type === 'number')
    .map(({ path }) => path)
    .filter((path) => !/(?:Ms|S|Days|Bytes|A|V)$/.test(path) && !dimensionless.test(path));
  expect(bare).toEqual([]);
});

test('a number of a site file says its unit at the end of its name', () => {
  const dimensionless =
    /(?:^|\.)(?:connector|priority|phases|maxPeriods|stackLevel|commitSlots|mipGap|priorityFactor)$/;
  // money has the site's currency
  const money = /(?:perKwMonth|startCost|PerKg)$/;
  const bare = siteKeys
    .filter(({ schema }) => schema.type === 'integer' || schema.type === 'number')
    .map(({ path }) => path)
    .filter((path) => !/(?:Ms|S|A|V|Kw|Kwh|perKwh|KwhHour|Pct|Hours|Minutes)$/.test(path))
    .filter((path) => !dimensionless.test(path) && !money.test(path));
  expect(bare).toEqual([]);
});

test('every example in the comments of the site file that we ship is sound', () => {
  const lines = textOf('config/sites/depot-north.yaml').split('\n');
  const shown = lines.flatMap((line) => /^ {2}# ("?[\w-]+"?: \{.*\})$/.exec(line)?.[1] ?? []);
  const tariffs = shown.filter((line) => line.startsWith('import:'));
  expect([tariffs.length, shown.length]).toEqual([3, 5]);
  const drivers = shown.filter((line) => !line.startsWith('import:')).map((line) => `  ${line}\n`);
  const start = lines.slice(0, lines.indexOf('defaults:')).join('\n');
  for (const tariff of tariffs) {
    expect(siteMistakes(`${start}\ndrivers:\n${drivers.join('')}tariff:\n  ${tariff}\n`)).toEqual([]);
  }
});
