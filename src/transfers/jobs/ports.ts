import type { Payload } from '../../gateway/ports.ts';
import type { ChargerScheme, Credentials, ImageSignature, Received, SpooledFile } from '../ports.ts';

/**
 * The doors of the jobs: what they are to remember, what they are told of chargers, and what the operator sees of them.
 */

type AnyTransfer = {
  readonly id: number;
  readonly station: string;
  readonly askedBy: 'csms' | 'operator' | 'campaign';
  /** Something is still to happen; at most one of a kind per station. */
  readonly open: boolean;
  /** Wall clock, ms since the epoch. */
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  /** As the CSMS sent it, without the location. */
  readonly request: Payload;
  /** Of the security extension, by which the CSMS asked, and hears of it; absent: it asked by OCPP 1.6. */
  readonly requestId?: number;
  /** What lets the charger at its file, also after a restart. */
  readonly ticket?: KeptTicket;
  /** The last status that the CSMS heard of this job, and how many it heard. */
  readonly told?: string;
  readonly tellings: number;
  /** Why it ended, or waits, for people. */
  readonly reason?: string;
};

export type KeptTicket = {
  readonly scheme: ChargerScheme;
  readonly flat: boolean;
  readonly addresses: readonly string[];
  readonly expiresAtMs: number;
  readonly credentials: Credentials;
};

/** The states are told in `firmware-run.ts`. */
export type FirmwareState =
  | 'accepted'
  | 'verified'
  | 'offering'
  | 'offered'
  | 'downloading'
  | 'downloaded'
  | 'installing'
  | 'installed'
  | 'fetchFailed'
  | 'invalidSignature'
  | 'offerFailed'
  | 'downloadFailed'
  | 'installationFailed'
  | 'superseded'
  | 'cancelled'
  | 'takenBack'
  | 'expired';

export type FirmwareTransfer = AnyTransfer & {
  readonly kind: 'firmware';
  readonly state: FirmwareState;
  /** Where the CSMS has the image; with what credentials it carries. */
  readonly location: string;
  /** What the image must be signed by. */
  readonly signature?: ImageSignature;
  /** The CSMS has heard that it is. */
  readonly signatureTold?: true;
  readonly file?: SpooledFile;
  /** The image's own name. */
  readonly name?: string;
  /** UpdateFirmware.req was sent so many times. */
  readonly offers: number;
  /** A charger may still be at work on an earlier job, which this one superseded. */
  readonly afterOffer: boolean;
  /** Of the charger before the update. */
  readonly versionBefore?: string;
  /** Bytes before this have left for the charger. */
  readonly sentBytes: number;
  /** What the image must be, when somebody said so beforehand: its SHA-256 as lower-case hex, and its size. */
  readonly expected?: { readonly sha256: string; readonly bytes?: number };
  /** The run of a campaign that it belongs to, and what all downloads of that run may take together. */
  readonly campaign?: { readonly run: string; readonly bytesPerS?: number };
};

/** The states are told in `diagnostics-run.ts`. */
export type DiagnosticsState =
  | 'asking'
  | 'asked'
  | 'receiving'
  | 'received'
  | 'bringing'
  | 'uploaded'
  | 'kept'
  | 'nothing'
  | 'refused'
  | 'uploadFailed'
  | 'superseded'
  | 'cancelled';

export type DiagnosticsTransfer = AnyTransfer & {
  readonly kind: 'diagnostics';
  readonly state: DiagnosticsState;
  /** Where the CSMS wants the file; absent: the operator asked, and it stays here. */
  readonly location?: string;
  /** As the charger promised it, and as the CSMS was told. */
  readonly fileName?: string;
  /** A whole upload lies at the door. */
  readonly received?: Received;
  /** It is in the spool. */
  readonly file?: SpooledFile;
  /** The charger says that it has uploaded; ms since the epoch. */
  readonly saidUploadedAtMs?: number;
};

export type Transfer = FirmwareTransfer | DiagnosticsTransfer;

/** Without its number, which the store gives. */
export type NewTransfer = Omit<FirmwareTransfer, 'id'> | Omit<DiagnosticsTransfer, 'id'>;

