import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readCampaigns } from '../../../src/config/campaigns.ts';
import { describeMistake } from '../../../src/config/place.ts';
import { campaignOrder } from '../../../src/main/campaigns.ts';
import { MINIMAL, soundConfig, temporaryFolder } from './written-config.ts';

const sha256 = 'ABCDEF0123456789'.repeat(4);

const shortest = `name: wall
select: { chargers: "*" }
image: { location: "https://firmware.test/a.bin", sha256: ${sha256} }
targetVersion: "2.0"
`;

function read(files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { campaigns, mistakes } = readCampaigns(soundConfig(`${MINIMAL}transfers: { campaignsFolder: "${folder}" }\n`));
  return { campaigns, words: mistakes.map((mistake) => describeMistake(mistake).replaceAll(`${folder}/`, '')) };
}

const words = (yaml: string): readonly string[] =>
  read({ 'a.yaml': yaml }).words.map((mistake) => mistake.replace('a.yaml:', ''));

test('without a folder there are none, and one that is not there is a mistake', () => {
  expect(readCampaigns(soundConfig(MINIMAL))).toEqual({ campaigns: [], mistakes: [] });
  const lost = readCampaigns(soundConfig(`${MINIMAL}transfers: { campaignsFolder: /nowhere }\n`));
  expect(lost.mistakes.map(describeMistake)).toEqual(['/nowhere:1:1 the folder of campaigns does not exist']);
});

test('what is not written has its default', () => {
  const { campaigns, words: mistakes } = read({ 'a.yaml': shortest, '.b.yaml': 'nonsense', 'c.txt': '' });
  expect([mistakes, campaigns.map(campaignOrder)]).toEqual([
    [],
    [
      {
        name: 'wall',
        select: { chargers: ['*'] },
        image: { location: 'https://firmware.test/a.bin', sha256: sha256.toLowerCase() },
        targetVersion: '2.0',
        waves: [],
        parallelism: 1,
        timezone: 'UTC',
        windows: [],
        requireIdle: true,
        abortAfterFailures: 1,
        soakMs: 0,
        verifyMs: 3_600_000,
        waitMs: 604_800_000,
      },
    ],
  ]);
});

test('every key reaches the campaign; the example is sound', () => {
  const campaignsFolder = fileURLToPath(new URL('../../../config/campaigns', import.meta.url));
  const { campaigns, mistakes } = readCampaigns(
    soundConfig(`${MINIMAL}transfers: { campaignsFolder: "${campaignsFolder}" }\n`),
  );
  expect(mistakes).toEqual([]);
  expect(campaigns.map(campaignOrder)).toMatchObject([
    {
      name: 'wall-2-1',
      select: { chargers: ['CP-0001', 'CP-*'], vendors: ['Acme'], models: ['Wall*'], firmware: ['1.*', '2.0*'] },
      targetVersion: '2.1.0',
      waves: [
        { kind: 'count', chargers: 1 },
        { kind: 'part', percent: 10 },
        { kind: 'part', percent: 50 },
      ],
      parallelism: 4,
      bytesPerS: 2_000_000,
      timezone: 'Europe/Amsterdam',
      windows: [
        { days: ['mon', 'tue', 'wed', 'thu', 'fri'], fromMinute: 60, toMinute: 300 },
        { days: ['sat', 'sun'], fromMinute: 1380, toMinute: 360 },
      ],
      requireIdle: true,
      abortAfterFailures: 2,
      soakMs: 86_400_000,
      verifyMs: 3_600_000,
      waitMs: 604_800_000,
    },
  ]);
});

