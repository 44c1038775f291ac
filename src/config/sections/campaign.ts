import { byDefault, choice, filledList, flag, list, mandatory, section, text, whole } from '../field.ts';

const mostBytes = Number.MAX_SAFE_INTEGER;

const patterns = (what: string) =>
  filledList(text('Pattern: * is any text, ? one character; case does not count.'), what);

const select = section('Whose firmware is updated: chargers that fit all of what is said here.', {
  chargers: patterns('Identities. Those of the first pattern come first. Absent = any.'),
  vendors: patterns('chargePointVendor of the BootNotification. Absent = any.'),
  models: patterns('chargePointModel of the BootNotification. Absent = any.'),
  firmware: patterns('Present firmwareVersion. Absent = any but targetVersion.'),
});

const image = section('The firmware.', {
  location: mandatory(
    'https://firmware.example.com/wall-2.1.bin',
    text('Where it is fetched: http, https, ftp or ftps.', 'image-url'),
  ),
  sha256: mandatory('0'.repeat(64), text('What it must hash to.', 'sha256')),
  sizeBytes: whole(1, mostBytes, 'What it must measure. Absent = any size.'),
});

const wave = section('A part of the chargers; upTo or upToPct.', {
  upTo: whole(1, 100_000, 'Up to so many chargers, those of the waves before counted.'),
  upToPct: whole(1, 100, 'Up to such a part of all chargers, those of the waves before counted.'),
});

const window = section('When updates may begin.', {
  days: byDefault(
    ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
    filledList(choice(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], 'Day.'), 'Days on which it opens.'),
  ),
  from: mandatory('01:00', text('First minute, local time.', 'time-of-day')),
  to: mandatory('05:00', text('Minute at which it closes; before `from`: on the next day.', 'time-of-day')),
});

/** Shape and words for every key of a campaign file. */
export const campaignFileSchema = section('One firmware campaign.', {
  name: mandatory(
    'wall-2-1',
    text('Name of the campaign: 1 to 64 letters, digits, dots, underscores or hyphens.', 'site-id'),
  ),
  select: mandatory({ chargers: ['*'] }, select),
  image: mandatory({ location: 'https://firmware.example.com/wall-2.1.bin', sha256: '0'.repeat(64) }, image),
  targetVersion: mandatory('2.1.0', text('firmwareVersion that chargers boot with after the update.')),
  waves: byDefault(
    [],
    list(wave, 'Chargers are updated wave by wave; those that no wave reaches are the last one. Empty: all at once.'),
  ),
  parallelism: byDefault(1, whole(1, 1000, 'Most chargers that are updated at once.')),
  bytesPerS: whole(1024, mostBytes, 'Most that all downloads of chargers take together. Absent = no limit.'),
  timezone: text('IANA time zone of the windows.', 'timezone'),
  windows: byDefault([], list(window, 'When updates may begin. Empty: at any time.')),
  requireIdle: byDefault(true, flag('Only while no transaction of the charger is open.')),
  abortAfterFailures: byDefault(1, whole(1, 100_000, 'So many failures end the campaign.')),
  soakMinutes: byDefault(0, whole(0, 43_200, 'From the end of a wave to the next.')),
  verifyMinutes: byDefault(60, whole(1, 1440, 'From the end of an update to the boot that shows targetVersion.')),
  waitDays: byDefault(
    7,
    whole(
      1,
      365,
      'How long a wave waits when only chargers are left that are away, charging or busy; then it goes on without them.',
    ),
  ),
});
