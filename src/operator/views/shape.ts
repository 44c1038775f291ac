/**
 * The words in which views of the operator API are written: plain JSON Schemas that carry the TypeScript type of their
 * value. One description serves the code that answers, the console that reads, and the OpenAPI document.
 */
declare const valueOf: unique symbol;
const optionalMark: unique symbol = Symbol('optional');

export type JsonSchema = {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  readonly description: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
};

export type Shape<Value = unknown> = JsonSchema & { readonly [valueOf]?: Value };

/** A member that may be absent. */
export type Optional<Value> = Shape<Value> & { readonly [optionalMark]: true };

type Members = Readonly<Record<string, Shape>>;
type OptionalKeys<M extends Members> = { [K in keyof M]: M[K] extends Optional<unknown> ? K : never }[keyof M];

/** The value that a shape describes; JSON leaves out members that are undefined. */
export type Shown<S> = S extends Shape<infer Value> ? Value : never;

type RecordValue<M extends Members> = {
  readonly [K in Exclude<keyof M, OptionalKeys<M>>]: Shown<M[K]>;
} & { readonly [K in OptionalKeys<M>]?: Shown<M[K]> | undefined };

export const text = (description: string, format?: string): Shape<string> => ({
  type: 'string',
  description,
  ...(format === undefined ? {} : { format }),
});

export const number = (description: string): Shape<number> => ({ type: 'number', description });

export const whole = (description: string): Shape<number> => ({ type: 'integer', description });

export const flag = (description: string): Shape<boolean> => ({ type: 'boolean', description });

export const choice = <const V extends string>(values: readonly V[], description: string): Shape<V> => ({
  type: 'string',
  description,
  enum: values,
});

export const list = <V>(items: Shape<V>, description: string): Shape<readonly V[]> => ({
  type: 'array',
  description,
  items,
});

/** Keys of no fixed name. */
export const byName = <V>(each: Shape<V>, description: string): Shape<Readonly<Record<string, V>>> => ({
  type: 'object',
  description,
  additionalProperties: each,
});

/** What is passed on as it is: a payload, a value of the config. */
export const anything = (description: string): Shape => ({ description });

export const maybe = <V>(shape: Shape<V>): Optional<V> => ({ ...shape, [optionalMark]: true });

export function record<const M extends Members>(members: M, description: string): Shape<RecordValue<M>> {
  const required = Object.keys(members).filter((name) => !(optionalMark in (members[name] ?? {})));
  return { type: 'object', description, properties: members, required };
}
