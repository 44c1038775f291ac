import { formatDecimal } from './decimal.ts';
import { jsonForm } from './json-form.ts';
import { centralSystem, chargePoint } from './model.generated.ts';
import type { RecordType, ValueType } from './schema.ts';
import { securityExtension } from './security-extension.ts';

/*
 * What a peer's JSON says against the letter, and in one way only: a limit with more digits than OCPP 1.6 §7.14 allows is
 * rounded down, a time without zone is UTC (§3.13 recommends it). A refusal would help nobody.
 */

const requests: ReadonlyMap<string, RecordType> = new Map(
  [
    ...jsonForm(centralSystem).operations,
    ...jsonForm(chargePoint).operations,
    ...securityExtension.CentralSystem,
    ...securityExtension.ChargePoint,
  ].map(({ action, request }) => [action, request] as const),
);

/** The payload of a request with such things put right; anything else stays as it is, for the validator to judge. */
export function tolerated(
  action: string,
  payload: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const request = requests.get(action);
  return request === undefined ? payload : record(request, payload);
}

function record(type: RecordType, payload: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const changes = type.fields.flatMap(({ name, type: fieldType }) => {
    if (!Object.hasOwn(payload, name)) return [];
    const before = payload[name];
    const after = Array.isArray(before) ? before.map((item) => value(fieldType, item)) : value(fieldType, before);
    return after === before ? [] : [[name, after] as const];
  });
  return changes.length === 0 ? payload : { ...payload, ...Object.fromEntries(changes) };
}

function value(type: ValueType, found: unknown): unknown {
  switch (type.kind) {
    case 'decimal':
      return typeof found === 'number' && Math.abs(found) < 1e12 ? roundedDown(found, type.fractionDigits) : found;
    case 'dateTime':
      return typeof found === 'string' && withoutZone.test(found) ? `${found}Z` : found;
    case 'record':
      return typeof found === 'object' && found !== null ? record(type, { ...found }) : found;
    case 'string':
    case 'int':
    case 'boolean':
    case 'uri':
      return found;
  }
}

const roundedDown = (found: number, fractionDigits: number | undefined) =>
  fractionDigits === undefined ? found : Number(formatDecimal(found, fractionDigits));

const withoutZone = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/;
