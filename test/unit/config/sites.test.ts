import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readSite } from '../../../optimizer/scenario-site.ts';
import { loadSites } from '../../../src/config/sites.ts';
import { describeMistake } from '../../../src/config/place.ts';
import { siteSettings } from '../../../src/main/site-settings.ts';
import { MINIMAL, soundConfig } from './written-config.ts';
import { configWithSites, loadSiteFiles, SHORTEST, siteMistakes, soundSite } from './written-site.ts';

test('without a folder of sites there are none', () => {
  expect(loadSites(soundConfig(MINIMAL))).toEqual({ kind: 'loaded', sites: [], warnings: [] });
});

test('a folder that is not there is a mistake', () => {
  const loaded = loadSites(configWithSites('/nowhere/sites'));
  expect(loaded.kind === 'refused' && loaded.mistakes.map(describeMistake)).toEqual([
    '/nowhere/sites:1:1 the folder of sites does not exist',
  ]);
});

test('what is not written is what the optimizer takes for it, but for the lease', () => {
  const { read } = soundSite(SHORTEST);
  const plain = { id: 'depot', tree: [{ id: 'main', maxCurrentA: 63 }], connectors: [{ chargePoint: 'CP-1' }] };
  expect(read).toEqual(readSite({ ...plain, output: { leaseS: 1800 } }, ''));
});

test('every key reaches the optimizer or the settings of the site', () => {
  const settings = siteSettings(
    soundSite(`site: { id: s, timezone: Europe/Amsterdam, reoptimize: { onEvents: false, minIntervalS: 20, everyMinutes: 5 } }
tree:
  - { id: main, maxCurrentA: [100, 90, 80], headroomPct: 10, contractKw: 60 }
  - { id: CP-1, parent: main, maxCurrentA: 32 }
connectors:
  - { chargePoint: CP-1, phases: L2, priority: 3 }
drivers:
  AbC: { energyKwh: 40, departure: "07:30", maxCurrentA: 32, phases: 1, priority: 2 }
learnStays: false
tariff:
  import: { kind: file, file: prices.csv, perKwh: 0.2, adderPerKwh: 0.1 }
  demandCharge: { perKwMonth: 12, billedPeakKw: auto }
  co2WeightPerKg: 0.05
pv: { surplusOnly: true, maxAgeS: 100, onLoss: keepLast }
objective: { peakPolicy: hard, maxPhaseUnbalanceA: 20 }
limits: { external: { maxAgeS: 60, onLoss: release }, load: { maxAgeS: 30, onLoss: keepLast } }
output: { unit: W, maxPeriods: 6, stackLevel: max, leaseS: 600 }
calendar: { pauses: [{ from: "17:00", to: "21:00" }] }
`),
  );
  expect(settings).toMatchObject({
    site: {
      id: 's',
      timezone: 'Europe/Amsterdam',
      tree: [
        { id: 'main', maxCurrentA: [100, 90, 80], headroomPct: 10, contractKw: 60 },
        { id: 'CP-1', maxCurrentA: [32, 32, 32] },
      ],
      connectors: [{ chargePoint: 'CP-1', parent: 'CP-1', phases: ['L2'], priority: 3 }],
      importTariff: { kind: 'fixed' },
      demandCharge: { perKwMonth: 12, billedPeakKw: 0 },
      pvSurplusOnly: true,
      objective: { peakPolicy: 'hard', maxPhaseUnbalanceA: 20 },
      output: { unit: 'W', maxPeriods: 6, stackLevel: 8 },
    },
    learnStays: false,
    co2WeightPerKg: 0.05,
    replan: { onEvents: false, minIntervalS: 20, everyS: 300 },
    leaseS: 600,
    calendar: { pauses: [{ fromMinute: 1020, toMinute: 1260 }] },
    load: { maxAgeS: 30, onLoss: 'keepLast' },
    pv: { maxAgeS: 100, onLoss: 'keepLast' },
    external: { maxAgeS: 60, onLoss: 'release' },
  });
  expect([...settings.drivers]).toEqual([
    ['abc', { energyKwh: 40, departureMinute: 450, maxCurrentA: 32, phases: 1, priority: 2 }],
  ]);
});

