import { integer, oneOf, optional, text } from '../../../optimizer/reading.ts';
import { atLeastOne, notNegative, phaseCount, positive, time } from '../../../optimizer/scenario-fields.ts';
import { ScenarioError, whole, wholeList } from '../../../optimizer/scenario-form.ts';
import { signalReaders } from '../../../optimizer/scenario-signals.ts';
import { fairnessKinds, peakPolicies } from '../../../optimizer/site.ts';
import { OcppError } from '../../ocpp/errors.ts';
import type { SessionTarget, Signal, SiteChange } from './ports.ts';

/** Kinds of signals, as they are named in a scenario. */
const signalKinds = ['load', 'pv', 'external', 'prices', 'co2'] as const satisfies readonly Signal['kind'][];

const wishes = {
  departure: optional(time),
  energyKwh: optional(notNegative),
  maxCurrentA: optional(notNegative),
  phases: optional(phaseCount),
  priority: optional(integer),
};
const target = whole(wishes);

const change = whole({
  limitA: optional(notNegative),
  sessions: optional(wholeList(whole({ chargePoint: text, connector: atLeastOne, ...wishes }))),
  prices: optional(signalReaders.prices),
  unmetPerKwh: optional(positive),
  urgencyPerKwhHour: optional(notNegative),
  co2WeightPerKg: optional(notNegative),
  peakPolicy: optional(oneOf(peakPolicies)),
  fairness: optional(oneOf(fairnessKinds)),
});

/** Reads the steps of a signal as a scenario spells them. Throws OcppError with every field that is wrong. */
export function readSignal(kindName: string, value: unknown): Signal {
  const kind = signalKinds.find((known) => known === kindName);
  if (kind === undefined) {
    throw new OcppError('PropertyConstraintViolation', `kind: expected ${signalKinds.join(', ')}, found "${kindName}"`);
  }
  return formed(() => signalOf(kind, value));
}

/** Reads what somebody says of the session on a connector. Throws OcppError with every field that is wrong. */
export function readTarget(chargePoint: string, connector: number, value: unknown): SessionTarget {
  const { departure, ...said } = formed(() => target(value, ''));
  return { ...said, chargePoint, connector, ...(departure === undefined ? {} : { departureS: departure }) };
}

/** Reads what might be otherwise at a site. Throws OcppError with every field that is wrong. */
export function readChange(value: unknown): SiteChange {
  const { sessions, prices, ...others } = formed(() => change(value, ''));
  return {
    ...others,
    ...(prices === undefined ? {} : { prices: prices.map(({ from, perKwh }) => ({ fromS: from, perKwh })) }),
    ...(sessions === undefined
      ? {}
      : {
          sessions: sessions.map(({ departure, ...said }) => ({
            ...said,
            ...(departure === undefined ? {} : { departureS: departure }),
          })),
        }),
  };
}

function signalOf(kind: Signal['kind'], value: unknown): Signal {
  switch (kind) {
    case 'load':
      return { kind, steps: signalReaders.load(value, kind).map(({ from, currentA }) => ({ fromS: from, currentA })) };
    case 'pv':
      return { kind, steps: signalReaders.pv(value, kind).map(({ from, kw }) => ({ fromS: from, kw })) };
    case 'external':
      return {
        kind,
        steps: signalReaders.external(value, kind).map(({ from, ...limit }) => ({ fromS: from, ...limit })),
      };
    case 'prices':
      return { kind, steps: signalReaders.prices(value, kind).map(({ from, perKwh }) => ({ fromS: from, perKwh })) };
    case 'co2':
      return { kind, steps: signalReaders.co2(value, kind).map(({ from, gPerKwh }) => ({ fromS: from, gPerKwh })) };
  }
}

function formed<T>(read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof ScenarioError)) throw thrown;
    throw new OcppError('PropertyConstraintViolation', thrown.message, { cause: thrown });
  }
}
