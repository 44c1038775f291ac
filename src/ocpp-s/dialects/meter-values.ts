import { OcppError } from '../../ocpp/errors.ts';
import type * as House from '../../ocpp/messages.generated.ts';
import { meaning, type Path, word } from './dialect.ts';
import type * as Ocpp12 from './messages-1.2.generated.ts';
import type * as Ocpp15 from './messages-1.5.generated.ts';
import { contextWords, locationWords, measurandWords, unitMeanings, unitWords } from './words.ts';

/*
 * Meter values. 1.5 writes a reading as one element with attributes, 1.6 as a record; 1.2 has but one number, the energy
 * register in Wh.
 */

/** Readings of OCPP 1.5 in the house language. The unit that is not told stays untold: 1.5 and 1.6 differ on the default. */
export function houseValue15({ timestamp, value }: Ocpp15.MeterValue): House.MeterValue {
  return { timestamp, sampledValue: value.map(houseReading) };
}

function houseReading({ unit, ...reading }: Ocpp15.MeterValueValue): House.SampledValue {
  return unit === undefined ? reading : { ...reading, unit: meaning(unitMeanings, unit) };
}

/** Throws OcppError for a reading that OCPP 1.5 has no word for; the phase, for which it has no field, is left out. */
export function oldValue15({ timestamp, sampledValue }: House.MeterValue): Ocpp15.MeterValue {
  return { timestamp, value: sampledValue.map(oldReading) };
}

function oldReading(reading: House.SampledValue): Ocpp15.MeterValueValue {
  const { value, context, format, measurand, location, unit } = reading;
  return {
    value,
    ...(context && { context: word(contextWords, context, 'context') }),
    ...(format && { format }),
    ...(measurand && { measurand: word(measurandWords, measurand, 'measurand') }),
    ...(location && { location: word(locationWords, location, 'location') }),
    ...(unit && { unit: word(unitWords, unit, 'unit') }),
  };
}

/** `values[0].value[1].unit` → `meterValue[0].sampledValue[1].unit` */
export function housePlace(path: Path): Path {
  const [field, index, ...below] = path;
  return field === 'values' && index !== undefined ? ['meterValue', index, ...placeInValue(below)] : path;
}

/** `value[1].unit` → `sampledValue[1].unit` */
export function placeInValue(path: Path): Path {
  return path[0] === 'value' ? ['sampledValue', ...path.slice(1)] : path;
}

const energyRegister = { measurand: 'Energy.Active.Import.Register', unit: 'Wh' } as const;

/** The reading of OCPP 1.2 in the house language, with all that its text says about it. */
export function houseValue12({ timestamp, value }: Ocpp12.MeterValue): House.MeterValue {
  return { timestamp, sampledValue: [{ value: String(value), ...energyRegister }] };
}

/** The energy register alone. Throws OcppError when it is not among the readings, or not a whole number of Wh. */
export function oldValue12({ timestamp, sampledValue }: House.MeterValue): Ocpp12.MeterValue {
  const reading = sampledValue.find(isEnergyRegister);
  const value = Number(reading?.value ?? Number.NaN);
  if (Number.isInteger(value)) return { timestamp, value };
  throw new OcppError('PropertyConstraintViolation', 'sampledValue: OCPP 1.2 has the energy register in whole Wh only');
}

function isEnergyRegister({ measurand, unit, format, phase }: House.SampledValue): boolean {
  const isEnergy = measurand === undefined || measurand === energyRegister.measurand;
  return (
    isEnergy && (unit === undefined || unit === energyRegister.unit) && format !== 'SignedData' && phase === undefined
  );
}
