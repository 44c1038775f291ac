import type { Payload } from '../payload.ts';
import type { Quirks } from './quirks.ts';

/** What became of one request of the charger. */
export type Spoken =
  | { readonly kind: 'answered'; readonly payload: Payload }
  /** A SOAP Fault or a CALLERROR: the receiver got the message and could not process it. */
  | { readonly kind: 'fault'; readonly reason: string }
  /** No usable answer: the message may or may not have arrived. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Answers one remote command. A rejection is told as InternalError. */
export type CommandHandler = (action: string, payload: Payload) => Promise<Payload>;

/** A charger's line to its central system. */
export interface Line {
  /** Sends one request and reads its answer. Never rejects, never retries. */
  call(action: string, payload: Payload): Promise<Spoken>;
  /** Neither speaks nor listens any more. */
  close(): Promise<void>;
}

export type LineSettings = {
  readonly identity: string;
  readonly quirks: Quirks;
  /** How long an answer may take. */
  readonly deadlineMs: number;
  readonly onCommand: CommandHandler;
  /** The other side did what its wire does not allow. */
  readonly onViolation: (what: string) => void;
};

/** Listens for remote commands, and is ready to call. */
export type OpenLine = (settings: LineSettings) => Promise<Line>;
