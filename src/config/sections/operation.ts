import { byDefault, choice, flag, list, live, mandatory, named, restart, section, text, whole } from '../field.ts';

const INT32_MAX = 2_147_483_647;

export const offline = section('What chargers hear while the CSMS is away or slow.', {
  waitMs: byDefault(8000, whole(0, 60_000, 'How long a charger waits for the word of the CSMS before it gets ours.')),
  unknownIdTag: byDefault(
    'reject',
    choice(['reject', 'accept'], 'A tag that neither the local list nor the cache knows (AllowOfflineTxForUnknownId).'),
  ),
  firstBoot: byDefault(
    'Pending',
    choice(['Pending', 'Accepted'], 'Answer to the BootNotification of a charger that the CSMS never saw.'),
  ),
  pendingIntervalS: byDefault(60, whole(1, 86_400, 'When a charger told Pending may ask again.')),
  onLateInvalid: byDefault(
    'stop',
    choice(['stop', 'log'], 'When the CSMS refuses a transaction that already runs: stop it, or only log it.'),
  ),
  queueDataTransferVendorIds: byDefault(
    [],
    list(
      text('A vendorId.'),
      'Vendors whose DataTransfer is kept and answered Accepted; that of others is answered Rejected.',
    ),
  ),
});

const provisionalIds = section('Transaction ids given to chargers while the CSMS is away; never used twice.', {
  from: byDefault(1_900_000_000, whole(1, INT32_MAX, 'First id.')),
  to: byDefault(2_000_000_000, whole(1, INT32_MAX, 'Last id.')),
});

export const outbox = section('Messages kept for the CSMS.', {
  attempts: byDefault(
    5,
    whole(
      1,
      1000,
      'CALLERRORs until a message becomes a dead letter (TransactionMessageAttempts). Lost links never count.',
    ),
  ),
  retryIntervalS: byDefault(
    60,
    whole(1, 86_400, 'Wait after a CALLERROR, times the number of attempts before (TransactionMessageRetryInterval).'),
  ),
  receiptsDays: byDefault(7, whole(1, 3650, 'How long delivered messages are remembered, to know a repetition.')),
  provisionalIds: restart(byDefault({}, provisionalIds)),
});

export const data = section('Where the gateway keeps what it must not forget.', {
  folder: byDefault(
    './data',
    text('Folder of the database; relative to the working directory. One gateway per folder.'),
  ),
});

/** When something happens by itself. */
export const wallTimes = {
  cron: text(
    'When: five cron fields, such as "10 2 * * *" (minute, hour, day, month, weekday; day and weekday must both fit).',
    'wall-cron',
  ),
  timezone: text('IANA time zone of cron, such as Europe/Berlin. Absent = that of this machine.', 'timezone'),
};

export const backup = section('Copies of the database, made and checked while the gateway runs.', {
  enabled: byDefault(true, flag('Make one whenever cron says so. false: only when `ocpp-edge backup` asks.')),
  cron: byDefault('10 2 * * *', wallTimes.cron),
  timezone: wallTimes.timezone,
  folder: text('Folder of the copies. Absent = backups in the data folder.', 'folder'),
  keep: byDefault(7, whole(1, 1000, 'How many copies stay, the newest.')),
});

const token = section('A token: sent as `Authorization: Bearer <token>`.', {
  scope: mandatory(
    'read',
    choice(['read', 'operate', 'admin'], 'What it may do: look; also act on chargers, sites and jobs; everything.'),
  ),
  tokenFrom: mandatory(
    'env:CONSOLE_TOKEN',
    text(
      'Where it is: env:NAME or file:PATH. At least 16 letters, digits or -._~+/= (`openssl rand -base64 32` makes one).',
      'secret-reference',
    ),
  ),
});

const tokens = named(
  {
    pattern: '^[A-Za-z0-9._-]{1,64}$',
    description: 'The name of a token is 1 to 64 letters, digits, dots, underscores or hyphens.',
  },
  token,
  'Who may use the operator API, by name. None: whoever is on this machine may do everything, and nobody else anything. The socket in the data folder needs no token.',
);

export const operator = section('Listener for health, metrics, the operator API and the console.', {
  host: byDefault('127.0.0.1', text('Address to listen on; another one than that of this machine needs tokens.')),
  port: byDefault(8190, whole(0, 65_535, 'TCP port; 0 takes any free one.')),
  tokens: live(byDefault({}, tokens)),
  chargerLabels: byDefault(true, flag('One metric per charger; false: one for all of them, for very large sites.')),
});

export const messages = section(
  'What was said on the wires, kept in telemetry.db for people: idTags and secrets hidden.',
  {
    enabled: byDefault(true, flag('Keep messages. false: none are kept, and those of before are forgotten in time.')),
    keepDays: byDefault(7, whole(1, 365, 'How long a message is kept.')),
    keepBytes: byDefault(
      268_435_456,
      whole(8_388_608, 1_000_000_000_000, 'Size of the file, a little more or less: beyond it the oldest go.'),
    ),
  },
);

export const log = section('The log on standard output, one JSON object a line.', {
  level: byDefault('info', choice(['error', 'warn', 'info', 'debug'], 'Least level that is written.')),
});
