/**
 * The doors of the transfers: what the jobs (firmware, diagnostics, campaigns) ask of fetching, keeping and serving
 * files, and what they are told. Plain data only; sockets, streams and paths inside the spool stay behind the doors.
 */

/** A file in the spool: whole, on disk, known by its hash. */
export type SpooledFile = {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
};

export interface Spool {
  find(sha256: string): SpooledFile | undefined;
  /** Keeps a file from eviction until each of its holders has let go; false when it is not there. A restart forgets holders. */
  hold(sha256: string, holder: string): boolean;
  release(sha256: string, holder: string): void;
  /** Where the file lies, for reading by the operator; undefined when it is not there. */
  pathOf(sha256: string): string | undefined;
  /** Removes what nobody holds, and nobody has used since (wall clock, ms since the epoch). */
  prune(beforeMs: number): Promise<void>;
  usage(): SpoolUsage;
}

export type SpoolUsage = {
  readonly files: number;
  /** Of whole files and of those on their way. */
  readonly bytes: number;
  readonly quotaBytes: number;
};

// ---------------------------------------------------------------------------------------------- the outside

/** How often and how patiently something is tried. */
export type Persistence = {
  /** Attempts after the first one: 0 tries once. */
  readonly retries: number;
  /** Pause after the first failure; it doubles up to 15 minutes, with jitter. */
  readonly retryIntervalMs: number;
};

export type FetchRequest = {
  /** http, https, ftp or ftps, with the credentials that it may carry. */
  readonly location: string;
  readonly persistence: Persistence;
  readonly minBytes: number;
  readonly maxBytes: number;
  /** What the file must hash to, as hex, when somebody said so beforehand. */
  readonly sha256?: string;
};

export type Fetched = {
  readonly file: SpooledFile;
  /** Last segment of the location's path. */
  readonly name: string;
  /** `spool`: the file was here already, and the far side says that it is still the one. */
  readonly from: 'network' | 'spool';
  /** How the file was shown to be whole: `length`, `sha256`, `content-md5`, … */
  readonly proofs: readonly string[];
};

/** What one line of a job's transcript is made of: masked, without credentials and tokens. */
export type Transcript = (line: string) => void;

export interface Fetcher {
  /**
   * Brings a file into the spool; those who ask for one location at the same time share one fetch. The file is held
   * for `holder`. Rejects with TransferError.
   */
  fetch(request: FetchRequest, holder: string, transcript: Transcript, signal?: AbortSignal): Promise<Fetched>;
}

export type UploadRequest = {
  readonly sha256: string;
  /** As the CSMS was told. */
  readonly name: string;
  /** OCPP 1.6 §6.25: a directory; a location with a query is a whole address, and is used as it stands. */
  readonly location: string;
  readonly persistence: Persistence;
  /** How the CSMS wants it over HTTP. */
  readonly httpMethod: 'put' | 'post' | 'multipart';
};

export interface Uploader {
  /** Brings a file of the spool to its location; resolves when the far side has all of it. Rejects with TransferError. */
  upload(request: UploadRequest, transcript: Transcript, signal?: AbortSignal): Promise<void>;
}

// ---------------------------------------------------------------------------------------------- who made it

/** By what a CSMS proves where an image comes from (security whitepaper, SignedUpdateFirmware). */
export type ImageSignature = {
  /** PEM; certificates that lead from it to a root may follow it. */
  readonly certificate: string;
  /** Base64, over the whole image. */
  readonly signature: string;
};

export interface SignatureCheck {
  /** False when nobody is trusted with firmware: then no certificate can be good. */
  readonly knowsRoots: boolean;
  /** Why a certificate may not sign firmware now, for people; undefined: it may. */
  certificateProblem(certificate: string): string | undefined;
  /** Reads the whole image of the spool; why the signature is not of it, for people; undefined: it is. */
  imageProblem(signature: ImageSignature, sha256: string): Promise<string | undefined>;
}

// ---------------------------------------------------------------------------------------------- the chargers

/** By what protocol a charger is handed its URL. */
export type ChargerScheme = 'http' | 'ftp' | 'ftps';

/** What lets one charger at one job's file; of [a-z0-9], since embedded clients do not decode URLs. */
export type Credentials = {
  /** 128 bits, the directory in the URL's path. */
  readonly token: string;
  readonly user: string;
  readonly password: string;
  /** Wall clock, ms since the epoch: what chargers see as the time of the file. */
  readonly issuedAtMs: number;
};

type Invitation = {
  /** One job, one ticket: a second one replaces the first. */
  readonly job: string;
  readonly scheme: ChargerScheme;
  /** The URL has no directory: for chargers whose FTP client cannot change into one. */
  readonly flat: boolean;
  /** Addresses or CIDRs that the charger may come from. */
  readonly addresses: readonly string[];
  /** Wall clock, ms since the epoch. */
  readonly expiresAtMs: number;
  /** Those of an earlier ticket, so that a charger goes on where it was before our restart. */
  readonly credentials?: Credentials;
};

export type Offer = Invitation & {
  readonly file: SpooledFile;
  /** The image's own name; its extension is kept, since chargers look at it. */
  readonly name: string;
  /** What all downloads of one name may take together. */
  readonly bandwidth?: Bandwidth;
};

export type Bandwidth = { readonly name: string; readonly bytesPerS: number };

export type Acceptance = Invitation & {
  /** The name that the charger promised, if it did. */
  readonly name?: string;
  readonly maxBytes: number;
  /** What the listener was told before our restart. */
  readonly received?: Received;
};

export type Ticket = {
  readonly job: string;
  /** What the charger is told; at most 120 characters. */
  readonly url: string;
  readonly credentials: Credentials;
  readonly expiresAtMs: number;
};

export type Received = { readonly name: string; readonly bytes: number };

/** Told what is about to happen; it happens when this resolves. */
export type Foretell = (file: SpooledFile) => Promise<void>;

export type Collected = { readonly file: SpooledFile; readonly name: string };

/** Where chargers fetch and bring files, by HTTP and FTP. */
export interface FileDoor {
  /** Rejects with TransferError `NotFound` when the file is not in the spool. */
  offer(offer: Offer): Promise<Ticket>;
  accept(acceptance: Acceptance): Promise<Ticket>;
  /**
   * Ends an upload and puts its file into the spool, held for the job; undefined when no whole file arrived. `foretell`
   * hears which file it is before it moves.
   */
  collect(job: string, foretell?: Foretell): Promise<Collected | undefined>;
  /** Ends a ticket and what is under way on it. */
  withdraw(job: string): Promise<void>;
}

/** What the jobs are told of chargers at the door. */
export interface DoorListener {
  /** One line of the server's side of the conversation. */
  line(job: string, line: string): void;
  /** Bytes `from` to before `to` left; `whole` when all of the file has by now. */
  sent(job: string, sent: { readonly from: number; readonly to: number; readonly whole: boolean }): void;
  /** The first byte of an upload is here. */
  receiving(job: string): void;
  /** A file is whole and on disk. The charger hears of its success when this has resolved, and of a failure when it rejects. */
  received(job: string, received: Received): Promise<void>;
}
