import { type Payload, recordsOf, textOf } from '../../payload.ts';
import type { Generation } from '../generation.ts';
import { answerOlder, hearOlder, occupiedOr, olderKeys, sayOlder } from './older.ts';

/**
 * OCPP 1.5: a reading is text with attributes, has no phase, and its units have other names; a transaction that ends gives
 * no reason.
 */
export const ocpp15: Generation = {
  ocpp: '1.5',
  keys: olderKeys,
  statusWord: (status) => (status === 'Reserved' ? status : occupiedOr(status)),
  tellable: (action, fields) => {
    switch (action) {
      case 'StartTransaction':
        return fields;
      case 'MeterValues':
        return { ...fields, meterValue: recordsOf(fields, 'meterValue').map(withoutPhases) };
      case 'StopTransaction': {
        const { reason: _, ...rest } = fields;
        if (rest['transactionData'] === undefined) return rest;
        return { ...rest, transactionData: recordsOf(rest, 'transactionData').map(withoutPhases) };
      }
    }
  },
  say: (action, payload) => {
    switch (action) {
      case 'MeterValues': {
        const { meterValue: _, ...rest } = payload;
        return { ...rest, values: recordsOf(payload, 'meterValue').map(flat) };
      }
      case 'StopTransaction': {
        const { transactionData, ...rest } = payload;
        if (transactionData === undefined) return rest;
        return { ...rest, transactionData: [{ values: recordsOf(payload, 'transactionData').map(flat) }] };
      }
      default:
        return sayOlder(action, payload);
    }
  },
  hear: hearOlder,
  answer: answerOlder,
};

const measurands = [
  'Energy.Active.Import.Register',
  'Power.Active.Import',
  'Current.Import',
  'Voltage',
  'Temperature',
] as const;

/** One reading of each measurand that 1.5 knows. */
function withoutPhases(meterValue: Payload): Payload {
  const samples = recordsOf(meterValue, 'sampledValue');
  const sampledValue = measurands.flatMap((measurand) => {
    const sample = samples.find((candidate) => textOf(candidate, 'measurand') === measurand);
    if (sample === undefined) return [];
    const { phase: _, ...rest } = sample;
    return [rest];
  });
  return { ...meterValue, sampledValue };
}

const unitWords: Readonly<Record<string, string>> = { A: 'Amp', V: 'Volt' };

function flat(meterValue: Payload): Payload {
  const value = recordsOf(meterValue, 'sampledValue').map(({ value: $value, ...attributes }) => {
    const unit = textOf(attributes, 'unit') ?? '';
    return { attributes: { ...attributes, unit: unitWords[unit] ?? unit }, $value };
  });
  return { timestamp: meterValue['timestamp'], value };
}
