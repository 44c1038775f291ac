import { optional } from './reading.ts';
import { finite, notNegative, perPhase, time } from './scenario-fields.ts';
import { whole, wholeList } from './scenario-form.ts';

/** What comes from outside about a site, as a scenario spells it: lists of steps, each from a time on. All throw ScenarioError. */
export const signalReaders = {
  prices: wholeList(whole({ from: time, perKwh: finite })),
  load: wholeList(whole({ from: time, currentA: perPhase(finite) })),
  pv: wholeList(whole({ from: time, kw: notNegative })),
  external: wholeList(whole({ from: time, currentA: optional(perPhase(notNegative)), kw: optional(notNegative) })),
  co2: wholeList(whole({ from: time, gPerKwh: notNegative })),
} as const;