/** What is written below the shortest site → the one mistake that is read. */
const below: readonly (readonly [title: string, yaml: string, mistake: string])[] = [
  [
    'a misspelled key',
    'objective: { unmetPerkwh: 3 }',
    '4:14 objective.unmetPerkwh: unknown key; did you mean "unmetPerKwh"?',
  ],
  ['a key of another section', 'timezone: UTC', '4:1 timezone: unknown key; there is site.timezone'],
  [
    'hours for minutes of a lease',
    'output: { leaseS: 2 h }',
    '4:19 output.leaseS: must be a whole number of seconds, not "2 h"; did you mean 7200?',
  ],
  [
    'a time that is none',
    'calendar: { pauses: [{ from: "5 pm", to: "21:00" }] }',
    '4:30 calendar.pauses[0].from: must be a time of day such as 07:00, not "5 pm"',
  ],
  [
    'a word that stands for no value',
    'output: { maxPeriods: max }',
    '4:23 output.maxPeriods: must be a whole number or auto, not "max"',
  ],
  [
    'a kind of tariff that lacks its key',
    'tariff: { import: { kind: http, url: "https://prices.test/a.csv" } }',
    '4:11 tariff.import.cron: is needed with kind http',
  ],
  [
    'a key that says nothing with its kind',
    'tariff: { import: { kind: fixed, perKwh: 0.2, unit: MWh } }',
    '4:53 tariff.import.unit: says nothing with kind fixed',
  ],
  [
    'a cron expression with seconds',
    'tariff: { import: { kind: http, url: "https://prices.test/?key=s3cret", cron: "0 0 * * * *" } }',
    '4:79 tariff.import.cron: must be a cron expression of five fields such as "15 13 * * *" (minute, hour, day, month, weekday; in UTC), not "0 0 * * * *"',
  ],
  [
    'a URL that holds a password, which is not repeated',
    'tariff: { import: { kind: http, url: "https://me:s3cret@prices.test/", cron: "0 * * * *" } }',
    '4:38 tariff.import.url: must be a URL such as https://prices.example.com/today.csv, without user, password or fragment',
  ],
  [
    'energy that is worth less than it costs',
    'tariff: { import: { kind: tou, adderPerKwh: 0.1, periods: [{ from: "07:00", to: "23:00", perKwh: 2.9 }] } }\nobjective: { unmetPerKwh: 3 }',
    '5:27 objective.unmetPerKwh: must be above the dearest price, which is 3; else cars stay short of energy',
  ],
  [
    'the same by a low priority of a driver',
    'tariff: { import: { kind: fixed, perKwh: 1 } }\ndrivers: { X: { priority: -1 } }',
    '1:1 objective.unmetPerKwh: must be above the dearest price, which is 1 (0.75 at priority -1); else cars stay short of energy',
  ],
  [
    'a lease that ends before it is renewed',
    'output: { leaseS: 900 }',
    '4:19 output.leaseS: must be longer than the 900 s of site.reoptimize.everyMinutes; else a profile ends before it is renewed',
  ],
  [
    'a hard peak without a contract',
    'objective: { peakPolicy: hard }',
    '4:26 objective.peakPolicy: hard needs contractKw at a node of the tree',
  ],
  [
    'a calendar without shares',
    'output: { offlineSafeProfile: false }\ncalendar: { pauses: [{ from: "17:00", to: "21:00" }] }',
    '5:11 calendar: needs output.offlineSafeProfile: between the pauses, chargers have their safe share',
  ],
  [
    'drivers that differ only in case, who are not named',
    'drivers:\n  Tag: {}\n  TAG: {}',
    '6:3 drivers.TAG: differs from one above only in case, and idTags are told apart without it',
  ],
];

/** A whole site file → the mistakes that are read. */
const whole: readonly (readonly [title: string, yaml: string, mistakes: readonly string[]])[] = [
  [
    'an empty file',
    '',
    [
      '1:1 tree: is missing: Fuse tree: every node limits what is below it, phase by phase. Write it here.',
      '1:1 connectors: is missing: The connectors that the gateway plans. Write it here.',
      '1:1 site.id: is missing: Name of the site: 1 to 64 letters, digits, dots, underscores or hyphens. Write it here.',
    ],
  ],
  [
    'a list without entries',
    'site: { id: s }\ntree: [{ id: main, maxCurrentA: 63 }]\nconnectors: []\n',
    ['3:13 connectors: must have at least one entry'],
  ],
  [
    'an item that lacks a key',
    'site: { id: s }\ntree:\n  - { id: a, maxCurrentA: 63 }\n  - { id: b }\nconnectors: [{ chargePoint: C, parent: a }]\n',
    [
      '4:5 tree[1].maxCurrentA: is missing: Fuse: one value for all phases, or one for each of L1, L2, L3. Write it here.',
    ],
  ],
  [
    'a parent that is not there',
    'site: { id: s }\ntree:\n  - { id: a, maxCurrentA: 63 }\n  - { id: b, parent: c, maxCurrentA: 63 }\nconnectors: [{ chargePoint: C, parent: a }]\n',
    ['4:22 tree[1].parent: expected a node of the tree (a, b), found "c"'],
  ],
  [
    'two values for three phases',
    'site: { id: s }\ntree: [{ id: a, maxCurrentA: [63, 63] }]\nconnectors: [{ chargePoint: C }]\n',
    ['2:30 tree[0].maxCurrentA: expected one number, or three, found 2'],
  ],
  [
    'no headroom at all',
    'site: { id: s }\ntree: [{ id: a, maxCurrentA: 63, headroomPct: 100 }]\nconnectors: [{ chargePoint: C }]\n',
    ['2:47 tree[0].headroomPct: must be at most 99, in percent, not 100'],
  ],
  [
    'a minimum above the maximum',
    'site: { id: s }\ntree: [{ id: a, maxCurrentA: 63 }]\nconnectors: [{ chargePoint: C, minCurrentA: 16, maxCurrentA: 10 }]\n',
    ['3:62 connectors[0].maxCurrentA: must be at least minCurrentA, which is 16'],
  ],
  [
    'one connector twice, and its charger in two spellings',
    'site: { id: s }\ntree: [{ id: a, maxCurrentA: 63 }]\nconnectors:\n  - { chargePoint: C }\n  - { chargePoint: C, connector: 1 }\n  - { chargePoint: c, connector: 2 }\n',
    [
      '5:5 connectors[1]: expected a connector of its own, found C/1 again',
      '6:20 connectors[2].chargePoint: differs from "C" only in case, and chargers are told apart without it',
    ],
  ],
  [
    'a slot of twenty minutes and a misspelled phase, both told',
    'site: { id: s, slotMinutes: 20 }\ntree: [{ id: a, maxCurrentA: 63 }]\nconnectors: [{ chargePoint: C, phases: [L1, N] }]\n',
    [
      '1:29 site.slotMinutes: expected 5, 15, 30 or 60 minutes, found 20',
      '3:45 connectors[0].phases[1]: must be one of L1, L2, L3, not "N"',
    ],
  ],
];