/** One line of what happened; masked. */
export type TranscriptLine = { readonly atMs: number; readonly text: string };

export type TransferFilter = { readonly station?: string; readonly open?: boolean };

/** Where jobs are remembered; on disk when a promise resolves. Rejects with StoreUnavailable. */
export interface TransferStore {
  /** Keeps a new job and returns its number; an open one of the same station and kind is superseded in the same unit of work. */
  addTransfer(transfer: NewTransfer): Promise<number>;
  /** Replaces what is known of a job, and adds to its transcript, of which the last 500 lines are kept. */
  saveTransfer(transfer: Transfer, lines: readonly TranscriptLine[]): Promise<void>;
  /** Newest first. */
  transfers(filter: TransferFilter): Promise<readonly Transfer[]>;
  transfer(id: number): Promise<Recorded | undefined>;
  /** Forgets jobs that ended before. */
  pruneTransfers(beforeMs: number): Promise<void>;
}

export type Recorded = { readonly transfer: Transfer; readonly lines: readonly TranscriptLine[] };

/** How a charger is handed files, and what it is believed. */
export type StationTransfers = {
  /** `direct`: it reaches the CSMS's locations itself. */
  readonly route: 'gateway' | 'direct';
  /** `auto`: what the charger says that it can (SupportedFileTransferProtocols), FTP first. */
  readonly protocol: ChargerScheme | 'auto';
  readonly flat: boolean;
  /** Statuses of a charger that never says any are told by what it does. */
  readonly inferStatus: boolean;
  /** How the CSMS wants diagnostics over HTTP. */
  readonly uploadMethod: 'put' | 'post' | 'multipart';
};

export type TransferSettings = {
  /** Smallest and largest image, bytes. */
  readonly imageBytes: { readonly least: number; readonly most: number };
  readonly mostDiagnosticsBytes: number;
  /** How long an image waits for its charger. */
  readonly offerMs: number;
  /** How long a charger has for a file, from when it was told, or from retrieveDate. */
  readonly ticketMs: number;
  /** How long files of chargers are kept for the operator, and ended jobs are remembered. */
  readonly keepMs: number;
  station(identity: string): StationTransfers;
};

/** What is counted of transfers (names in `operator/meters.ts`). */
export interface TransferMeters {
  ended(kind: Transfer['kind'], state: string): void;
  /** A charger says what cannot be. */
  contradiction(what: 'downloaded' | 'uploaded'): void;
  /** A charger says again what it has said. */
  repeated(kind: Transfer['kind']): void;
  /** Bytes crossed between this gateway and the CSMS's location, or the charger; of fetches and uploads, when they are whole. */
  moved(kind: Transfer['kind'], hop: 'csms' | 'charger', bytes: number): void;
}

/** What people see of a job: without credentials. */
export type TransferView = {
  readonly id: number;
  readonly station: string;
  readonly kind: Transfer['kind'];
  readonly state: string;
  readonly open: boolean;
  readonly askedBy: Transfer['askedBy'];
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  readonly location: string | undefined;
  readonly name: string | undefined;
  readonly file: SpooledFile | undefined;
  readonly sentBytes: number | undefined;
  /** Last status that the CSMS heard. */
  readonly told: string | undefined;
  readonly reason: string | undefined;
};

export type TransferDetails = { readonly transfer: TransferView; readonly lines: readonly TranscriptLine[] };

/** What became of a wish of the operator. */
export type TransferWish =
  | { readonly kind: 'done'; readonly transfer: TransferView }
  | { readonly kind: 'unknown'; readonly what: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** The operator's side of the jobs. */
export interface TransfersDesk {
  transfers(filter: TransferFilter): Promise<readonly TransferView[]>;
  transfer(id: number): Promise<TransferDetails | undefined>;
  /** Begins a job that failed anew. */
  retry(id: number): Promise<TransferWish>;
  /** Ends an open job. */
  cancel(id: number): Promise<TransferWish>;
  /** Asks a charger for its diagnostics, for the operator alone. */
  askDiagnostics(station: string): Promise<TransferWish>;
  /** Where the file of a diagnostics job lies; undefined while there is none, or when it is gone. */
  fileOf(id: number): Promise<string | undefined>;
}
