import { timingSafeEqual } from 'node:crypto';
import { OcppError, type ErrorCode } from '../ocpp/errors.ts';
import { inNetworks, plainAddress, sameNeighbourhood } from './networks.ts';
import type { Claim } from './ports.ts';
import type { AccessSettings, StationSettings } from './settings.ts';

/** What is known of a charger when it speaks. */
export type Known = {
  readonly settings: StationSettings;
  /** Where it spoke from before. */
  readonly source: string | undefined;
  /** That source spoke so recently that it must be taken for alive. */
  readonly sourceAlive: boolean;
};

/** A refusal to listen, with the rule behind it. */
export class TurnedAway extends OcppError {
  readonly rule: string;

  constructor(rule: string, code: ErrorCode, reason: string) {
    super(code, reason);
    this.rule = rule;
  }
}

export type Admission =
  | { readonly kind: 'admitted'; readonly alert: string | undefined }
  | { readonly kind: 'refused'; readonly rule: string; readonly conflict: boolean; readonly error: OcppError };

/**
 * Who may speak. OCPP over SOAP proves nothing: chargeBoxIdentity is a claim. In this order: the identity must agree
 * with path and certificate; the secrets that the config asks for must be there; the address must be allowed, and not
 * another live source's.
 */
export function admit(claim: Claim, known: Known): Admission {
  const mismatch = identityMismatch(claim);
  if (mismatch !== undefined) return refused('identity-mismatch', 'IdentityMismatch', mismatch);
  if (known.settings.blocked) return refused('blocked', 'SecurityError', 'this charger is blocked');
  const missing = missingProof(claim, known.settings.access);
  if (missing !== undefined) return refused(missing.rule, 'SecurityError', missing.reason);
  return admitAddress(plainAddress(claim.peerAddress), known);
}

function identityMismatch(claim: Claim): string | undefined {
  const identity = claim.identity.toLowerCase();
  if (claim.pathIdentity !== undefined && claim.pathIdentity.toLowerCase() !== identity) {
    return "chargeBoxIdentity is not the identity in the URL's path";
  }
  if (claim.certificateName !== undefined && claim.certificateName.toLowerCase() !== identity) {
    return "chargeBoxIdentity is not the CN of the client's certificate";
  }
  return undefined;
}

function missingProof(claim: Claim, access: AccessSettings): { rule: string; reason: string } | undefined {
  if (access.requireCertificate && claim.certificateName === undefined) {
    return { rule: 'certificate-missing', reason: 'this charger must present its client certificate' };
  }
  if (!equalSecret(claim.pathSecret, access.pathSecret)) {
    return { rule: 'path-secret', reason: "the secret in the URL's path is missing or wrong" };
  }
  if (access.basicPassword === undefined) return undefined;
  const user = claim.basic?.user.toLowerCase();
  if (user !== claim.identity.toLowerCase() || !isPassword(claim.basic?.password, access.basicPassword)) {
    return { rule: 'basic', reason: 'the HTTP Basic credentials are missing or wrong' };
  }
  return undefined;
}

/** The AuthorizationKey of OCPP-J 1.6 is written in hexadecimal and sent as the bytes that stand for it (§6.2.2), or as it is written. */
function isPassword(given: Buffer | undefined, expected: string): boolean {
  const isKey = /^([0-9a-f]{2}){16,20}$/i.test(expected);
  return equalSecret(given, expected) || (isKey && equalSecret(given, Buffer.from(expected, 'hex')));
}

function equalSecret(given: string | Buffer | undefined, expected: string | Buffer | undefined): boolean {
  if (expected === undefined || given === undefined) return given === expected;
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function admitAddress(address: string, known: Known): Admission {
  const { access } = known.settings;
  const bound = access.allowFrom.length > 0;
  if (bound && !inNetworks(address, access.allowFrom)) {
    return refused('address', 'SecurityError', 'this charger may not speak from this address');
  }
  if (known.source === undefined || known.source === address) return { kind: 'admitted', alert: undefined };
  if (known.sourceAlive) {
    const error = new OcppError('SecurityError', 'another live source has this identity');
    return { kind: 'refused', rule: 'conflict', conflict: true, error };
  }
  if (bound || access.sourceChange === 'allow') return { kind: 'admitted', alert: undefined };
  const near = sameNeighbourhood(known.source, address);
  if (access.sourceChange === 'alert' && near) return { kind: 'admitted', alert: 'source address changed' };
  return refused('source-change', 'SecurityError', 'this charger spoke from another network before');
}

function refused(rule: string, code: ErrorCode, reason: string): Admission {
  return { kind: 'refused', rule, conflict: false, error: new OcppError(code, reason) };
}
