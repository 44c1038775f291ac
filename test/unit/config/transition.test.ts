import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { describeMistake, describePath } from '../../../src/config/place.ts';
import type { LoadedConfig } from '../../../src/config/load.ts';
import { differences, effectAt, transition } from '../../../src/config/transition.ts';
import { loadYaml, MINIMAL, temporaryFolder } from './written-config.ts';

function loaded(yaml: string, folder?: string): LoadedConfig {
  const result = loadYaml(yaml, {}, folder);
  if (result.kind === 'loaded') return result;
  throw new Error(result.mistakes.map(describeMistake).join('\n'));
}

/** From one config to another, in the words that people see. */
function change(from: string, to: string, folder?: string) {
  const start = loaded(from, folder);
  const result = transition(start.config, start.config, loaded(to, folder));
  if (result.kind === 'refused')
    return { refused: result.mistakes.map(({ path, message }) => [describePath(path), message]) };
  const { config, changed, restartNeeded } = result;
  return {
    config,
    changed: changed.map(({ path, effect }) => `${describePath(path)} ${effect}`),
    restartNeeded: restartNeeded.map(describePath),
  };
}

test('what is the same changes nothing', () => {
  expect(change(MINIMAL, `${MINIMAL}log: { level: info }\n`)).toMatchObject({ changed: [], restartNeeded: [] });
});

test('live keys hold, keys that need a restart keep what they had and are told', () => {
  const to = 'csms: { url: "wss://other.test/ocpp" }\nsoap: { port: 9000, maxConcurrent: 7 }\nlog: { level: debug }\n';
  const made = change(MINIMAL, to);
  expect(made).toMatchObject({
    changed: ['soap.maxConcurrent live', 'csms.url reconnect', 'log.level live'],
    restartNeeded: ['soap.port'],
    config: { soap: { port: 8180, maxConcurrent: 7 }, csms: { url: 'wss://other.test/ocpp' }, log: { level: 'debug' } },
  });
});

test('chargers and groups come and go at once', () => {
  const with9 = `${MINIMAL}groups: { hall: { timezone: Europe/Berlin } }\nchargers: { CP-9: { group: hall } }\n`;
  const there = { changed: ['groups.hall reconnect', 'chargers.CP-9 reconnect'], restartNeeded: [] };
  expect(change(MINIMAL, with9)).toMatchObject(there);
  expect(change(with9, MINIMAL)).toMatchObject({ ...there, config: { groups: {}, chargers: {} } });
});

test('a section that comes, with keys that need a restart in it, waits as a whole', () => {
  const made = change(MINIMAL, `${MINIMAL}json: { maxConcurrent: 3 }\n`);
  expect(made).toMatchObject({ changed: [], restartNeeded: ['json'] });
  expect(made.config).not.toHaveProperty('json');
});

test('a secret whose file holds something else is a change of the key that names it', () => {
  const folder = temporaryFolder();
  const yaml = 'csms: { url: "wss://csms.test/ocpp", passwordFrom: "file:secret" }\n';
  writeFileSync(join(folder, 'secret'), 'first', { mode: 0o600 });
  const start = loaded(yaml, folder);
  writeFileSync(join(folder, 'secret'), 'second', { mode: 0o600 });
  const next = transition(start.config, start.config, loaded(yaml, folder));
  if (next.kind === 'refused') throw new Error('refused');
  expect(next.changed).toEqual([{ path: ['csms', 'passwordFrom'], effect: 'reconnect' }]);
  expect([...next.config.contents.values()].map((secret) => secret.revealText())).toEqual(['second']);
});

test('keys that make sense only with others that wait for the next start refuse it all', () => {
  const { config, ...rest } = loaded(MINIMAL);
  const ftps = { ...config, chargerDefaults: { ...config.chargerDefaults, transferProtocol: 'ftps' as const } };
  const mistakes = [{ path: ['chargerDefaults', 'transferProtocol'], message: expect.stringContaining('next start') }];
  expect(transition(config, config, { ...rest, config: ftps })).toMatchObject({ kind: 'refused', mistakes });
});

describe('any two sound configs', () => {
  const url = fc.constantFrom('wss://a.test/ocpp', 'wss://b.test/ocpp');
  const sometimes = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const charger = fc.record(
    { blocked: fc.boolean(), maxCurrentA: fc.integer({ min: 1, max: 80 }), csmsIdentity: fc.constantFrom('x', 'y') },
    { requiredKeys: [] },
  );
  const config = fc.record({
    csms: fc.record({ url, pingIntervalS: fc.integer({ min: 0, max: 90 }) }),
    soap: sometimes(fc.record({ port: fc.constantFrom(1, 2, 3), maxConcurrent: fc.integer({ min: 1, max: 9 }) })),
    json: sometimes(fc.record({ port: fc.constantFrom(11, 12), pingAfterS: fc.integer({ min: 0, max: 9 }) })),
    chargers: sometimes(fc.record({ A: charger }, { requiredKeys: [] })),
    outbox: sometimes(fc.record({ attempts: fc.integer({ min: 1, max: 9 }) })),
    data: sometimes(fc.record({ folder: fc.constantFrom('./one', './two') })),
  });
  const folder = () => temporaryFolder();
  const written = (value: unknown, at: string) => loaded(stringify(JSON.parse(JSON.stringify(value))), at);

  test('what holds is the new one but for keys that need a restart, and those are all told', () => {
    const at = folder();
    fc.assert(
      fc.property(config, config, config, (one, two, three) => {
        const [start, middle, last] = [written(one, at), written(two, at), written(three, at)];
        const first = transition(start.config, start.config, middle);
        if (first.kind === 'refused') throw new Error('refused');
        const second = transition(start.config, first.config, last);
        if (second.kind === 'refused') throw new Error('refused');
        const toNew = differences(second.config, last.config);
        expect(toNew.every(({ effect }) => effect === 'restart')).toBe(true);
        expect(toNew.map(({ path }) => describePath(path))).toEqual(second.restartNeeded.map(describePath));
        expect(differences(start.config, second.config).some(({ path }) => effectAt(path) === 'restart')).toBe(false);
        // back to the start, nothing is left of either
        expect(transition(start.config, second.config, start)).toMatchObject({
          restartNeeded: [],
          config: start.config,
        });
      }),
      { numRuns: 40 },
    );
  });
});
