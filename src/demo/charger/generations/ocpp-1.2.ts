import { type Payload, recordsOf, textOf } from '../../payload.ts';
import type { Generation } from '../generation.ts';
import { answerOlder, hearOlder, occupiedOr, olderKeys, sayOlder } from './older.ts';

const register = 'Energy.Active.Import.Register';

/**
 * OCPP 1.2: a reading is the register in Wh and nothing else, of a connector and not of a transaction; a status has no
 * time, and a transaction that ends neither reason nor readings.
 */
export const ocpp12: Generation = {
  ocpp: '1.2',
  keys: olderKeys,
  statusWord: occupiedOr,
  tellable: (action, fields) => {
    switch (action) {
      case 'StartTransaction':
        return fields;
      case 'MeterValues':
        return { ...fields, meterValue: recordsOf(fields, 'meterValue').map(registerAlone) };
      case 'StopTransaction': {
        const { reason: _, transactionData: __, ...rest } = fields;
        return rest;
      }
    }
  },
  say: (action, payload) => {
    switch (action) {
      case 'MeterValues':
        return { connectorId: payload['connectorId'], values: recordsOf(payload, 'meterValue').map(number) };
      case 'StatusNotification': {
        const { timestamp: _, ...rest } = payload;
        return rest;
      }
      default:
        return sayOlder(action, payload);
    }
  },
  hear: hearOlder,
  answer: answerOlder,
};

function registerAlone(meterValue: Payload): Payload {
  const samples = recordsOf(meterValue, 'sampledValue');
  return { ...meterValue, sampledValue: samples.filter((sample) => textOf(sample, 'measurand') === register) };
}

function number(meterValue: Payload): Payload {
  return { timestamp: meterValue['timestamp'], value: recordsOf(meterValue, 'sampledValue')[0]?.['value'] };
}
