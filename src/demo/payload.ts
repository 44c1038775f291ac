/** A message's fields in the shape of OCPP-J 1.6: times are ISO text, numbers are numbers. */
export type Payload = Readonly<Record<string, unknown>>;

/** True for a JSON object: not null, not a list, not a Date. */
export function isRecord(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** The field as text, or undefined when it is absent or something else. */
export function textOf(payload: Payload, field: string): string | undefined {
  const value = payload[field];
  return typeof value === 'string' ? value : undefined;
}

/** The field as a finite number, or undefined when it is absent or something else. */
export function numberOf(payload: Payload, field: string): number | undefined {
  const value = payload[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The field as an object, empty when it is absent or something else. */
export function recordOf(payload: Payload, field: string): Payload {
  const value = payload[field];
  return isRecord(value) ? value : {};
}

/** The objects of a list field, empty when it is absent or something else. */
export function recordsOf(payload: Payload, field: string): readonly Payload[] {
  const value = payload[field];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
