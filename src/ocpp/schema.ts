/**
 * The plain schema model: what a message may hold, as data. `ocpp-s/wsdl` reads it from WSDL files; the generated copy
 * of OCPP 1.6 (`model.generated.ts`) carries the JSON validators and the TypeScript types.
 */
export type ValueType = SimpleType | RecordType;

/** A type without fields. */
export type SimpleType = TextType | NumberType | PlainType;

/**
 * xs:string and its restrictions. `values` makes it an enumeration, which then has its type's `name`; `maxLength` counts
 * Unicode characters, not UTF-16 units (XML Schema Part 2 §4.3.3, and JSON Schema alike).
 */
export type TextType = {
  readonly kind: 'string';
  readonly name?: string;
  readonly maxLength?: number;
  readonly values?: readonly string[];
};

/** `int` is xs:int (32 bit, signed); `decimal` is xs:decimal, with at most `fractionDigits` digits behind the point. */
export type NumberType = { readonly kind: 'int' } | { readonly kind: 'decimal'; readonly fractionDigits?: number };

export type PlainType = { readonly kind: 'boolean' } | { readonly kind: 'dateTime' } | { readonly kind: 'uri' };

/** Where a payload holds the text of an element that has attributes besides. */
export const textField = 'value';

/**
 * An xs:complexType; `fields` stand in the order of the wire. `text` is there when the element carries text of its own
 * besides attributes (xs:simpleContent: the meter values of OCPP 1.5).
 */
export type RecordType = {
  readonly kind: 'record';
  readonly name: string;
  readonly fields: readonly Field[];
  readonly text?: SimpleType;
};

export type Field = {
  readonly name: string;
  readonly type: ValueType;
  /** minOccurs ≥ 1 */
  readonly required: boolean;
  /** maxOccurs > 1: always a list in the payload, whatever the count on the wire. */
  readonly list: boolean;
  /** An attribute of the element instead of a child of it. */
  readonly attribute?: true;
};

/** `CentralSystem`: the charger calls, the gateway answers. `ChargePoint`: the gateway calls, the charger answers. */
export type ServiceName = 'CentralSystem' | 'ChargePoint';

export type Operation = {
  readonly action: string;
  readonly request: RecordType;
  readonly response: RecordType;
};

export type ServiceModel = {
  readonly service: ServiceName;
  /** targetNamespace as written in the WSDL, such as `urn://Ocpp/Cs/2015/10/`. */
  readonly namespace: string;
  /** Sorted by action. */
  readonly operations: readonly Operation[];
};
