import type { ErrorObject } from 'ajv';
import { type ErrorCode, OcppError } from './errors.ts';

/** OCPP-J 1.6 §4.2.3, by the keyword of the JSON Schema that was violated. */
const codes: Readonly<Record<string, ErrorCode>> = {
  additionalProperties: 'FormationViolation',
  required: 'OccurrenceConstraintViolation',
  minItems: 'OccurrenceConstraintViolation',
  type: 'TypeConstraintViolation',
  enum: 'PropertyConstraintViolation',
  maxLength: 'PropertyConstraintViolation',
  format: 'PropertyConstraintViolation',
  multipleOf: 'PropertyConstraintViolation',
  minimum: 'PropertyConstraintViolation',
  maximum: 'PropertyConstraintViolation',
};

/** Longest part of a peer's text that is repeated in a message, in characters. */
const longestShown = 40;

/** Turns ajv's verdict (with `verbose`) into words: which field of `message`, what was expected, what was found. */
export function violation(message: string, error: ErrorObject): OcppError {
  const isRoot = error.keyword === 'type' && error.instancePath === '';
  const code = isRoot ? 'FormationViolation' : (codes[error.keyword] ?? 'FormationViolation');
  return new OcppError(code, `${message}: ${explain(error)}`);
}

function explain(error: ErrorObject): string {
  const { keyword, params, data } = error;
  switch (keyword) {
    case 'additionalProperties':
      return `${place(error, params['additionalProperty'])} is not a field of this message`;
    case 'required':
      return `${place(error, params['missingProperty'])} is missing`;
    case 'minItems':
      return `${place(error)}: expected at least ${params['limit']}, found ${Array.isArray(data) ? data.length : 0}`;
    case 'maxLength':
      return `${place(error)}: expected at most ${params['limit']} characters, found ${Array.from(String(data)).length}`;
    default:
      return `${place(error)}: expected ${expectation(error)}, found ${found(error)}`;
  }
}

function expectation({ keyword, params, parentSchema }: ErrorObject): string {
  switch (keyword) {
    case 'enum':
      return `one of ${[params['allowedValues']].flat().join(', ')}`;
    case 'format':
      return params['format'] === 'date-time'
        ? 'a time with zone such as 2024-03-01T09:15:00Z'
        : `a ${params['format']}`;
    case 'multipleOf':
      return `a multiple of ${params['multipleOf']}`;
    case 'type':
      return `a value of type ${params['type']}`;
    default:
      return `a number from ${parentSchema?.['minimum']} to ${parentSchema?.['maximum']}`;
  }
}

/** Texts may be idTags, passwords or addresses with passwords in them: only what is no free text is repeated. */
function found({ data, parentSchema }: ErrorObject): string {
  const isFreeText =
    parentSchema?.['type'] === 'string' && parentSchema['enum'] === undefined && parentSchema['format'] !== 'date-time';
  if (Array.isArray(data)) return 'a list';
  if (typeof data === 'object' && data !== null) return 'an object';
  if (isFreeText) return typeof data === 'string' ? 'other text' : `a ${typeof data}`;
  return shortened(typeof data === 'string' ? `"${data}"` : String(data));
}

/** `/meterValue/0/timestamp` and a field below it → `meterValue[0].timestamp`. */
function place({ instancePath }: ErrorObject, below?: unknown): string {
  const steps = instancePath.split('/').slice(1);
  if (typeof below === 'string') steps.push(shortened(below));
  const path = steps.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join('');
  return path === '' ? 'payload' : path.replace(/^\./, '');
}

function shortened(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
