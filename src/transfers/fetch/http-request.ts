import { type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { rootCertificates } from 'node:tls';
import { TransferError, type TransferErrorCode } from '../errors.ts';
import { type Location, redirected } from './location.ts';
import { networkFailure, type Outside, permittedAddresses, pinned } from './outside.ts';

export type HttpCall = {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly headers: OutgoingHttpHeaders;
  /** Writes the body; called once for each hop. */
  readonly send?: (request: ClientRequest) => void;
};

const mostRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Sends a request and follows up to five redirects, each of them to a permitted address; with a body only those that
 * keep the method (RFC 9110 §15.4.8, §15.4.9). The answer's body is still to be read. Rejects with TransferError.
 */
export async function callHttp(
  location: Location,
  call: HttpCall,
  outside: Outside,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  let here = location;
  for (let hops = 0; ; hops += 1) {
    const response = await callOnce(here, call, outside, signal);
    const status = response.statusCode ?? 0;
    const target = response.headers.location;
    const follows = redirects.has(status) && target !== undefined && (call.method === 'GET' || status >= 307);
    if (!follows) return response;
    response.destroy();
    if (hops === mostRedirects) throw new TransferError('ForbiddenRedirect', `more than ${mostRedirects} redirects`);
    here = redirected(here, target);
  }
}

async function callOnce(
  location: Location,
  { method, headers, send }: HttpCall,
  outside: Outside,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { host, port, path, login, scheme } = location;
  const addresses = await permittedAddresses(location, outside);
  const secure = scheme === 'https';
  const auth = login === undefined ? {} : { auth: `${login.user}:${login.password}` };
  const tls = secure && outside.ca !== undefined ? { ca: [...rootCertificates, outside.ca] } : {};
  const options = {
    host,
    port,
    path,
    method,
    headers,
    signal,
    agent: false,
    lookup: pinned(addresses),
    ...auth,
    ...tls,
  };
  return new Promise((resolve, reject) => {
    const request = (secure ? requestTls : requestPlain)(options);
    const fail = (thrown: unknown): void => reject(networkFailure(thrown));
    let answer: IncomingMessage | undefined;
    request.setTimeout(outside.stallMs, () => {
      const stalled = new TransferError('Stalled', `no byte for ${Math.round(outside.stallMs / 1000)} s`);
      (answer ?? request).destroy(stalled);
    });
    request.once('response', (response) => {
      answer = response;
      resolve(response);
    });
    request.on('error', fail);
    if (send === undefined) request.end();
    else send(request);
  });
}

const exact: ReadonlyMap<number, TransferErrorCode> = new Map<number, TransferErrorCode>([
  [401, 'Unauthorized'],
  [403, 'Unauthorized'],
  [407, 'Unauthorized'],
  [404, 'NotFound'],
  [410, 'NotFound'],
  [408, 'ServerFailed'],
  [425, 'ServerFailed'],
  [429, 'ServerFailed'],
]);

/** What an HTTP status that is no success means. */
export function statusFailure(status: number): TransferError {
  const code = exact.get(status) ?? (status >= 500 ? 'ServerFailed' : 'Refused');
  return new TransferError(code, `HTTP ${status}`);
}
