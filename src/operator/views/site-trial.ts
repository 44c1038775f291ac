import { anything, choice, list, maybe, number, record, text, whole } from './shape.ts';

/** What might be otherwise at a site; what is absent stays as it is. */
export const siteChange = record(
  {
    limitA: maybe(number('Of each root, A per phase.')),
    sessions: maybe(
      list(
        record(
          {
            chargePoint: text('Its identity.'),
            connector: whole('From 1 on.'),
            departure: maybe(text('ISO 8601.')),
            energyKwh: maybe(number('Of the whole session.')),
            maxCurrentA: maybe(number('That the car takes.')),
            phases: maybe(whole('1, 2 or 3.')),
            priority: maybe(whole('0 to 10.')),
          },
          'A wish; on a connector without a car, of one that comes now.',
        ),
        'Other wishes.',
      ),
    ),
    prices: maybe(
      list(
        record({ from: text('ISO 8601.'), perKwh: number('In the currency of the site.') }, 'A price.'),
        'Ascending.',
      ),
    ),
    unmetPerKwh: maybe(number('What a kWh is worth that a car lacks.')),
    urgencyPerKwhHour: maybe(number('What a kWh loses in an hour.')),
    co2WeightPerKg: maybe(number('What a kg of CO2 costs the plan.')),
    peakPolicy: maybe(choice(['neverShort', 'soft', 'hard'], 'As in the site’s file.')),
    fairness: maybe(choice(['none', 'maxmin', 'equal-share'], 'As in the site’s file.')),
  },
  'What might be otherwise.',
);

export const siteTrial = record(
  { present: anything('The plan of the site as it is.'), changed: anything('The plan with the change.') },
  'Two plans, of which nothing is applied.',
);
