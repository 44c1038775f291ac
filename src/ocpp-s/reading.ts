import type { Anomaly, AnomalyKind } from '../ocpp/anomalies.ts';
import { type ErrorCode, OcppError } from '../ocpp/errors.ts';
import type { Gap } from '../ocpp/gaps.ts';

/** Where the reader of a payload stands, and what it has noted so far. */
export type Reading = {
  readonly path: (string | number)[];
  readonly anomalies: Anomaly[];
  readonly gaps: Gap[];
  /** Configuration keys as the charger spells them, when it tells its configuration. */
  readonly keySpellings: string[];
};

export function note(reading: Reading, kind: AnomalyKind, text: string): void {
  reading.anomalies.push({ kind, path: [...reading.path], text });
}

/** Refuses the value at the current path. */
export function violate(path: readonly (string | number)[], code: ErrorCode, problem: string): never {
  const field = printPath(path);
  throw new OcppError(code, field === '' ? problem : `${field}: ${problem}`, { details: { field } });
}

/** `meterValue[0].timestamp` */
export function printPath(path: readonly (string | number)[]): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

/** The value for an error message: on one line, and short. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** Unicode characters, as XML Schema and JSON Schema count them. */
export function isLonger(text: string, maxLength: number | undefined): boolean {
  if (maxLength === undefined || text.length <= maxLength) return false;
  return text.length > 2 * maxLength || Array.from(text).length > maxLength;
}
