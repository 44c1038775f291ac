import type { Payload } from '../gateway/ports.ts';
import type { Write, WrittenValue } from './models.ts';

/*
 * Limits come as whole tenths of an ampere or watt (OCPP 1.6 §7.14), values leave as text. In between everything is a
 * whole number of thousandths of the value's unit: nothing is lost, and rounding is always down.
 */

/** A value as it is written, and how much it allows, in thousandths of its unit. */
export type Value = { readonly text: string; readonly thousandths: number };

/** The unit in which the stack is asked for the limit. */
export function limitUnit({ unit }: WrittenValue): 'A' | 'W' {
  return unit === 'W' || unit === 'kW' ? 'W' : 'A';
}

/** The largest value that the charger takes and that is not above the limit; below its minimum, what stands for a pause. */
export function valueFor(write: WrittenValue, limitTenths: number): Value {
  const minimum = thousandths(write.minimum);
  const within = Math.min(inThousandths(write.unit, limitTenths), thousandths(write.maximum ?? Number.MAX_VALUE));
  const taken = takenBelow(write, within);
  if (write.onOff !== undefined) return switched(write.onOff, taken >= minimum);
  if (taken >= minimum) return numeric(taken);
  return numeric(write.below === 'zero' ? 0 : minimum);
}

/** How much of a written text the charger allows; undefined when it is no value of this kind. */
export function valueOf(write: WrittenValue, text: string): Value | undefined {
  if (write.onOff !== undefined) {
    const isOn = isSame(text, write.onOff.on);
    return isOn || isSame(text, write.onOff.off) ? switched(write.onOff, isOn) : undefined;
  }
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? { text, thousandths: thousandths(number) } : undefined;
}

/** The least limit, in tenths of limitUnit, at which a car charges. */
export function minimumTenths(write: WrittenValue): number {
  const { numerator, denominator } = perTenth[write.unit];
  const lowest = Math.max(write.minimum, Math.min(...(write.values ?? [write.minimum])));
  return Math.ceil((thousandths(lowest) * denominator) / numerator);
}

/** ChangeConfiguration.req or DataTransfer.req; undefined: the charger has no key for this connector. */
export function writeRequest(
  write: Write,
  connectorId: number,
  value: string,
): { readonly action: string; readonly payload: Payload } | undefined {
  if (write.kind === 'changeConfiguration') {
    const key = keyFor(write, connectorId);
    return key === undefined ? undefined : { action: 'ChangeConfiguration', payload: { key, value } };
  }
  const { vendorId, messageId } = write;
  const data = filled(write.data, connectorId).replaceAll('{value}', value);
  const payload = { vendorId, ...(messageId === undefined ? {} : { messageId }), data };
  return { action: 'DataTransfer', payload };
}

/** The configuration key that holds the value; undefined: it cannot be read back. */
export function keyFor(write: Write, connectorId: number): string | undefined {
  if (write.kind !== 'changeConfiguration') return undefined;
  const key = write.keys.length === 1 ? write.keys[0] : write.keys[connectorId - 1];
  return key === undefined ? undefined : filled(key, connectorId);
}

/** The value of a key in a GetConfiguration.conf; key names match without case (OCPP 1.6 §9). */
export function readValue(conf: Payload, key: string): string | undefined {
  const entries = Array.isArray(conf['configurationKey']) ? (conf['configurationKey'] as readonly Payload[]) : [];
  const value = entries.find((entry) => isSame(String(entry['key']), key))?.['value'];
  return typeof value === 'string' ? value : undefined;
}

const perTenth: Readonly<Record<WrittenValue['unit'], { readonly numerator: number; readonly denominator: number }>> = {
  A: { numerator: 100, denominator: 1 },
  dA: { numerator: 1000, denominator: 1 },
  mA: { numerator: 100_000, denominator: 1 },
  W: { numerator: 100, denominator: 1 },
  kW: { numerator: 1, denominator: 10 },
};

function inThousandths(unit: WrittenValue['unit'], tenths: number): number {
  const { numerator, denominator } = perTenth[unit];
  return Math.floor((tenths * numerator) / denominator);
}

function takenBelow({ step, values }: WrittenValue, within: number): number {
  if (values === undefined) return Math.floor(within / thousandths(step)) * thousandths(step);
  return Math.max(0, ...values.map(thousandths).filter((value) => value <= within));
}

/** Decimals such as 0.1 are not exact; whole thousandths are. */
const thousandths = (value: number): number => Math.round(value * 1000);

const numeric = (amount: number): Value => ({ text: String(amount / 1000), thousandths: amount });

const switched = ({ on, off }: { readonly on: string; readonly off: string }, isOn: boolean): Value =>
  isOn ? { text: on, thousandths: 1 } : { text: off, thousandths: 0 };

const filled = (template: string, connectorId: number): string =>
  template.replaceAll('{connector}', String(connectorId));

const isSame = (one: string, other: string): boolean => one.trim().toLowerCase() === other.trim().toLowerCase();