describe('a mistake in a site file is told with line, column, path and a hint', () => {
  test.each(below)('%s', (_title, yaml, mistake) => {
    expect(siteMistakes(`${SHORTEST}${yaml}\n`)).toEqual([`depot.yaml:${mistake}`]);
  });

  test.each(whole)('%s', (_title, yaml, mistakes) => {
    expect(siteMistakes(yaml)).toEqual(mistakes.map((mistake) => `depot.yaml:${mistake}`));
  });

  test('half a file is not valid YAML', () => {
    expect(siteMistakes('site: { id: s }\ntree: [{ id: ma')[0]).toMatch(/^depot\.yaml:2:16 not valid YAML: /);
  });
});

describe('what two files contradict each other in', () => {
  test('one connector belongs to one site', () => {
    const other = SHORTEST.replace('depot', 'other').replace('CP-1', 'cp-1');
    expect(loadSiteFiles({ 'a.yaml': SHORTEST, 'b.yaml': other }).words).toEqual([
      expect.stringMatching(/^b\.yaml:3:14 connectors\[0\]: connector 1 of "cp-1" stands in a\.yaml already$/),
    ]);
  });

  test('one name belongs to one site; other files of the folder are none', () => {
    const other = SHORTEST.replace('CP-1', 'CP-2');
    const files = { 'a.yaml': SHORTEST, 'b.yaml': other, 'notes.txt': 'x: [', '.swp.yaml': 'x: [' };
    expect(loadSiteFiles(files).words).toEqual(['b.yaml:1:13 site.id: the site "depot" stands in a.yaml already']);
  });
});

describe('doubts', () => {
  const charger = 'chargers: { CP-1: {} }\n';

  test('none of a sound site whose chargers are known', () => {
    expect(loadSiteFiles({ 'a.yaml': SHORTEST }, charger)).toMatchObject({ kind: 'loaded', words: [] });
  });

  test('a charger that nobody knows, told once', () => {
    const yaml = SHORTEST.replace(
      '{ chargePoint: CP-1 }',
      '{ chargePoint: cp-2 }, { chargePoint: X, connector: 1 }, { chargePoint: X, connector: 2 }',
    );
    expect(loadSiteFiles({ 'a.yaml': yaml }, charger).words).toEqual([
      'a.yaml:3:29 connectors[0].chargePoint: no charger is called "cp-2"; did you mean "CP-1"?',
      'a.yaml:3:52 connectors[1].chargePoint: no charger is called "X"; it is planned once it is adopted',
    ]);
  });

  test('a fuse above that of its parent', () => {
    const yaml = SHORTEST.replace('}]', '}, { id: row, parent: main, maxCurrentA: [63, 80, 63] }]').replace(
      'CP-1 }',
      'CP-1, parent: row }',
    );
    expect(loadSiteFiles({ 'a.yaml': yaml }, charger).words).toEqual([
      'a.yaml:2:77 tree[1].maxCurrentA: 80 A on L2 is above the 63 A of "main", which holds',
    ]);
  });
});

test('a site file is, as it stands, a site for `ocpp-edge plan`', () => {
  const file = fileURLToPath(new URL('../../../config/sites/depot-north.yaml', import.meta.url));
  const yaml = readFileSync(file, 'utf8');
  const { calendar, ...site } = readSite(parse(yaml), '').site;
  expect(calendar).toBeDefined();
  expect(soundSite(yaml).read.site).toMatchObject(site);
});

test('the site that we ship as an example is sound', () => {
  const folder = fileURLToPath(new URL('../../../config/sites', import.meta.url));
  const loaded = loadSites(configWithSites(folder));
  expect(loaded.kind === 'loaded' && [loaded.sites.map(({ read }) => read.site.id), loaded.warnings]).toEqual([
    ['depot-north'],
    [],
  ]);
});
