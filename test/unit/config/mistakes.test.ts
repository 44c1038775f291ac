import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { describeMistake } from '../../../src/config/place.ts';
import { loadYaml, MINIMAL, mistakesIn, temporaryFolder } from './written-config.ts';

const SOAP_KEYS =
  'host, port, path, publicUrl, maxBodyBytes, keepAliveS, lenientHttp, maxConcurrent, callDeadlineS, decoder, shadowEvery, rateLimits, tls';
const URL_IS_MISSING =
  'csms.url: is missing: WebSocket URL of the CSMS (ws:// or wss://); the percent-encoded charger identity is appended. Write it here, or set OCPP_EDGE__CSMS__URL.';

/** What is written below a sound first line → the one mistake that is read. */
const table: readonly (readonly [title: string, yaml: string, mistake: string])[] = [
  // keys
  ['a misspelled key', 'soap:\n  prot: 1\n', '3:3 soap.prot: unknown key; did you mean "port"?'],
  ['a key without its unit', 'soap: { keepAlive: 75 }', '2:9 soap.keepAlive: unknown key; did you mean "keepAliveS"?'],
  ['a key in another case', 'log: { Level: info }', '2:8 log.Level: unknown key; did you mean "level"?'],
  ['a key of another section', 'pingIntervalS: 5', '2:1 pingIntervalS: unknown key; there is csms.pingIntervalS'],
  ['a key like no other', 'soap: { zzzzzzzz: 1 }', `2:9 soap.zzzzzzzz: unknown key; the keys here are ${SOAP_KEYS}`],
  ['an inherited name as key', 'log: { constructor: 1 }', '2:8 log.constructor: unknown key; the keys here are level'],
  ['__proto__ as key', 'log: { __proto__: {} }', '2:8 log.__proto__: unknown key; the keys here are level'],
  // values
  ['a word for a number', 'soap: { port: http }', '2:15 soap.port: must be a whole number, not "http"'],
  [
    'a number in quotes',
    'soap: { port: "80" }',
    '2:15 soap.port: must be a whole number, not "80"; did you mean 80, without quotes?',
  ],
  [
    'a time with its unit for seconds',
    'soap: { keepAliveS: 15 min }',
    '2:21 soap.keepAliveS: must be a whole number of seconds, not "15 min"; did you mean 900?',
  ],
  [
    'a time with its unit for milliseconds',
    'offline: { waitMs: 8s }',
    '2:20 offline.waitMs: must be a whole number of milliseconds, not "8s"; did you mean 8000?',
  ],
  [
    'a fraction for a whole number',
    'outbox: { attempts: 1.5 }',
    '2:21 outbox.attempts: must be a whole number, not 1.5',
  ],
  ['infinity', 'outbox: { attempts: .inf }', '2:21 outbox.attempts: must be a whole number, not Infinity'],
  ['too little', 'soap: { keepAliveS: 0 }', '2:21 soap.keepAliveS: must be at least 1, in seconds, not 0'],
  [
    'too much',
    'soap: { maxBodyBytes: 2097153 }',
    '2:23 soap.maxBodyBytes: must be at most 2097152, in bytes, not 2097153',
  ],
  ['a port beyond 65535', 'operator: { port: 70000 }', '2:19 operator.port: must be at most 65535, not 70000'],
  ['yes for true', 'soap: { lenientHttp: yes }', '2:22 soap.lenientHttp: must be true or false, not "yes"'],
  ['empty text', 'soap: { host: "" }', '2:15 soap.host: must not be empty'],
  [
    'a number for text',
    'data: { folder: 12 }',
    '2:17 data.folder: must be text (in quotes if it looks like a number), not 12',
  ],
  [
    'a word outside the allowed ones',
    'unknownChargers: acept',
    '2:18 unknownChargers: must be one of accept, quarantine, reject, not "acept"; did you mean "accept"?',
  ],
  [
    'true where a word stands',
    'log: { level: true }',
    '2:15 log.level: must be one of error, warn, info, debug, not true',
  ],
  ['text for a section', 'soap: on', '2:7 soap: must be a section with keys of its own, not "on"'],
  ['a list for a section', 'soap: [8180]', '2:7 soap: must be a section with keys of its own, not a list'],
  ['a section for a value', 'soap: { port: { tcp: 1 } }', '2:15 soap.port: must be a whole number, not a section'],
  [
    'a wrong item of a list',
    'chargerDefaults:\n  allowFrom:\n    - 10.0.0.0/24\n    - 10.0.0.0/33\n',
    '5:7 chargerDefaults.allowFrom[1]: must be a network such as 10.0.0.0/24 or fd00::/64, or one address, not "10.0.0.0/33"',
  ],
  [
    'one wrong value for a list',
    'chargerDefaults: { repair: vendorEnum }',
    '2:28 chargerDefaults.repair[0]: must be one of vendorEnums, transactionId, phases, not "vendorEnum"; did you mean "vendorEnums"?',
  ],
  [
    'the same item twice',
    'chargerDefaults: { repair: [vendorEnums, vendorEnums] }',
    '2:42 chargerDefaults.repair[1]: stands twice in this list',
  ],
  // forms of text
  [
    'a path that does not begin with a slash',
    'soap: { path: ocpp }',
    '2:15 soap.path: must be a path that starts with "/", without query, fragment or blanks, not "ocpp"',
  ],
  [
    'a public URL that is no http',
    'soap: { publicUrl: "ftp://x/" }',
    '2:20 soap.publicUrl: must be a URL such as http://192.0.2.10:8180/ocpp, without user, password, query or fragment',
  ],
  [
    'a time zone that is none',
    'chargerDefaults: { timezone: Europe/Berln }',
    '2:30 chargerDefaults.timezone: must be an IANA time zone such as Europe/Berlin, not "Europe/Berln"; did you mean "Europe/Berlin"?',
  ],
  [
    'a word for a network',
    'chargerDefaults: { callbackNetworks: [local] }',
    '2:39 chargerDefaults.callbackNetworks[0]: must be a network such as 10.0.0.0/24 or fd00::/64, or one address, not "local"',
  ],
  [
    'an identity with a slash',
    'chargers: { "a/b": {} }',
    '2:13 chargers["a/b"]: A charger identity is 1 to 255 printable characters without slash or backslash.',
  ],
  [
    'a group name with a blank',
    'groups: { "a b": {} }',
    '2:11 groups["a b"]: A group name is 1 to 64 letters, digits, dots, underscores or hyphens.',
  ],
  // keys that contradict one another
  [
    'ids from above to below',
    'outbox: { provisionalIds: { from: 20, to: 20 } }',
    '2:43 outbox.provisionalIds.to: must be greater than from, which is 20',
  ],
  [
    'ids beyond 32 bit',
    'outbox: { provisionalIds: { to: 2147483648 } }',
    '2:33 outbox.provisionalIds.to: must be at most 2147483647, not 2147483648',
  ],
  ['one port for two listeners', 'operator: { port: 8180 }', '2:19 operator.port: 8180 is the port of soap already'],
  [
    'an operator port for everyone, without tokens',
    'operator: { host: 0.0.0.0 }',
    '2:19 operator.host: needs operator.tokens: whoever reaches this port could command the chargers',
  ],
  ['one port for chargers of both kinds', 'json: { port: 8180 }', '2:15 json.port: 8180 is the port of soap already'],
  [
    'a JSON listener that listens nowhere',
    'json: { plain: false }',
    '2:16 json.plain: needs json.tls beside it: nothing would listen',
  ],
  [
    'a group that is not there',
    'groups: { depot: {} }\nchargers: { A: { group: depo } }',
    '3:25 chargers.A.group: no group is called "depo"; did you mean "depot"?',
  ],
  [
    'a default group that is not there',
    'chargerDefaults: { group: constructor }',
    '2:27 chargerDefaults.group: no group is called "constructor"',
  ],
  [
    'identities that differ only in case',
    'chargers: { cp-1: {}, CP-1: {} }',
    '2:23 chargers.CP-1: differs from "cp-1" only in case, and chargers are told apart without it',
  ],
  [
    'two chargers under one name at one CSMS',
    'chargers: { A: { csmsIdentity: X }, B: { csmsIdentity: X } }',
    '2:56 chargers.B.csmsIdentity: "A" is "X" to the same CSMS already',
  ],
  [
    'a user without password and endpoint',
    'chargers: { A: { endpoint: "http://10.0.0.1/", endpointUser: u } }',
    '2:62 chargers.A.endpointUser: needs endpointPasswordFrom beside it',
  ],
  [
    'certificates asked for and no authority for them',
    'groups: { g: { requireCertificate: true } }',
    '2:36 groups.g.requireCertificate: needs soap.tls.clientCaFile',
  ],
  [
    'a cron expression with an hour of 25',
    'backup: { cron: "10 25 * * *" }',
    '2:17 backup.cron: must be a cron expression of five fields such as "10 2 * * *" (minute, hour, day, month, weekday), not "10 25 * * *"',
  ],
  [
    'a cron expression that never comes',
    'backup: { cron: "0 0 31 2 *" }',
    '2:17 backup.cron: must be a cron expression of five fields such as "10 2 * * *" (minute, hour, day, month, weekday), not "0 0 31 2 *"',
  ],
  [
    'a cron expression with seconds',
    'transfers: { collect: { cron: "0 30 3 * * 1" } }',
    '2:31 transfers.collect.cron: must be a cron expression of five fields such as "10 2 * * *" (minute, hour, day, month, weekday), not "0 30 3 * * 1"',
  ],
  [
    'a time zone of the timetable that nobody knows',
    'backup: { timezone: Europe/Berln }',
    '2:21 backup.timezone: must be an IANA time zone such as Europe/Berlin, not "Europe/Berln"; did you mean "Europe/Berlin"?',
  ],
  [
    'a collection without its times',
    'transfers: { collect: { stations: [A*] } }',
    '2:14 transfers.collect.cron: is missing: When: five cron fields, such as "10 2 * * *" (minute, hour, day, month, weekday; day and weekday must both fit). Write it here, or set OCPP_EDGE__TRANSFERS__COLLECT__CRON.',
  ],
  [
    'a collection from nobody',
    'transfers: { collect: { cron: "30 3 * * 1", stations: [] } }',
    '2:55 transfers.collect.stations: must have at least one entry',
  ],
  [
    'a collection where no files are carried',
    'transfers: { enabled: false, collect: { cron: "30 3 * * 1" } }',
    '2:30 transfers.collect: needs transfers.enabled: no files are carried',
  ],
];

