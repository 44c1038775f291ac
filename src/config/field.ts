/**
 * The words in which the config's schema is written. A field is a plain JSON Schema (draft 7) that carries the
 * TypeScript type of its value; the schema serves the validator, editors and the reference page alike.
 */
declare const valueOf: unique symbol;
declare const presenceOf: unique symbol;
const mandatoryMark: unique symbol = Symbol('mandatory');
const effectMark: unique symbol = Symbol('effect');

/** When a change of a key holds: at once, with a new link to the CSMS, or from the next start. */
export type Effect = 'live' | 'reconnect' | 'restart';

/** `always`: there after loading, by default or since it must be written; `maybe`: absent unless somebody wrote it. */
export type Presence = 'always' | 'maybe';

export type JsonSchema = {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  readonly description: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Stands for a value that is not written. */
  readonly word?: string;
  readonly items?: JsonSchema;
  readonly uniqueItems?: true;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: { readonly pattern: string; readonly description: string };
  readonly additionalProperties?: false | JsonSchema;
  readonly [mandatoryMark]?: true;
  readonly [effectMark]?: Effect;
};

export type Field<Value = unknown, Present extends Presence = Presence> = JsonSchema & {
  readonly [valueOf]?: Value;
  readonly [presenceOf]?: Present;
};

export type Fields = Readonly<Record<string, Field>>;

/** The value that a field has after loading. */
export type ValueOf<F> = F extends Field<infer Value, infer _Present> ? Value : never;

type KeysThatAre<Present extends Presence, F extends Fields> = {
  [K in keyof F]: F[K] extends Field<infer _Value, infer P> ? (P extends Present ? K : never) : never;
}[keyof F];

/** The value of a section: one property per field, optional where nothing puts it there. */
export type SectionValue<F extends Fields> = {
  readonly [K in KeysThatAre<'always', F>]: ValueOf<F[K]>;
} & {
  readonly [K in KeysThatAre<'maybe', F>]?: ValueOf<F[K]>;
};

export const text = (description: string, format?: string): Field<string, 'maybe'> => ({
  type: 'string',
  description,
  minLength: 1,
  ...(format === undefined ? {} : { format }),
});

export const choice = <const V extends string>(values: readonly V[], description: string): Field<V, 'maybe'> => ({
  type: 'string',
  description,
  enum: values,
});

export const flag = (description: string): Field<boolean, 'maybe'> => ({ type: 'boolean', description });

export const whole = (minimum: number, maximum: number, description: string): Field<number, 'maybe'> => ({
  type: 'integer',
  description,
  minimum,
  maximum,
});

export const decimal = (minimum: number, maximum: number, description: string): Field<number, 'maybe'> => ({
  type: 'number',
  description,
  minimum,
  maximum,
});

export const list = <V>(items: Field<V>, description: string): Field<readonly V[], 'maybe'> => ({
  type: 'array',
  description,
  items,
  // sections have names of their own, which tell better what stands twice
  ...(items.type === 'object' ? {} : { uniqueItems: true }),
});

/** A list that must not be empty. */
export const filledList = <V>(items: Field<V>, description: string): Field<readonly V[], 'maybe'> => ({
  ...list(items, description),
  minItems: 1,
});

/** One value for all three phases, or one for each of L1, L2, L3. */
export const perPhase = <V>(items: Field<V>, description: string): Field<readonly V[], 'maybe'> => ({
  type: 'array',
  description,
  items,
  minItems: 1,
  maxItems: 3,
});

export const section = <const F extends Fields>(description: string, fields: F): Field<SectionValue<F>, 'maybe'> => {
  const required = Object.keys(fields).filter((key) => fields[key]?.[mandatoryMark] === true);
  return { type: 'object', description, properties: fields, required, additionalProperties: false };
};

/** A section whose keys are names of the operator's own choosing. */
export const named = <V>(
  names: { readonly pattern: string; readonly description: string },
  each: Field<V>,
  description: string,
): Field<Readonly<Record<string, V>>, 'maybe'> => ({
  type: 'object',
  description,
  propertyNames: names,
  additionalProperties: each,
});

/** The field with what it holds when nobody writes it; a section's `{}` is filled by the defaults inside. */
export function byDefault<V>(value: NoInfer<V> | Record<string, never>, field: Field<V>): Field<V, 'always'> {
  const schema: JsonSchema = field;
  return { ...schema, default: value };
}

/** The field, which must be written since no default would do; the example is shown by editors. */
export function mandatory<V>(example: NoInfer<V>, field: Field<V>): Field<V, 'always'> {
  const schema: JsonSchema = field;
  return { ...schema, examples: [example], [mandatoryMark]: true };
}

/** The field, where a word may stand for a value that is not written. */
export function orWord<V>(word: string, field: Field<V>): Field<V, 'maybe'> {
  const schema: JsonSchema = field;
  return { ...schema, word };
}

/** The field, or every field of the section for which nothing else is said: a change holds at once. */
export const live = effective('live');

/** As `live`: a change holds once the links that it concerns were opened anew, which happens by itself. */
export const reconnect = effective('reconnect');

/** As `live`: a change holds from the next start. */
export const restart = effective('restart');

/** When a change of a single value or list holds; undefined where nobody said so, and for sections. */
export const effectOf = (schema: JsonSchema): Effect | undefined => schema[effectMark];

function effective(effect: Effect): <V, P extends Presence>(field: Field<V, P>) => Field<V, P> {
  return (field) => withEffect(effect, field);
}

function withEffect<F extends JsonSchema>(effect: Effect, field: F): F {
  if (field.type !== 'object') return { ...field, [effectMark]: field[effectMark] ?? effect };
  const { properties, additionalProperties: each } = field;
  const inside = Object.entries(properties ?? {}).map(([key, below]) => [key, withEffect(effect, below)]);
  return {
    ...field,
    ...(properties === undefined ? {} : { properties: Object.fromEntries(inside) }),
    ...(each === undefined || each === false ? {} : { additionalProperties: withEffect(effect, each) }),
  };
}

type Overrides<F extends Fields> = { readonly [K in keyof F]: Field<ValueOf<F[K]>, 'maybe'> };

/** The same fields without defaults: what a group or a charger may say differently. */
export function overridesOf<F extends Fields>(fields: F): Overrides<F> {
  const bare = Object.entries(fields).map(([key, { default: _default, [mandatoryMark]: _mandatory, ...field }]) => [
    key,
    field,
  ]);
  return Object.fromEntries(bare) as Overrides<F>;
}
