import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';
import { Client, FTPError } from 'basic-ftp';
import { TransferError, type TransferErrorCode } from '../errors.ts';
import { cancelled } from './attempts.ts';
import type { Location } from './location.ts';
import { networkFailure, type Outside, permittedAddresses } from './outside.ts';

const implicitPort = 990;

export type FtpCall = {
  readonly location: Location;
  readonly outside: Outside;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
};

/**
 * Logs in, does the work, and leaves. The connection goes to an address that was checked, and data connections to that
 * same address. Rejects with TransferError.
 */
export async function withFtp<T>(call: FtpCall, work: (client: Client) => Promise<T>): Promise<T> {
  const addresses = await permittedAddresses(call.location, call.outside);
  const client = new Client(call.outside.stallMs);
  client.ftp.log = (line) => call.say(`FTP ${line.trimEnd().slice(0, 300)}`);
  const abort = (): void => client.close();
  call.signal.addEventListener('abort', abort);
  try {
    if (call.signal.aborted) throw cancelled(call.signal);
    await logIn(client, call, addresses);
    return await work(client);
  } catch (thrown) {
    throw ftpFailure(thrown);
  } finally {
    call.signal.removeEventListener('abort', abort);
    client.close();
  }
}

/** Tries the addresses in turn, as long as nobody answers. */
async function logIn(client: Client, call: Pick<FtpCall, 'location' | 'outside'>, addresses: readonly string[]) {
  const { location, outside } = call;
  const { host, port, login, scheme } = location;
  const [first = '', ...others] = addresses;
  // `host` too: given the name, the client would resolve it again, for the connection or for the data connections.
  const secureOptions = {
    host: first,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(outside.ca === undefined ? {} : { ca: [...rootCertificates, outside.ca] }),
  };
  const secure = scheme === 'ftps' ? (port === implicitPort ? 'implicit' : true) : false;
  const who = login === undefined ? {} : { user: login.user, password: login.password };
  try {
    await client.access({ host: first, port, secure, secureOptions, ...who });
  } catch (thrown) {
    const failure = ftpFailure(thrown);
    const nobody = failure instanceof TransferError && failure.code === 'Unreachable';
    if (others.length === 0 || !nobody) throw failure;
    await logIn(client, call, others);
  }
}

/** SIZE; undefined when the server does not tell. */
export function sizeOf(client: Client, path: string): Promise<number | undefined> {
  return untold(client.size(path));
}

/** MDTM in ms since the epoch; undefined when the server does not tell. */
export async function modifiedAt(client: Client, path: string): Promise<number | undefined> {
  const date = await untold(client.lastMod(path));
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date.getTime();
}

/** That a server does not know a command, or the file, shows when the file is asked for. */
async function untold<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof FTPError && thrown.code >= 500) return undefined;
    throw thrown;
  }
}

const exact: ReadonlyMap<number, TransferErrorCode> = new Map<number, TransferErrorCode>([
  [331, 'Unauthorized'],
  [332, 'Unauthorized'],
  [430, 'Unauthorized'],
  [530, 'Unauthorized'],
  [532, 'Unauthorized'],
  [550, 'NotFound'],
  [552, 'TooLarge'],
]);

/** What an error of the FTP client means to a transfer. */
function ftpFailure(thrown: unknown): unknown {
  if (thrown instanceof TransferError) return thrown;
  if (thrown instanceof FTPError) {
    const code = exact.get(thrown.code) ?? (thrown.code >= 500 ? 'Refused' : 'ServerFailed');
    return new TransferError(code, `FTP ${thrown.message.trim().slice(0, 200)}`);
  }
  const failure = networkFailure(thrown);
  if (failure instanceof TransferError || !(thrown instanceof Error)) return failure;
  const code = clientErrors.find(([pattern]) => pattern.test(thrown.message))?.[1];
  return code === undefined ? thrown : new TransferError(code, thrown.message.slice(0, 200));
}

/** Errors of basic-ftp have no codes of their own. */
const clientErrors: readonly (readonly [RegExp, TransferErrorCode])[] = [
  [/^Timeout/, 'Stalled'],
  [/^Server (sent FIN|closed)|^Socket closed/, 'Broken'],
  [/^None of the available transfer strategies|open data connection|another host/, 'ServerFailed'],
  [/^User closed client/, 'Cancelled'],
  [/^Can't parse response|^Unexpected FTP response|control response exceeded/, 'Refused'],
];
