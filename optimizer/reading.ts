/**
 * Why a message is not what its form asks for: the CALLERROR of OCPP-J 1.6 §4.2.3 that says so. `Occurrence…` is the
 * English spelling; the wire's frozen one is the wire's business.
 */
export type FormCode = 'OccurrenceConstraintViolation' | 'PropertyConstraintViolation' | 'TypeConstraintViolation';

/** A field is missing, of the wrong type or outside its enumeration; thrown by readers, and caught where they are asked. */
export class FormError extends Error {
  override readonly name = 'FormError';
  readonly code: FormCode;

  constructor(code: FormCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Takes a value of unknown origin; `path` names it in the error. Throws FormError. */
export type Reader<T> = (value: unknown, path: string) => T;

/** What a reader makes. */
export type Read<R> = R extends Reader<infer T> ? T : never;

type Optional<T> = { readonly optional: Reader<T> };
type Fields = Readonly<Record<string, Reader<unknown> | Optional<unknown>>>;
type RequiredNames<F extends Fields> = {
  [N in keyof F]: F[N] extends Optional<unknown> ? never : N;
}[keyof F];
type OptionalNames<F extends Fields> = Exclude<keyof F, RequiredNames<F>>;
type Content<F extends Fields> = { readonly [N in RequiredNames<F>]: Read<F[N]> } & {
  readonly [N in OptionalNames<F>]?: F[N] extends Optional<infer T> ? T : never;
};

/** A whole number within what JSON carries exactly. */
export const integer: Reader<number> = (value, path) => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw wrongType(path, 'a whole number', value);
};

/** Any number, infinities too (a JSON text may hold 1e999). */
export const number: Reader<number> = (value, path) => {
  if (typeof value === 'number') return value;
  throw wrongType(path, 'a number', value);
};

export const text: Reader<string> = (value, path) => {
  if (typeof value === 'string') return value;
  throw wrongType(path, 'text', value);
};

export const flag: Reader<boolean> = (value, path) => {
  if (typeof value === 'boolean') return value;
  throw wrongType(path, 'true or false', value);
};

/** Text of an enumeration. */
export function oneOf<const V extends string>(values: readonly V[]): Reader<V> {
  return (value, path) => {
    const given = text(value, path);
    const known = values.find((candidate) => candidate === given);
    if (known !== undefined) return known;
    throw outOfRange(path, `one of ${values.join(', ')}`, value);
  };
}

/** A value that `holds`; else `expected` says in words what was asked for. */
export function such<T>(reader: Reader<T>, holds: (value: T) => boolean, expected: string): Reader<T> {
  return (value, path) => {
    const read = reader(value, path);
    if (holds(read)) return read;
    throw outOfRange(path, expected, value);
  };
}

export function listOf<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw wrongType(path, 'a list', value);
    return value.map((item, index) => reader(item, `${path}[${index}]`));
  };
}

export function filled<T>(reader: Reader<readonly T[]>): Reader<readonly T[]> {
  return (value, path) => {
    const list = reader(value, path);
    if (list.length > 0) return list;
    throw new FormError('OccurrenceConstraintViolation', `${path}: expected at least one`);
  };
}

/** A field that may be absent or, as some JSON libraries write it, null. */
export function optional<T>(reader: Reader<T>): Optional<T> {
  return { optional: reader };
}

/** An object of these fields, in this order; what else it holds is left out. */
export function record<F extends Fields>(fields: F): Reader<Content<F>> {
  const entries = Object.entries(fields);
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(path, 'an object', value);
    const given = value as Readonly<Record<string, unknown>>;
    const read: Record<string, unknown> = {};
    for (const [name, field] of entries) {
      const content = given[name];
      const place = path === '' ? name : `${path}.${name}`;
      if (content !== undefined && content !== null) read[name] = readerOf(field)(content, place);
      else if (!('optional' in field)) throw missing(place);
    }
    return read as Content<F>;
  };
}

function readerOf(field: Reader<unknown> | Optional<unknown>): Reader<unknown> {
  return 'optional' in field ? field.optional : field;
}

function missing(path: string): FormError {
  return new FormError('OccurrenceConstraintViolation', `${path} is missing`);
}

function wrongType(path: string, expected: string, value: unknown): FormError {
  return new FormError('TypeConstraintViolation', mismatch(path, expected, value));
}

function outOfRange(path: string, expected: string, value: unknown): FormError {
  return new FormError('PropertyConstraintViolation', mismatch(path, expected, value));
}

function mismatch(path: string, expected: string, value: unknown): string {
  return `${path === '' ? 'payload' : path}: expected ${expected}, found ${shown(value)}`;
}

/** Longest part of a peer's text that is repeated in a message, in characters. */
const longestShown = 40;

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const plain = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return plain.length > longestShown ? `${plain.slice(0, longestShown)}…` : plain;
}
