import type { Terminal } from '../demo/screen.ts';

/** What a command sees of the process that runs it. */
export type Io = {
  readonly stdin: AsyncIterable<Buffer | string>;
  /** Writes to stdout, as it is. */
  readonly out: (text: string) => void;
  /** What stdout is, if it is one. */
  readonly terminal?: Terminal | undefined;
  /** Writes to stderr, as it is. */
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Wall clock, ms since the epoch. */
  readonly now: () => number;
};

/** Exit codes of every command: done; not done; not understood. */
export const exits = { done: 0, failed: 1, usage: 2 } as const;
