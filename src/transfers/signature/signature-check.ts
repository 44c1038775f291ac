import { constants, createVerify, X509Certificate } from 'node:crypto';
import type { Clock } from '../../gateway/ports.ts';
import type { ImageSignature, SignatureCheck } from '../ports.ts';
import type { FileSpool } from '../spool/spool.ts';
import { readCertificates, signingProblem } from './signing-certificate.ts';

export type SignatureParts = {
  readonly spool: Pick<FileSpool, 'read'>;
  readonly clock: Pick<Clock, 'now'>;
};

/** Bytes of an image at a time: hashing must not hold up what else goes on. */
const chunkBytes = 262_144;

/** The check of those who are trusted with firmware. `roots`: PEM; throws an error with a code when it cannot be read. */
export function signatureCheck(roots: string, { spool, clock }: SignatureParts): SignatureCheck {
  const trusted = readCertificates(roots);
  return {
    knowsRoots: trusted.length > 0,
    certificateProblem: (certificate) => signingProblem(certificate, trusted, clock.now()),
    imageProblem: async (signature, sha256) => {
      const image = await spool.read(sha256);
      // The stream closes the file.
      const isRight = await isSigned(signature, image.createReadStream({ highWaterMark: chunkBytes }));
      const { subject } = new X509Certificate(signature.certificate);
      return isRight ? undefined : `the signature is not ${subject.replaceAll('\n', ', ')}'s over this image`;
    },
  };
}

/**
 * Whether an image is what was signed, with SHA-256: by RSA as RSASSA-PSS, by elliptic curves as ECDSA in DER. (The
 * whitepaper names ECSchnorr for curves, which OpenSSL does not have: ECDSA stands in its place.)
 */
async function isSigned(
  { certificate, signature }: ImageSignature,
  image: AsyncIterable<Uint8Array>,
): Promise<boolean> {
  const key = new X509Certificate(certificate).publicKey;
  const check = createVerify('sha256');
  for await (const chunk of image) check.update(chunk);
  const padding =
    key.asymmetricKeyType === 'ec'
      ? {}
      : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };
  return check.verify({ key, ...padding }, Buffer.from(signature, 'base64'));
}
