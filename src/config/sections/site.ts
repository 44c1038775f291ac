import { chargingRateUnits } from '../../../optimizer/charging-profile.ts';
import { engineKinds, fairnessKinds, peakPolicies, phaseNames } from '../../../optimizer/site.ts';
import {
  byDefault,
  choice,
  decimal,
  type Fields,
  filledList,
  flag,
  list,
  mandatory,
  named,
  orWord,
  overridesOf,
  perPhase,
  section,
  text,
  whole,
} from '../field.ts';
import { tariff } from './tariff.ts';
import { usual, usualConnector, usualNode } from './usual-site.ts';

const { site: usualSite, sessionDefaults } = usual;
const mostA = 100_000;

const general = section('The site as a whole.', {
  id: mandatory(
    'depot-north',
    text('Name of the site: 1 to 64 letters, digits, dots, underscores or hyphens.', 'site-id'),
  ),
  timezone: byDefault(usualSite.timezone, text('IANA time zone of every local time in this file.', 'timezone')),
  nominalVoltageV: byDefault(usualSite.nominalVoltageV, decimal(50, 1000, 'Voltage between phase and neutral.')),
  horizonHours: byDefault(usualSite.horizonHours, decimal(1, 48, 'How far ahead is planned.')),
  slotMinutes: byDefault(usualSite.slotMinutes, whole(5, 60, 'Length of a slot of the plan: 5, 15, 30 or 60.')),
  reoptimize: byDefault(
    {},
    section('When the site is planned anew.', {
      onEvents: byDefault(true, flag('When a session, a limit or a price changes, beside each slot.')),
      minIntervalS: byDefault(10, whole(1, 3600, 'Least time between two plans.')),
      everyMinutes: byDefault(15, whole(1, 1440, 'Longest time between two plans.')),
    }),
  ),
});

const treeNode = section('A fuse, cable or contract that limits everything below it.', {
  id: mandatory('main', text('Name of the node. A node called like a charge point stands for that charger.')),
  parent: text('Node above it. Absent = it is a root, where the grid comes in.'),
  maxCurrentA: mandatory(
    [63],
    perPhase(decimal(0, mostA, 'Amperes.'), 'Fuse: one value for all phases, or one for each of L1, L2, L3.'),
  ),
  headroomPct: byDefault(usualNode.headroomPct, decimal(0, 99, 'Part of the fuse that is kept free.')),
  contractKw: decimal(0, 1_000_000, 'Contracted power of all phases together; a limit with peakPolicy hard.'),
});

const connector = section('One connector and how it is wired.', {
  chargePoint: mandatory('CP-0001', text('Identity of the charger.', 'identity')),
  connector: byDefault(usualConnector.connector, whole(1, 1000, 'Its number at the charger.')),
  parent: text('Node it hangs on. Absent = the node that is called like the charger, else the only root.'),
  phases: byDefault(
    [...usualConnector.phases],
    filledList(choice(phaseNames, 'A phase of the site.'), 'Site phases on its pins, the first pin first.'),
  ),
  minCurrentA: byDefault(
    usualConnector.minCurrentA,
    decimal(0, mostA, 'Below this per phase a car does not charge at all (IEC 61851: 6).'),
  ),
  maxCurrentA: byDefault(usualConnector.maxCurrentA, decimal(0, mostA, 'Most per phase.')),
  priority: byDefault(usualConnector.priority, whole(-10, 10, 'Higher goes first when there is not enough.')),
  unit: choice(chargingRateUnits, 'Unit that the charger takes. Absent = output.unit.'),
  maxPeriods: whole(1, 10_000, 'Most periods of a schedule that the charger takes. Absent = output.maxPeriods.'),
});

const sessionFields = {
  energyKwh: byDefault(sessionDefaults.energyKwh, decimal(0, 10_000, 'Energy that the car wants.')),
  stayHours: byDefault(sessionDefaults.stayHours, decimal(0.1, 720, 'How long it stays.')),
  maxCurrentA: byDefault(sessionDefaults.maxCurrentA, decimal(0, mostA, 'Most that the car takes per phase.')),
  phases: byDefault(sessionDefaults.phases, whole(1, 3, 'Phases that the car uses.')),
} satisfies Fields;

const defaults = section('What holds where nobody said anything.', {
  session: byDefault({}, section('A session of which nobody said more.', sessionFields)),
});

const driver = section('What one driver wants; what is absent is as in defaults.session.', {
  ...overridesOf(sessionFields),
  departure: text('Local time of day at which the car leaves; goes before stayHours.', 'time-of-day'),
  priority: whole(-10, 10, 'Goes before the priority of the connector.'),
});

const onLossWords =
  'What holds then. keepLast: its last value, however old; release: as if there had never been one; staticShare: every connector gets its safe share until the signal is back.';

const signal = (maxAgeS: number, onLoss: 'keepLast' | 'release' | 'staticShare') => ({
  maxAgeS: byDefault(maxAgeS, whole(1, 604_800, 'Age at which a value that is not renewed counts as lost.')),
  onLoss: byDefault(onLoss, choice(['keepLast', 'release', 'staticShare'], onLossWords)),
});

