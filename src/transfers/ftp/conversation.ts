import type { DoorParts } from '../door/parts.ts';
import type { Pass } from '../door/tickets.ts';
import type { DataPort, DataProtection } from './data-port.ts';

/** A reply (RFC 959 §4.2); several lines make it a multi-line one. */
export type Reply = { readonly code: number; readonly lines: readonly string[] };

export function reply(code: number, ...lines: readonly string[]): Reply {
  return { code, lines };
}

/** The text of a reply on the wire. */
export function replyText({ code, lines }: Reply): string {
  const last = lines.length - 1;
  const first = lines.length === 1 ? [] : [`${code}-${lines[0]}`, ...lines.slice(1, last).map((line) => ` ${line}`)];
  return `${[...first, `${code} ${lines[last] ?? ''}`].join('\r\n')}\r\n`;
}

/** What one control connection knows, and what its commands may do. */
export interface Conversation {
  readonly parts: DoorParts;
  readonly peerAddress: string;
  readonly localAddress: string;
  readonly dataPort: DataPort;
  /** A transfer on which no byte moves for so long is cut. */
  readonly stallMs: number;
  /** What PASV names. */
  readonly passiveAddress: string;

  /** TLS is up on the control connection. */
  readonly isSecure: boolean;
  /** The client is still there to be answered. */
  readonly isOpen: boolean;
  /** The other side of the door, once logged in. */
  pass: Pass | undefined;
  user: string | undefined;
  folder: string;
  /** Where the next transfer begins (REST). */
  restartAt: number;
  /** How large the client says that the next upload is (ALLO). */
  announcedBytes: number | undefined;
  /** What the client knows of the size of the upload (SIZE): it will go on there. */
  told: { readonly name: string; readonly bytes: number } | undefined;
  /** PROT P. */
  protectsData: boolean;

  /** Sends a reply before the last one of a command, such as 150. */
  say(reply: Reply): void;
  /** For the job's transcript. */
  note(line: string): void;
  /** Undefined: data goes in the clear. */
  protection(): DataProtection | undefined;
  /** Whether AUTH TLS is offered to this client. */
  offersTls(): boolean;
  /** Registers how to cut a transfer, for ABOR and for the end of the ticket; the function unregisters it. */
  underWay(cut: () => void): () => void;
  cutTransfer(): void;
  /** Wrong password: resolves when the client has waited for it, with false when it has used up its guesses. */
  punish(): Promise<boolean>;
}
