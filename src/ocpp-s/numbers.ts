import { formatDecimal } from '../ocpp/decimal.ts';

/** xs:int is 32 bit, signed (XML Schema Part 2 §3.3.17). */
const smallest = -2_147_483_648;
const largest = 2_147_483_647;

export function isInt(value: number): boolean {
  return Number.isInteger(value) && value >= smallest && value <= largest;
}

export type WireInteger =
  | { readonly kind: 'int'; readonly value: number }
  /** Written as a decimal: `12.0`, or `12.7` with something behind the point. */
  | { readonly kind: 'decimal'; readonly value: number; readonly whole: boolean }
  | { readonly kind: 'outOfRange' }
  | { readonly kind: 'notANumber' };

const integerForm = /^[+-]?\d+$/;
const pointForm = /^[+-]?\d+\.\d*$/;

/** Reads trimmed text; hexadecimal and exponents are no numbers. */
export function parseInteger(text: string): WireInteger {
  const plain = integerForm.test(text);
  if (!plain && !pointForm.test(text)) return { kind: 'notANumber' };
  const value = Number(text);
  if (!isInt(Math.round(value))) return { kind: 'outOfRange' };
  // + 0 turns -0 into 0.
  if (plain) return { kind: 'int', value: value + 0 };
  return { kind: 'decimal', value, whole: /\.0*$/.test(text) };
}

const decimalForm = /^[+-]?(?:\d+[.,]?\d*|[.,]\d+)$/;

export type WireDecimal = {
  readonly value: number;
  /** `,` stood for the point. */
  readonly comma: boolean;
  /** There were more digits behind the point than the type allows. */
  readonly rounded: boolean;
};

/** Reads xs:decimal, rounded down to `fractionDigits`: a limit that is rounded up breaks the site's limit. */
export function parseDecimal(text: string, fractionDigits: number): WireDecimal | undefined {
  if (text.length > 30 || !decimalForm.test(text)) return undefined;
  const comma = text.includes(',');
  const point = comma ? text.replace(',', '.') : text;
  const digitsBehind = point.includes('.') ? point.slice(point.indexOf('.') + 1).replace(/0+$/, '').length : 0;
  const rounded = digitsBehind > fractionDigits;
  const value = rounded ? Number(formatDecimal(Number(point), fractionDigits)) : Number(point);
  return { value: value + 0, comma, rounded };
}