describe('a mistake is told with line, column, path and a hint', () => {
  test.each(table)('%s', (_title, yaml, mistake) => {
    expect(mistakesIn(`${MINIMAL}${yaml}\n`)).toEqual([`gateway.yaml:${mistake}`]);
  });

  test.each([
    ['no csms section', 'log: { level: info }\n', `1:1 ${URL_IS_MISSING}`],
    ['nothing at all', '', `1:1 ${URL_IS_MISSING}`],
    ['only comments', '# nothing\n', `1:1 ${URL_IS_MISSING}`],
    ['a csms section without url', '\n\ncsms:\n  pingIntervalS: 5\n', `3:1 ${URL_IS_MISSING}`],
    ['a csms section with all keys commented out', 'csms:\n  # url: x\n', `1:1 ${URL_IS_MISSING}`],
    [
      'an http URL',
      'csms:\n  url: http://x/\n',
      '2:8 csms.url: must be a URL such as wss://csms.example.com/ocpp, without user, password, query or fragment',
    ],
    [
      'a back-off that shrinks',
      'csms: { url: "ws://x/", backoff: { minS: 9, maxS: 3 } }',
      '1:51 csms.backoff.maxS: must be at least minS, which is 9',
    ],
    ['a list at the root', '- 1\n', '1:1 must be a section with keys of its own, not a list'],
  ])('%s', (_title, yaml, mistake) => {
    expect(mistakesIn(yaml)).toEqual([`gateway.yaml:${mistake}`]);
  });

  test('a config file that is not there', () => {
    const file = join(temporaryFolder(), 'gateway.yaml');
    const result = loadConfig(file, {});
    expect(result.kind === 'refused' && result.mistakes.map(describeMistake)).toEqual([
      `${file}:1:1 the config file does not exist`,
    ]);
  });
});

