import {
  byDefault,
  choice,
  decimal,
  flag,
  type Fields,
  list,
  mandatory,
  named,
  section,
  text,
  whole,
} from '../field.ts';

const onOff = section('For a charger that can but be switched: words instead of numbers.', {
  on: mandatory('On', text('What lets it charge: written while the limit is at least the minimum.')),
  off: mandatory('Off', text('What keeps it from charging: written below the minimum.')),
});

/** How a limit becomes a value that a charger is told. */
const valueFields = {
  unit: byDefault('A', choice(['A', 'dA', 'mA', 'W', 'kW'], 'Unit of the value; A is per phase, W the total.')),
  scope: byDefault(
    'connector',
    choice(
      ['connector', 'everyConnector', 'station'],
      'What one value is for. connector: that connector; everyConnector: each of them, whichever; station: all of them together.',
    ),
  ),
  step: byDefault(1, decimal(0.001, 100_000, 'Values are multiples of this; a limit between two is rounded down.')),
  minimum: byDefault(
    6,
    decimal(0, 10_000_000, 'Least value at which a car charges, in the unit of the value (IEC 61851: 6 A per phase).'),
  ),
  maximum: decimal(0, 10_000_000, 'Largest value that the charger takes. Absent = the limit itself.'),
  values: list(
    decimal(0, 10_000_000, 'A value.'),
    'The only values that the charger takes; the largest that is not above the limit is written. Absent = any.',
  ),
  below: byDefault(
    'zero',
    choice(
      ['zero', 'minimum'],
      'What is written below the minimum. zero: 0, which pauses the car; minimum: the minimum, since the charger refuses less. Such a charger keeps drawing it, unless remoteStopStart stands beside.',
    ),
  ),
  onOff,
  writableDuringSession: byDefault(true, flag('The value may be written while a session runs.')),
  minIntervalS: byDefault(
    300,
    whole(0, 86_400, 'Time between two writes, to spare the memory of the charger. A lower limit is written at once.'),
  ),
} satisfies Fields;

const changeConfiguration = section('A configuration key of the vendor holds the limit.', {
  key: mandatory(
    ['MaxCurrent'],
    list(
      text('A key.'),
      'Name of the key; {connector} in it stands for the number of the connector. A list: one key per connector, connector 1 first.',
    ),
  ),
  ...valueFields,
  rebootNeeded: byDefault(
    false,
    flag('The value holds after a reboot: it is written, and the charger reset, only while no session runs.'),
  ),
});

const dataTransfer = section('A DataTransfer of the vendor carries the limit.', {
  vendorId: mandatory('Vendor', text('vendorId of the DataTransfer.')),
  messageId: text('messageId of the DataTransfer. Absent = none.'),
  data: mandatory(
    '{value}',
    text('Its data; {value} in it stands for the value, {connector} for the number of the connector.'),
  ),
  ...valueFields,
});

const remoteStopStart = section(
  'The session is stopped when the limit falls below what a car can charge with, and started again above it. Alone, or beside a key that cannot pause.',
  {
    fromA: byDefault(
      6,
      decimal(0, 1000, 'Least limit at which a session may run. Where a key holds the limit: its minimum instead.'),
    ),
    minOnS: byDefault(60, whole(0, 86_400, 'How long a session runs before it may be stopped.')),
    minOffS: byDefault(300, whole(0, 86_400, 'How long a stopped session rests before it may be started again.')),
  },
);

const model = section('One model, or several that are treated alike.', {
  vendor: mandatory(
    ['Vendor*'],
    list(text('A pattern.'), 'chargePointVendor of its BootNotification; * stands for any text, case does not count.'),
  ),
  model: byDefault(
    ['*'],
    list(text('A pattern.'), 'chargePointModel of its BootNotification; * stands for any text, case does not count.'),
  ),
  changeConfiguration,
  dataTransfer,
  remoteStopStart,
  restA: byDefault(
    6,
    decimal(
      0,
      1000,
      'Current per phase and connector that is left in the charger when the gateway stops; restCurrentA of a charger overrides it.',
    ),
  ),
});

/** Shape, default and words for every key of a model file. */
export const modelFileSchema = section('How chargers without smart charging are held to a limit, by model.', {
  models: byDefault(
    {},
    named(
      {
        pattern: '^[A-Za-z0-9._-]{1,64}$',
        description: 'A model name is 1 to 64 letters, digits, dots, underscores or hyphens.',
      },
      model,
      'Models by name; the first that fits a charger is taken.',
    ),
  ),
});
