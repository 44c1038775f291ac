import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planWith } from '../../../../optimizer/plan.ts';
import type { Scenario } from '../../../../optimizer/site.ts';
import { enginesWithoutWasm } from '../../../../optimizer/solver.ts';
import type { Signal } from '../../../../src/charging/site/ports.ts';
import { OcppError } from '../../../../src/ocpp/errors.ts';
import { connectorOn, KnownSite, morningS, plainSettings } from './known-site.ts';

const chargePoint = fc.constantFrom('cp-1', 'cp-2', 'elsewhere');
const connectorId = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 0, max: 2 }) }, fc.jsonValue());
const decimal = fc.double({ min: 0, max: 60, noNaN: true }).map((value) => value.toFixed(1));
const junk = fc.oneof(
  fc.constantFrom('', 'NaN', '-1', '1e308', '-0', '99999999999', 'ff', '1e-320'),
  fc.double().map(String),
  fc.jsonValue(),
);
const sampledValue = fc.record(
  {
    value: fc.oneof({ weight: 3, arbitrary: decimal }, { weight: 1, arbitrary: junk }),
    measurand: fc.constantFrom(
      'Current.Import',
      'Power.Active.Import',
      'Energy.Active.Import.Register',
      'Voltage',
      'SoC',
      '__proto__',
    ),
    phase: fc.constantFrom('L1', 'L2', 'L3', 'L1-N', 'L2-L3', 'N', 'toString'),
    unit: fc.constantFrom('A', 'W', 'kW', 'Wh', 'kWh', 'V', 'Percent'),
    location: fc.constantFrom('Outlet', 'Inlet', 'EV'),
    context: fc.constantFrom('Sample.Periodic', 'Transaction.Begin'),
    format: fc.constantFrom('Raw', 'SignedData'),
  },
  { requiredKeys: ['value'] },
);
const timestamp = fc.oneof(
  fc.integer({ min: -5000, max: 5000 }).map((offsetS) => new Date((morningS + offsetS) * 1000).toISOString()),
  fc.jsonValue(),
);
const meterValues = fc.record({
  connectorId,
  meterValue: fc.oneof(
    {
      weight: 9,
      arbitrary: fc.array(fc.record({ timestamp, sampledValue: fc.array(sampledValue, { maxLength: 8 }) })),
    },
    { weight: 1, arbitrary: fc.jsonValue() },
  ),
});
const messages = {
  MeterValues: meterValues,
  StatusNotification: fc.record({
    connectorId,
    status: fc.oneof(
      fc.constantFrom('Available', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Faulted'),
      fc.jsonValue(),
    ),
  }),
  StartTransaction: fc.record({
    connectorId,
    idTag: fc.oneof(fc.constantFrom('A', 'B'), fc.jsonValue()),
    meterStart: fc.oneof(fc.integer(), fc.double(), fc.jsonValue()),
  }),
  StopTransaction: fc.record({ transactionId: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.jsonValue()), timestamp }),
  DataTransfer: fc.record({
    vendorId: fc.constant('org.ocpp-edge'),
    messageId: fc.constant('SessionTarget'),
    data: fc.oneof(
      fc
        .record(
          {
            connectorId: fc.integer({ min: 0, max: 2 }),
            departure: timestamp,
            energyKwh: fc.double(),
            maxCurrentA: fc.double({ min: 0, max: 40 }),
            phases: fc.integer({ min: 0, max: 4 }),
            priority: fc.integer({ min: -1, max: 12 }),
          },
          { requiredKeys: [] },
        )
        .map((data) => JSON.stringify(data)),
      fc.jsonValue(),
    ),
  }),
};

const number = fc.oneof({ weight: 6, arbitrary: fc.double({ min: -5, max: 60, noNaN: true }) }, fc.double());
const fromS = fc.integer({ min: -3600, max: 30_000 }).map((offsetS) => morningS + offsetS);
const steps = <T>(values: fc.Arbitrary<T>) =>
  fc.array(
    fc.tuple(fromS, values).map(([atS, value]) => ({ fromS: atS, ...value })),
    { maxLength: 4 },
  );
const signal: fc.Arbitrary<Signal> = fc.oneof(
  fc.record({
    kind: fc.constant('load' as const),
    steps: steps(fc.record({ currentA: fc.tuple(number, number, number) })),
  }),
  fc.record({ kind: fc.constant('pv' as const), steps: steps(fc.record({ kw: number })) }),
  fc.record({ kind: fc.constant('external' as const), steps: steps(fc.record({ kw: number })) }),
  fc.record({ kind: fc.constant('prices' as const), steps: steps(fc.record({ perKwh: number })) }),
  fc.record({ kind: fc.constant('co2' as const), steps: steps(fc.record({ gPerKwh: number })) }),
);

