/** What went wrong with a connection, in words for the person who has to mend it. */

/** Who is at its other end. */
export type Peer = 'the CSMS' | 'the charger';

const statusWords: Readonly<Record<number, string>> = {
  401: 'refused the credentials, or holds another connection of this identity open',
  403: 'forbids this identity',
  404: 'does not know this identity',
  409: 'holds another connection of this identity open',
  429: 'asks for fewer attempts',
  503: 'is not available now',
};

/** Words for a CSMS that answered the handshake with plain HTTP. */
export function httpFailure(status: number): string {
  const words = statusWords[status] ?? wordsOfClass(status);
  return `HTTP ${status}: the CSMS ${words}`;
}

function wordsOfClass(status: number): string {
  if (status < 300) return 'answers like a web page, not a WebSocket: is the URL right?';
  if (status < 400) return 'redirects: put the final URL into the configuration';
  if (status < 500) return 'refused the connection';
  return 'has an internal problem';
}

const codeWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nothing listens at that address and port',
  ETIMEDOUT: 'the network did not answer in time',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ENOTFOUND: 'DNS: the host name does not exist',
  EAI_AGAIN: 'DNS: no name server answered',
  CERT_HAS_EXPIRED: 'TLS: the certificate of the CSMS has expired',
  CERT_NOT_YET_VALID: 'TLS: the certificate of the CSMS is not valid yet: is the clock right?',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS: the certificate of the CSMS is self-signed: configure its CA',
  SELF_SIGNED_CERT_IN_CHAIN: 'TLS: the CA of the CSMS is not trusted: configure it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS: the CA of the CSMS is not trusted: configure it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'TLS: the CA of the CSMS is not trusted: configure it',
  ERR_TLS_CERT_ALTNAME_INVALID: 'TLS: the certificate of the CSMS is for another host name',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'TLS: the CSMS wants a client certificate',
  ERR_SSL_WRONG_VERSION_NUMBER: 'TLS: the CSMS does not speak TLS at that port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'TLS: the CSMS does not speak TLS at that port',
  EPROTO: 'TLS: the CSMS does not speak TLS at that port, or not a version that we accept',
  ERR_OSSL_PEM_NO_START_LINE: 'TLS: the CA, certificate or key of this link is not PEM',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'TLS: the key of this link does not belong to its certificate',
};

/** What a peer did that has an error code, on whichever side the socket was opened. */
const deeds: Readonly<Record<string, string>> = {
  ECONNRESET: 'cut the connection',
  EPIPE: 'cut the connection',
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 'sent a message that is too large',
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 'sent a message in too many fragments',
  WS_ERR_INVALID_UTF8: 'sent text that is not UTF-8',
};

/** Words for an error of the socket, TLS or the WebSocket protocol. */
export function socketFailure(error: Error, peer: Peer): string {
  const code = codeOf(error);
  if (code === undefined) return error.message;
  const deed = deeds[code];
  return `${deed === undefined ? (codeWords[code] ?? error.message) : `${peer} ${deed}`} (${code})`;
}

/** Words for a close frame; 1006 means that there was none (RFC 6455 §7.1.5). */
export function closeFailure(code: number, reason: string, peer: Peer): string {
  if (code === 1006) return 'the connection broke';
  const said = reason === '' ? '' : `: ${reason.replaceAll(/\p{Cc}/gu, ' ')}`;
  return `${peer} closed the connection (${code}${said})`;
}

/** happy eyeballs (RFC 8305) fails with one error for each address: the first one speaks for all. */
function codeOf(error: Error): string | undefined {
  if (error instanceof AggregateError) return error.errors.map(codeOf).find((code) => code !== undefined);
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
