import { timingSafeEqual } from 'node:crypto';
import { Networks } from '../addresses.ts';
import type { ChargerScheme, Credentials, SpooledFile } from '../ports.ts';
import type { Intake } from './intake.ts';
import type { Throttle } from './throttle.ts';

/** What one job lets one charger do. */
export type Pass = {
  readonly job: string;
  readonly credentials: Credentials;
  readonly scheme: ChargerScheme;
  readonly addresses: Networks;
  readonly expiresAtMs: number;
  /** Ends what is under way with this pass. */
  readonly underWay: Set<() => void>;
  readonly goods: Goods;
};

export type Goods =
  | {
      readonly kind: 'download';
      readonly file: SpooledFile;
      readonly name: string;
      readonly throttle: Throttle | undefined;
      /** Bytes before this have left, whatever the number of connections. */
      sentTo: number;
    }
  | { readonly kind: 'upload'; readonly intake: Intake };

/** Why somebody does not get in, for the job's transcript and the log. */
export type Turned = 'unknown' | 'expired' | 'address' | 'password' | 'scheme';

export type Admission =
  | { readonly kind: 'admitted'; readonly pass: Pass }
  | { readonly kind: 'turned'; readonly why: Turned; readonly pass?: Pass };

/** The passes that are good, by job, token and user. */
export class Tickets {
  readonly #now: () => number;
  readonly #byJob = new Map<string, Pass>();
  readonly #byToken = new Map<string, Pass>();
  readonly #byUser = new Map<string, Pass>();

  /** `now` in ms since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  add(pass: Pass): void {
    this.#byJob.set(pass.job, pass);
    this.#byToken.set(pass.credentials.token, pass);
    this.#byUser.set(pass.credentials.user, pass);
  }

  /** Takes a job's pass back and cuts what is under way with it. */
  remove(job: string): Pass | undefined {
    const pass = this.#byJob.get(job);
    if (pass === undefined) return undefined;
    this.#byJob.delete(job);
    this.#byToken.delete(pass.credentials.token);
    this.#byUser.delete(pass.credentials.user);
    for (const cut of pass.underWay) cut();
    return pass;
  }

  get(job: string): Pass | undefined {
    return this.#byJob.get(job);
  }

  jobs(): readonly string[] {
    return [...this.#byJob.keys()];
  }

  /** Who comes with a token, over HTTP. */
  byToken(token: string, address: string): Admission {
    return this.#check(this.#byToken.get(token), address);
  }

  /** Whose user name it is, whatever comes next: for the transcript. */
  byUser(user: string): Pass | undefined {
    return this.#byUser.get(user);
  }

  /** Who logs in over FTP; `secure` when TLS is up. */
  byPassword(user: string, password: string, address: string, secure: boolean): Admission {
    const pass = this.#byUser.get(user);
    if (pass === undefined || !equal(password, pass.credentials.password)) {
      return { kind: 'turned', why: pass === undefined ? 'unknown' : 'password', ...(pass && { pass }) };
    }
    if (pass.scheme === 'ftps' && !secure) return { kind: 'turned', why: 'scheme', pass };
    return this.#check(pass, address);
  }

  /** Whether somebody at this address was told to use FTPS: others are better off without an offer of TLS. */
  expectsTls(address: string): boolean {
    return [...this.#byJob.values()].some(
      (pass) => pass.scheme === 'ftps' && this.#isGood(pass) && pass.addresses.has(address),
    );
  }

  #check(pass: Pass | undefined, address: string): Admission {
    if (pass === undefined) return { kind: 'turned', why: 'unknown' };
    if (!this.#isGood(pass)) return { kind: 'turned', why: 'expired', pass };
    if (!pass.addresses.has(address)) return { kind: 'turned', why: 'address', pass };
    return { kind: 'admitted', pass };
  }

  #isGood(pass: Pass): boolean {
    return this.#now() < pass.expiresAtMs;
  }
}

function equal(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
