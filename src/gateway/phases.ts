import type { Payload } from './ports.ts';

const phases = ['L1', 'L2', 'L3'] as const;

/** Quantities that each phase has of its own. */
const perPhase = /^(?:Current|Power|Voltage)(?:\.|$)/;

/**
 * Three readings of one quantity, alike in all but the value and without a phase, are those of L1, L2 and L3 in this
 * order: how boxes of OCPP 1.5 measure three phases, which that version has no word for. Any other number is left alone.
 */
export function withPhases(payload: Payload): Payload {
  const changed = ['meterValue', 'transactionData'].flatMap((name) => {
    const list = payload[name];
    return Array.isArray(list) ? [[name, list.map(ofOneMoment)] as const] : [];
  });
  return changed.length === 0 ? payload : { ...payload, ...Object.fromEntries(changed) };
}

function ofOneMoment(meterValue: Payload): Payload {
  const readings = meterValue['sampledValue'] as readonly Payload[];
  const alike = new Map<string, Payload[]>();
  for (const reading of readings) {
    const kind = kindOf(reading);
    if (kind !== undefined) alike.set(kind, [...(alike.get(kind) ?? []), reading]);
  }
  const phaseOf = new Map<Payload, string>();
  for (const three of alike.values()) {
    if (three.length !== phases.length) continue;
    for (const [index, reading] of three.entries()) phaseOf.set(reading, phases[index] ?? '');
  }
  if (phaseOf.size === 0) return meterValue;
  const told = (reading: Payload): Payload => {
    const phase = phaseOf.get(reading);
    return phase === undefined ? reading : { ...reading, phase };
  };
  return { ...meterValue, sampledValue: readings.map(told) };
}

/** What the reading is of; undefined: it has a phase, or could have none. */
function kindOf({ measurand, phase, ...rest }: Payload): string | undefined {
  if (phase !== undefined || typeof measurand !== 'string' || !perPhase.test(measurand)) return undefined;
  const { context, location, unit, format } = rest;
  return JSON.stringify([measurand, context, location, unit, format]);
}