/** What is written below the shortest file → the one mistake that is read. */
test.each([
  ['a misspelled key', 'paralelism: 2', '5:1 paralelism: unknown key; did you mean "parallelism"?'],
  [
    'an unknown time zone',
    'timezone: Europe/Berlim',
    '5:11 timezone: must be an IANA time zone such as Europe/Berlin, not "Europe/Berlim"; did you mean "Europe/Berlin"?',
  ],
  [
    'a window of no length',
    'timezone: UTC\nwindows: [{ from: "02:00", to: "02:00" }]',
    '6:32 windows[0].to: must not be from: the window would never be open',
  ],
  [
    'a window that begins where the day ends',
    'timezone: UTC\nwindows: [{ from: "24:00", to: "02:00" }]',
    '6:19 windows[0].from: must be before 24:00; 00:00 is the next day',
  ],
  [
    'windows without a zone',
    'windows: { from: "01:00", to: "02:00" }',
    '1:1 timezone: is needed with windows: an IANA time zone such as Europe/Berlin',
  ],
  [
    'a day that is none',
    'timezone: UTC\nwindows: [{ days: [monday], from: "01:00", to: "02:00" }]',
    '6:20 windows[0].days[0]: must be one of mon, tue, wed, thu, fri, sat, sun, not "monday"',
  ],
  ['a part above all', 'waves: [{ upToPct: 101 }]', '5:20 waves[0].upToPct: must be at most 100, in percent, not 101'],
  ['a wave of both kinds', 'waves: { upToPct: 10, upTo: 1 }', '5:8 waves[0]: must have upTo or upToPct, and not both'],
  ['a wave of neither', 'waves: [{}]', '5:9 waves[0]: must have upTo or upToPct, and not both'],
  [
    'waves that do not rise',
    'waves: [{ upToPct: 50 }, { upTo: 1 }, { upToPct: 50 }]',
    '5:50 waves[2].upToPct: must be above the 50 of the wave before, which it counts too',
  ],
  ['nobody at once', 'parallelism: 0', '5:14 parallelism: must be at least 1, not 0'],
  [
    'less bandwidth than its chargers can live with',
    'parallelism: 100\nbytesPerS: 2000',
    '6:12 bytesPerS: must be at least 10000: 100 chargers share it, and one with less than 100 gives up',
  ],
  ['a rate with a unit', 'bytesPerS: 2 MB', '5:12 bytesPerS: must be a whole number of bytes per second, not "2 MB"'],
])('%s', (_, yaml, mistake) => {
  expect(words(`${shortest}${yaml}\n`)).toEqual([mistake]);
});

/** What stands in the shortest file → what stands there instead → the one mistake that is read. */
test.each([
  [
    'a hash of another length',
    sha256,
    'abc123',
    '3:59 image.sha256: must be a SHA-256 of 64 hexadecimal digits, not "abc123"',
  ],
  [
    'a location with a password, which is not repeated',
    'https://firmware',
    'https://me:s3cret@firmware',
    '3:20 image.location: must be a URL such as https://firmware.example.com/wall-2.1.bin, without user, password or fragment',
  ],
  [
    'a file of this machine',
    'https://firmware.test',
    'file:///etc',
    '3:20 image.location: must be a URL such as https://firmware.example.com/wall-2.1.bin, without user, password or fragment',
  ],
  [
    'a version that YAML takes for a number',
    '"2.0"',
    '2.0',
    '4:16 targetVersion: must be text (in quotes if it looks like a number), not 2',
  ],
  [
    'a selector that says nothing',
    '{ chargers: "*" }',
    '{}',
    '2:9 select: must say whom: chargers, vendors, models or firmware; chargers: "*" is everybody',
  ],
  ['an empty list', '"*"', '[]', '2:21 select.chargers: must have at least one entry'],
  [
    'a name that is none',
    'name: wall',
    'name: wall/2',
    '1:7 name: must be 1 to 64 letters, digits, underscores, hyphens, or dots behind the first, not "wall/2"',
  ],
])('%s', (_, from, to, mistake) => {
  expect(words(shortest.replace(from, to))).toEqual([mistake]);
});

test('what must be written is asked for', () => {
  expect(words('name: wall\n').map((mistake) => mistake.split(':')[2]?.trim())).toEqual([
    'is missing',
    'is missing',
    'is missing',
  ]);
});

test('two files of one name', () => {
  const { campaigns, words: mistakes } = read({ 'a.yaml': shortest, 'b.yaml': shortest });
  expect(mistakes).toEqual(['b.yaml:1:7 name: the campaign "wall" stands in a.yaml already']);
  expect(campaigns).toHaveLength(2);
});
