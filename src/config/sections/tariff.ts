import { byDefault, choice, decimal, filledList, mandatory, orWord, section, text } from '../field.ts';
import { usual } from './usual-site.ts';

const { site, co2WeightPerKg } = usual;

const anyPrice = (description: string) => decimal(-1_000_000, 1_000_000, description);

const period = section('Part of the day.', {
  from: mandatory('07:00', text('First minute, local time of the site.', 'time-of-day')),
  to: mandatory(
    '23:00',
    text(
      'Minute that is no longer part of it; before `from`: over midnight. 24:00 is the end of the day.',
      'time-of-day',
    ),
  ),
  perKwh: mandatory(0.3, anyPrice('Price in it.')),
});

const importTariff = section('What a kWh from the grid costs. Absent = nothing.', {
  kind: mandatory(
    'fixed',
    choice(
      ['fixed', 'tou', 'file', 'http'],
      'fixed: one price (perKwh); tou: by time of day (periods); file: a list of times and prices that somebody puts there (file); http: the same, fetched (url, cron).',
    ),
  ),
  perKwh: anyPrice(
    'The price. With tou: the one outside of all periods (absent = that of the first period); with file and http: the one before the first that is known.',
  ),
  adderPerKwh: byDefault(0, anyPrice('Taxes and fees on top of every price, those of file and http included.')),
  periods: filledList(period, 'Prices by time of day; the first period that covers a minute holds. With tou.'),
  file: text('CSV or JSON file with prices, relative to the folder of the site file. With file.', 'file'),
  url: text('Where CSV or JSON with prices is fetched from. With http.', 'feed-url'),
  cron: text(
    'When it is fetched, beside each start: five cron fields in UTC, such as "15 13 * * *". With http.',
    'cron',
  ),
  unit: choice(
    ['kWh', 'MWh'],
    'What the prices of file and url are for. Absent = what the name of their column says, else kWh.',
  ),
});

const demandCharge = section('What the highest quarter-hour mean of the billing period costs.', {
  perKwMonth: byDefault(site.demandCharge.perKwMonth, decimal(0, 1_000_000, 'Money for each kW of it.')),
  billedPeakKw: orWord('auto', decimal(0, 1_000_000, 'Peak that is paid for already in this period. auto = none yet.')),
});

export const tariff = section('What energy costs, in the currency that all money of the file is in.', {
  import: importTariff,
  feedInPerKwh: byDefault(site.feedInPerKwh, anyPrice('What a kWh into the grid earns.')),
  demandCharge: byDefault({}, demandCharge),
  co2WeightPerKg: byDefault(
    co2WeightPerKg,
    decimal(0, 1_000_000, 'What a kg of CO2 counts as when planning, where the CO2 of the grid is known.'),
  ),
  currency: byDefault(site.currency, text('Name of the currency, for people.')),
});
