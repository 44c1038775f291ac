import { createHash } from 'node:crypto';

/** Tells a WSDL from all others. */
export function fingerprint(wsdl: string): string {
  return createHash('sha256').update(wsdl).digest('hex');
}