const pv = section('Own power from the sun.', {
  surplusOnly: byDefault(
    usualSite.pvSurplusOnly,
    flag('Charge with what the site itself does not use, and nothing else.'),
  ),
  ...signal(900, 'release'),
});

const limits = section('How long signals about the site hold.', {
  external: byDefault(
    {},
    section('Limit that a grid operator or an energy management system sets.', signal(900, 'keepLast')),
  ),
  load: byDefault({}, section('Measured load of everything that is not a charger.', signal(60, 'staticShare'))),
});

const objective = section('What a good plan is.', {
  unmetPerKwh: byDefault(
    usualSite.objective.unmetPerKwh,
    decimal(
      0.000_001,
      1_000_000,
      'Money that a kWh is worth which a car lacks at departure; above the dearest price, else cars stay short.',
    ),
  ),
  peakPolicy: byDefault(
    usualSite.objective.peakPolicy,
    choice(
      peakPolicies,
      'neverShort: no car stays short to save a peak; soft: it may; hard: contractKw is a limit as well.',
    ),
  ),
  urgencyPerKwhHour: byDefault(
    usualSite.objective.urgencyPerKwhHour,
    decimal(
      0,
      1_000_000,
      'What a kWh loses for each hour that it comes later: 0 = cheapest, three times the default = nearly at once.',
    ),
  ),
  fairness: byDefault(
    usualSite.objective.fairness,
    choice(
      fairnessKinds,
      'Who gets what there is too little of. none: what is worth most; maxmin: the worst off first; equal-share: all the same.',
    ),
  ),
  priorityFactor: byDefault(
    usualSite.objective.priorityFactor,
    decimal(1, 1000, 'One step of priority multiplies unmetPerKwh by this.'),
  ),
  startCost: byDefault(
    usualSite.objective.startCost,
    decimal(0, 1_000_000, 'Money for each start of a car, so that cars are not switched on and off.'),
  ),
  smoothingPct: byDefault(
    usualSite.objective.smoothingPct,
    decimal(0, 100, 'Part of the cost that a calmer plan may be dearer.'),
  ),
  maxPhaseUnbalanceA: decimal(0, mostA, 'Most that one phase of the site may draw above another. Absent = any.'),
});

const engine = section('How the plan is found.', {
  kind: byDefault(usualSite.engine.kind, choice(engineKinds, 'auto takes what fits the size of the site.')),
  timeLimitMs: byDefault(usualSite.engine.timeLimitMs, whole(1, 600_000, 'Longest time for one plan.')),
  mipGap: byDefault(
    usualSite.engine.mipGap,
    decimal(0, 1, 'Relative gap at which the search over whole starts may end.'),
  ),
  commitSlots: byDefault(
    usualSite.engine.commitSlots,
    whole(0, 576, 'First slots in which every current is 0 or at least the minimum of its connector.'),
  ),
});

const output = section('What the chargers are told.', {
  unit: byDefault(usualSite.output.unit, choice(chargingRateUnits, 'Unit of the profiles.')),
  maxPeriods: orWord('auto', whole(1, 10_000, 'Most periods of a schedule. auto = schedules are not shortened.')),
  stackLevel: orWord('max', whole(0, 1000, 'Level of the live profile. max = 8, which most chargers take.')),
  offlineSafeProfile: byDefault(
    usualSite.output.offlineSafeProfile,
    flag('Keep a safe share in every charger, for when the gateway is gone.'),
  ),
  leaseS: byDefault(1800, whole(60, 86_400, 'How long a live profile holds if the gateway does not renew it.')),
});

const pause = section('Part of the day.', {
  from: mandatory('17:00', text('First minute, local time of the site.', 'time-of-day')),
  to: mandatory('21:00', text('Minute at which it ends; before `from`: over midnight.', 'time-of-day')),
});

const calendar = section('Hours that chargers keep by themselves when the gateway is gone. Absent = none.', {
  pauses: mandatory([], list(pause, 'When they do not charge.')),
});

/** Shape and words for every key of a site file; the defaults are those of `readSite`. */
export const siteFileSchema = section('One site, its fuses, connectors, prices and aims.', {
  site: byDefault({}, general),
  tree: mandatory(
    [{ id: 'main', maxCurrentA: [63], headroomPct: usualNode.headroomPct }],
    filledList(treeNode, 'Fuse tree: every node limits what is below it, phase by phase.'),
  ),
  connectors: mandatory(
    [{ ...usualConnector, chargePoint: 'CP-0001' }],
    filledList(connector, 'The connectors that the gateway plans.'),
  ),
  defaults: byDefault({}, defaults),
  drivers: byDefault(
    {},
    named(
      { pattern: '^.{1,20}$', description: 'An idTag is 1 to 20 characters.' },
      driver,
      'Drivers by idTag; case does not count.',
    ),
  ),
  learnStays: byDefault(
    true,
    flag('Once a driver was there a few times, the median of those stays stands in for stayHours.'),
  ),
  tariff: byDefault({}, tariff),
  pv: byDefault({}, pv),
  objective: byDefault({}, objective),
  limits: byDefault({}, limits),
  engine: byDefault({}, engine),
  output: byDefault({}, output),
  calendar,
});
