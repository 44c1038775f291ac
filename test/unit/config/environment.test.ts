import { describe, expect, test } from 'vitest';
import { describePlace, placeOf } from '../../../src/config/place.ts';
import { loadYaml, MINIMAL, mistakesIn, soundConfig } from './written-config.ts';

describe('OCPP_EDGE__ variables override single values', () => {
  test.each([
    ['text', { OCPP_EDGE__CSMS__URL: 'ws://other.test/' }, ['csms', 'url'], 'ws://other.test/'],
    ['a number', { OCPP_EDGE__SOAP__PORT: '0' }, ['soap', 'port'], 0],
    ['a flag', { OCPP_EDGE__SOAP__LENIENTHTTP: 'true' }, ['soap', 'lenientHttp'], true],
    ['a choice', { OCPP_EDGE__UNKNOWNCHARGERS: 'reject' }, ['unknownChargers'], 'reject'],
    ['a key in words', { OCPP_EDGE__SOAP__MAX_BODY_BYTES: '2048' }, ['soap', 'maxBodyBytes'], 2048],
    ['digits that are text', { OCPP_EDGE__DATA__FOLDER: '0012' }, ['data', 'folder'], '0012'],
    [
      'a section that is not in the file',
      { OCPP_EDGE__OUTBOX__PROVISIONAL_IDS__FROM: '7' },
      ['outbox', 'provisionalIds', 'from'],
      7,
    ],
  ])('%s', (_title, env, path, value) => {
    const config: unknown = soundConfig(MINIMAL, env);
    expect(path.reduce<unknown>((at, key) => Reflect.get(Object(at), key), config)).toBe(value);
  });

  test('a charger and a group of the file, by their names without case and punctuation', () => {
    const yaml = `${MINIMAL}groups: { north-depot: {} }\nchargers: { CP.1: {} }\n`;
    const config = soundConfig(yaml, {
      OCPP_EDGE__GROUPS__NORTH_DEPOT__TIMEZONE: 'Europe/Oslo',
      OCPP_EDGE__CHARGERS__CP_1__BLOCKED: 'true',
    });
    expect(config.groups['north-depot']?.timezone).toBe('Europe/Oslo');
    expect(config.chargers['CP.1']?.blocked).toBe(true);
  });

  test('the mandatory url may come from the environment alone', () => {
    expect(soundConfig('', { OCPP_EDGE__CSMS__URL: 'wss://x/' }).csms.url).toBe('wss://x/');
  });

  test('a good value in the environment heals a bad one in the file', () => {
    expect(soundConfig(`${MINIMAL}soap: { port: http }`, { OCPP_EDGE__SOAP__PORT: '1' }).soap.port).toBe(1);
  });

  test("other variables are nobody's business", () => {
    expect(mistakesIn(MINIMAL, { OCPP_EDGE_X: '1', OCPP_EDGE: '1', PATH: '/bin' })).toEqual([]);
  });

  test('where a value came from is known', () => {
    const result = loadYaml(`${MINIMAL}soap: { port: 1, path: /x }`, { OCPP_EDGE__SOAP__PORT: '2' });
    if (result.kind === 'refused') throw new Error('refused');
    expect(describePlace(placeOf(result.sources, ['soap', 'port']))).toBe('env OCPP_EDGE__SOAP__PORT');
    expect(describePlace(placeOf(result.sources, ['soap', 'path']))).toMatch(/gateway\.yaml:2:24$/);
    expect(describePlace(placeOf(result.sources, ['soap', 'host']))).toMatch(/gateway\.yaml:2:1$/);
    expect(describePlace(placeOf(result.sources, ['log', 'level']))).toMatch(/gateway\.yaml:1:1$/);
  });
});

describe('bad overrides are reported as env NAME', () => {
  test.each([
    ['no such key', 'OCPP_EDGE__CSMS__URI', 'x', 'csms: no key is called URI; did you mean "url"?'],
    ['no such section', 'OCPP_EDGE__CSMSS__URL', 'x', 'no key is called CSMSS; did you mean "csms"?'],
    ['no such charger', 'OCPP_EDGE__CHARGERS__CP1__BLOCKED', 'true', 'chargers: no key is called CP1'],
    [
      'a section',
      'OCPP_EDGE__CSMS',
      'x',
      'csms: only single values can be set from the environment, no lists or sections',
    ],
    [
      'a list',
      'OCPP_EDGE__CHARGERDEFAULTS__REPAIR',
      'vendorEnums',
      'chargerDefaults.repair: only single values can be set from the environment, no lists or sections',
    ],
    ['a bad number', 'OCPP_EDGE__SOAP__PORT', '80a', 'soap.port: must be a whole number, not "80a"'],
    ['a bad flag', 'OCPP_EDGE__SOAP__LENIENT_HTTP', 'on', 'soap.lenientHttp: must be true or false, not "on"'],
    ['an empty value', 'OCPP_EDGE__SOAP__HOST', '', 'soap.host: must not be empty'],
    ['too much', 'OCPP_EDGE__SOAP__PORT', '65536', 'soap.port: must be at most 65535, not 65536'],
  ])('%s', (_title, name, value, mistake) => {
    expect(mistakesIn(MINIMAL, { [name]: value })).toEqual([`env ${name} ${mistake}`]);
  });
});