type Event = (site: KnownSite) => void;

const message = (action: keyof typeof messages): fc.Arbitrary<Event> =>
  fc.tuple(chargePoint, messages[action]).map(([from, payload]) => (site) => {
    try {
      site.hear(action, payload, from);
    } catch (thrown) {
      if (action !== 'DataTransfer' || !(thrown instanceof OcppError)) throw thrown;
    }
  });
const told: fc.Arbitrary<Event> = signal.map((given) => (site) => {
  try {
    site.inputs.signal(given, site.nowS);
  } catch (thrown) {
    if (!(thrown instanceof OcppError)) throw thrown;
  }
});
const transaction = fc.record({
  connectorId: fc.integer({ min: 0, max: 2 }),
  transactionId: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  idTag: fc.constantFrom('A', 'b', '__proto__'),
  startedAtMs: fc.oneof(
    fromS.map((atS) => atS * 1000),
    fc.constant(Number.NaN),
  ),
});
const facts: fc.Arbitrary<Event> = fc.tuple(chargePoint, fc.array(transaction, { maxLength: 3 })).map(
  ([from, transactions]) =>
    (site) =>
      void site.facts(from, transactions),
);
const passing: fc.Arbitrary<Event> = fc
  .oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 1200 }) }, fc.integer({ min: -90_000, max: 90_000 }))
  .map((seconds) => (site) => site.pass(seconds));
const planning: fc.Arbitrary<Event> = fc.constant((site) => void site.plan());
const looking: fc.Arbitrary<Event> = fc.constant((site) => void site.inputs.nextChangeS(site.nowS));

const event = fc.oneof(
  { weight: 6, arbitrary: message('MeterValues') },
  { weight: 2, arbitrary: message('StatusNotification') },
  message('StartTransaction'),
  message('StopTransaction'),
  message('DataTransfer'),
  { weight: 3, arbitrary: facts },
  { weight: 2, arbitrary: told },
  { weight: 3, arbitrary: passing },
  planning,
  looking,
);

const settings = {
  ...plainSettings,
  site: {
    ...plainSettings.site,
    horizonHours: 2,
    connectors: [
      connectorOn('cp-1', 1),
      { ...connectorOn('cp-1', 2), phases: ['L2', 'L3', 'L1'] as const },
      { ...connectorOn('cp-2', 1), phases: ['L3'] as const },
    ],
  },
  load: { maxAgeS: 600, onLoss: 'staticShare' as const },
  drivers: new Map([['b', { departureMinute: 420, energyKwh: 5 }]]),
};

function numbersOf(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}

function badNumbers({ sessions, load, pv, external, prices, co2 }: Scenario): readonly number[] {
  const finite = numbersOf({ load, prices }).filter((value) => !Number.isFinite(value));
  const notNegative = numbersOf({ sessions, pv, external, co2 }).filter((value) => !(value >= 0 && value < 1e12));
  return [...finite, ...notNegative];
}

test('whatever is heard, the scenario holds numbers, and has a plan that keeps every limit', () => {
  let sessions = 0;
  let measured = 0;
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 40, size: 'max' }), (events) => {
      const site = new KnownSite(settings);
      for (const happen of events) happen(site);
      const { scenario, alarms } = site.inputs.scenario(site.nowS);
      expect(badNumbers(scenario)).toEqual([]);
      expect(scenario.sessions.every(({ departureS }) => departureS >= site.nowS + 900)).toBe(true);
      expect(alarms.every(({ about, message: text }) => about !== '' && text !== '')).toBe(true);
      const plan = planWith(enginesWithoutWasm, scenario);
      expect(numbersOf(plan.connectors).every(Number.isFinite)).toBe(true);
      const again = new KnownSite(settings, JSON.parse(JSON.stringify(site.inputs.memory())));
      expect(badNumbers(again.inputs.scenario(site.nowS).scenario)).toEqual([]);
      sessions += scenario.sessions.length;
      const on = [site.inputs.measuredA('cp-1', 1, site.nowS), site.inputs.measuredA('cp-2', 1, site.nowS)];
      measured += on.filter((currentA) => currentA !== undefined).length;
    }),
    { numRuns: 300 },
  );
  // else the property says nothing
  expect(sessions).toBeGreaterThan(15);
  expect(measured).toBeGreaterThan(15);
});