describe('what is not YAML 1.2 is refused with its place', () => {
  test.each([
    ['a duplicate key', 'csms: {}\nlog: {}\ncsms: {}\n', '3:1 not valid YAML: Map keys must be unique'],
    ['a tab for indentation', 'csms:\n\turl: x\n', '2:1 not valid YAML: Tabs are not allowed as indentation'],
    [
      'a second document',
      `${MINIMAL}---\na: 1\n`,
      '2:1 not valid YAML: Source contains multiple documents; please use YAML.parseAllDocuments()',
    ],
    ['an unknown tag', `${MINIMAL}data: { folder: !env HOME }\n`, '2:17 not valid YAML: Unresolved tag: !env'],
    [
      'an alias without anchor',
      `${MINIMAL}log: *nothing\n`,
      '2:6 not valid YAML: the alias *nothing has no anchor before it',
    ],
    [
      'an alias inside its own anchor',
      'csms: &a { url: *a }\n',
      '1:17 not valid YAML: the alias *a stands inside its own anchor',
    ],
  ])('%s', (_title, yaml, mistake) => {
    expect(mistakesIn(yaml)).toEqual([`gateway.yaml:${mistake}`]);
  });

  test('an alias bomb is refused unexpanded (9^30 values)', () => {
    const levels = Array.from({ length: 30 }, (_none, level) => {
      const inner = level === 0 ? 'x' : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array.from({ length: 9 }, () => inner).join(', ')}]`;
    });
    expect(mistakesIn(levels.join('\n'))).toEqual([
      'gateway.yaml:1:1 not valid YAML: Excessive alias count indicates a resource exhaustion attack',
    ]);
  });

  test('a few aliases are welcome, each place getting a copy of its own', () => {
    const yaml = `${MINIMAL}groups: { a: &a { csms: { pingIntervalS: 5 } }, b: *a }\n`;
    const result = loadYaml(yaml);
    expect(result.kind === 'loaded' && result.config.groups['b']?.csms).toEqual({ pingIntervalS: 5 });
  });
});

test('all mistakes are told at once, down the file, the environment last', () => {
  const yaml = [
    'soap: { prot: 1, keepAliveS: no }',
    'csms: { certFile: missing.pem }',
    'unknownChargers: acept',
    'groups: { depot: {} }',
    'chargers:',
    '  0012: { blocked: yes, group: dept }',
    '  cp-1: {}',
    '  CP-1: {}',
    'outbox: { provisionalIds: { from: 2000000000 } }',
  ].join('\n');
  const places = mistakesIn(yaml, { OCPP_EDGE__OPERATOR__PORT: 'x' }).map((line) => line.split(': ')[0]);
  expect(places).toEqual([
    'gateway.yaml:1:9 soap.prot',
    'gateway.yaml:1:30 soap.keepAliveS',
    'gateway.yaml:2:1 csms.url',
    'gateway.yaml:2:19 csms.certFile',
    'gateway.yaml:2:19 csms.certFile',
    'gateway.yaml:3:18 unknownChargers',
    'gateway.yaml:6:20 chargers.0012.blocked',
    'gateway.yaml:6:32 chargers.0012.group',
    'gateway.yaml:8:3 chargers.CP-1',
    'gateway.yaml:9:11 outbox.provisionalIds.to',
    'env OCPP_EDGE__OPERATOR__PORT operator.port',
  ]);
});

test('whatever the text, loading ends in a config or in mistakes that lie inside the text', () => {
  const word = fc.constantFrom(
    'soap',
    'csms',
    'url',
    'chargers',
    '*a',
    '&a',
    '-',
    '{',
    '}',
    '[',
    ']',
    ':',
    '"',
    '#',
    '1',
    '~',
    '|',
  );
  const line = fc.tuple(fc.nat(4), fc.array(fc.oneof(word, fc.string({ maxLength: 6 })), { maxLength: 5 }));
  const text = fc
    .array(line, { maxLength: 8 })
    .map((lines) => lines.map(([indent, words]) => `${' '.repeat(indent)}${words.join(' ')}`).join('\n'));
  fc.assert(
    fc.property(text, (yaml) => {
      const result = loadYaml(yaml);
      if (result.kind === 'loaded') return;
      expect(result.mistakes.length).toBeGreaterThan(0);
      const lines = yaml.split(/\r\n|\r|\n/).length;
      for (const { place } of result.mistakes) {
        expect(place.kind === 'file' && place.line >= 1 && place.line <= lines && place.column >= 1).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
