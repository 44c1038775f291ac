import type { Server, Socket } from 'node:net';
import { type SecureContextOptions, Server as TlsServer, type TlsOptions, TLSSocket } from 'node:tls';

/** TLS of a listener for chargers; PEM texts (OCPP-S 1.6 §6.2, security whitepaper §3). */
export type ListenerTls = {
  readonly cert: string;
  readonly key: string;
  /** Who signs the chargers' certificates; needed unless `clientCertificates` is `none`. */
  readonly clientCa?: string;
  /** `optional`: a certificate that does not verify counts as none. */
  readonly clientCertificates: 'none' | 'optional' | 'required';
  /** TLS 1.0 and 1.1 with their weak ciphers, for old firmware on a listener of its own. */
  readonly legacy: boolean;
};

const handshakeTimeoutMs = 10_000;

/** The options of node:https for a listener. */
export function listenerOptions(tls: ListenerTls): TlsOptions {
  return {
    ...protocolOptions(tls.legacy),
    cert: tls.cert,
    key: tls.key,
    handshakeTimeout: handshakeTimeoutMs,
    requestCert: tls.clientCertificates !== 'none',
    rejectUnauthorized: tls.clientCertificates === 'required',
    ...(tls.clientCa === undefined ? {} : { ca: tls.clientCa }),
  };
}

/** New handshakes get another certificate; connections that are open keep theirs. Throws when it cannot be used. */
export function renewCertificate(server: Server, tls: ListenerTls): void {
  if (server instanceof TlsServer) server.setSecureContext(listenerOptions(tls));
}

/** Subject CN of the certificate that the peer proved to have; undefined for plain sockets and unverified certificates. */
export function verifiedCertificateName(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const name: unknown = socket.getPeerCertificate().subject?.CN;
  return typeof name === 'string' ? name : undefined;
}

/** OpenSSL 3 speaks TLS 1.0 and 1.1 only at security level 0, since their signatures use SHA-1. */
export function protocolOptions(legacy: boolean): SecureContextOptions {
  return legacy ? { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } : { minVersion: 'TLSv1.2' };
}
