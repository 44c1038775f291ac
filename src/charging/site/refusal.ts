import { OcppError } from '../../ocpp/errors.ts';

/** Throws OcppError that names the field, what was found and what was expected. */
export function refuseUnless(holds: boolean, field: string, value: unknown, expected: string): void {
  if (holds) return;
  // NaN and Infinity are no JSON
  const found = typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  throw new OcppError('PropertyConstraintViolation', `${field}: expected ${expected}, found ${String(found)}`, {
    details: { field, value: found, expected },
  });
}
