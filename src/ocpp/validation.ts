import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Action } from './actions.ts';
import { OcppError } from './errors.ts';
import { jsonForm } from './json-form.ts';
import { jsonSchema } from './json-schema.ts';
import type { Requests, Responses } from './messages.generated.ts';
import { centralSystem, chargePoint } from './model.generated.ts';
import type { Operation } from './schema.ts';
import { isSecurityAction, securityExtension } from './security-extension.ts';
import { violation } from './violation.ts';

type Direction = 'request' | 'response';

/** Digits behind the point within which 21.4 counts as a multiple of 0.1, which in binary it is not. */
const multipleOfPrecision = 6;

/** Made at first use, as what it compiles. */
let ajv: Ajv | undefined;

function compiler(): Ajv {
  if (ajv === undefined) {
    ajv = new Ajv({ multipleOfPrecision, verbose: true });
    addFormats.default(ajv, ['date-time', 'uri']);
  }
  return ajv;
}

/** DataTransfer, the only action of both services, is the same in both. */
const operations: ReadonlyMap<string, Operation> = new Map(
  [
    ...jsonForm(centralSystem).operations,
    ...jsonForm(chargePoint).operations,
    ...securityExtension.CentralSystem,
    ...securityExtension.ChargePoint,
  ].map((operation) => [operation.action, operation]),
);

/** Compiled at first use: all at once would cost each start as much as loading ajv does. */
const compiled: Readonly<Record<Direction, Map<string, ValidateFunction>>> = {
  request: new Map(),
  response: new Map(),
};

/**
 * Makes sure that a request is what OCPP-J 1.6 says. Throws OcppError: NotImplemented for an action that 1.6 does not have,
 * else the violation of OCPP-J 1.6 §4.2.3, with the field, what was expected and what was found.
 */
export function validateRequest<A extends Action>(action: A, payload: unknown): asserts payload is Requests[A];
export function validateRequest(action: string, payload: unknown): void;
export function validateRequest(action: string, payload: unknown): void {
  refuseExtension(action);
  validate(action, 'request', payload);
}

/** Makes sure that a response is what OCPP-J 1.6 says. Throws as validateRequest does. */
export function validateResponse<A extends Action>(action: A, payload: unknown): asserts payload is Responses[A];
export function validateResponse(action: string, payload: unknown): void;
export function validateResponse(action: string, payload: unknown): void {
  refuseExtension(action);
  validate(action, 'response', payload);
}

/** As validateRequest, for what crosses OCPP-J: messages of the security extension are messages too. */
export function validateJsonRequest(action: string, payload: unknown): void {
  validate(action, 'request', payload);
}

/** As validateResponse, for what crosses OCPP-J. */
export function validateJsonResponse(action: string, payload: unknown): void {
  validate(action, 'response', payload);
}

/**
 * The payload without the fields that are null, at any depth: JSON libraries of peers write absent fields so. What holds
 * none, which is nearly always, is not copied.
 */
export function withoutNulls(payload: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return holdsNull(payload) ? copyWithoutNulls(payload) : payload;
}

function holdsNull(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsNull);
  if (!isObject(value)) return value === null;
  for (const name in value) if (holdsNull(value[name])) return true;
  return false;
}

function copyWithoutNulls(payload: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const present = Object.entries(payload).filter(([, value]) => value !== null);
  return Object.fromEntries(present.map(([name, value]) => [name, valueWithoutNulls(value)]));
}

function valueWithoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(valueWithoutNulls);
  return isObject(value) ? copyWithoutNulls(value) : value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function validate(action: string, direction: Direction, payload: unknown): void {
  const validator = compiled[direction].get(action) ?? compile(action, direction);
  validator(payload);
  const error = validator.errors?.[0];
  if (error !== undefined) throw violation(`${action}.${direction === 'request' ? 'req' : 'conf'}`, error);
}

function compile(action: string, direction: Direction): ValidateFunction {
  const operation = operations.get(action);
  if (operation === undefined) throw notImplemented(action);
  const validator = compiler().compile(jsonSchema(operation[direction]));
  compiled[direction].set(action, validator);
  return validator;
}

function refuseExtension(action: string): void {
  if (isSecurityAction(action)) throw notImplemented(action);
}

function notImplemented(action: string): OcppError {
  return new OcppError('NotImplemented', `"${action.slice(0, 50)}" is not an action of OCPP 1.6`);
}
