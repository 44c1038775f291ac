import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its key, as PEM texts. */
export type Identity = { readonly cert: string; readonly key: string };

type Period = { readonly notBefore?: Date; readonly notAfter?: Date };

export type CertificateWish = Period & {
  readonly commonName: string;
  /** DNS names and IPv4 addresses that the certificate is good for. */
  readonly hosts?: readonly string[];
  /** What the certificate is for (extended key usage); absent: it does not say. */
  readonly use?: 'codeSigning' | 'serverAuth';
  /** Bits of an RSA key; absent: a key on P-256. */
  readonly rsaBits?: number;
};

export type Authority = {
  readonly cert: string;
  issue(wish: CertificateWish): Identity;
  /** An authority below this one. */
  issueAuthority(commonName: string, period?: Period): Authority;
};

const dayMs = 86_400_000;

type Keys = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

/** A CA of its own, with nothing but node:crypto: X.509 v3 (RFC 5280) with a key on P-256. */
export function createCa(commonName: string, period: Period = {}): Authority {
  const keys = newKeys();
  const cert = certificate({ commonName, ...period }, keys.publicKey, commonName, keys.privateKey, true);
  return issuingAs(commonName, { cert, key: pemOf(keys) });
}

/** Issues in the name of a certificate, whether it may or not. */
export function issuingAs(name: string, { cert, key }: Identity): Authority {
  const privateKey = createPrivateKey(key);
  const issued = (wish: CertificateWish, isCa: boolean): Identity => {
    const own = newKeys(wish.rsaBits);
    return { cert: certificate(wish, own.publicKey, name, privateKey, isCa), key: pemOf(own) };
  };
  return {
    cert,
    issue: (wish) => issued(wish, false),
    issueAuthority: (commonName, period = {}) => issuingAs(commonName, issued({ commonName, ...period }, true)),
  };
}

const pemOf = ({ privateKey }: Keys): string => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

function newKeys(rsaBits?: number): Keys {
  if (rsaBits !== undefined) return generateKeyPairSync('rsa', { modulusLength: rsaBits });
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function certificate(
  wish: CertificateWish,
  subjectKey: KeyObject,
  issuer: string,
  issuerKey: KeyObject,
  isCa: boolean,
): string {
  const { notBefore = new Date(Date.now() - dayMs), notAfter = new Date(Date.now() + dayMs) } = wish;
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    name(issuer),
    sequence(time(notBefore), time(notAfter)),
    name(wish.commonName),
    createPublicKey(subjectKey.export({ type: 'spki', format: 'pem' })).export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions(wish, isCa))),
  );
  const whole = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, issuerKey)));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function extensions({ hosts = [], use }: CertificateWish, isCa: boolean): Buffer[] {
  const list = [sequence(basicConstraints, critical, tagged(0x04, sequence(...(isCa ? [critical] : []))))];
  if (hosts.length > 0) list.push(sequence(subjectAltName, tagged(0x04, sequence(...hosts.map(host)))));
  if (use !== undefined) list.push(sequence(extendedKeyUsage, tagged(0x04, sequence(keyPurposes[use]))));
  return list;
}

function host(text: string): Buffer {
  if (/^[\d.]+$/.test(text)) return tagged(0x87, Buffer.from(text.split('.').map(Number)));
  return tagged(0x82, Buffer.from(text));
}

function name(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(commonNameType, tagged(0x0c, Buffer.from(commonName)))));
}

function time(at: Date): Buffer {
  return tagged(0x18, Buffer.from(at.toISOString().replaceAll(/[-:T]|\.\d+/g, '')));
}

/** DER (ITU-T X.690): tag, length, content. */
function tagged(tag: number, ...content: readonly Buffer[]): Buffer {
  const inside = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), lengthOf(inside), inside]);
}

function lengthOf({ length }: Buffer): Buffer {
  return Buffer.from(length < 128 ? [length] : [0x82, length >> 8, length & 0xff]);
}

function sequence(...content: readonly Buffer[]): Buffer {
  return tagged(0x30, ...content);
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function bits(bytes: Buffer): Buffer {
  return tagged(0x03, Buffer.from([0]), bytes);
}

function oid(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const commonNameType = oid('550403');
const basicConstraints = oid('551d13');
const subjectAltName = oid('551d11');
const extendedKeyUsage = oid('551d25');
const keyPurposes = { serverAuth: oid('2b06010505070301'), codeSigning: oid('2b06010505070303') };
const critical = Buffer.from([0x01, 0x01, 0xff]);
