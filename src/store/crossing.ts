import { StaleEpoch, StoreUnavailable } from '../gateway/store-port.ts';
import { DataFolderError } from './data-folder-error.ts';
import type { LogLine } from '../threads/log-line.ts';
import type { StoreOptions } from './open.ts';
import type { Verb } from './verbs.ts';

/*
 * What crosses between the gateway's thread and that of the store: plain data, one message for all calls of one turn and
 * one for all answers of one commit.
 */

/** What the thread is started with. */
export type ThreadOptions = Omit<StoreOptions, 'log' | 'clock'>;

export type Call = { readonly id: number; readonly verb: Verb; readonly input: readonly unknown[] };

export type Answer = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly fault: Fault };

/** What the thread says: first that the store is open, or why not; then answers, and lines for the log. */
export type Said =
  | { readonly kind: 'opened' }
  | { readonly kind: 'refused'; readonly fault: Fault }
  | { readonly kind: 'answers'; readonly answers: readonly Answer[] }
  | { readonly kind: 'logged'; readonly line: LogLine };

/** An error with the class that it has lost when it arrives: only stack and cause of an error can cross. */
export type Fault = { readonly kind: 'unavailable' | 'stale' | 'folder' | 'other'; readonly error: Error };

/** An error as it leaves its thread. */
export function faultOf(thrown: unknown): Fault {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (thrown instanceof StoreUnavailable) return { kind: 'unavailable', error };
  if (thrown instanceof StaleEpoch) return { kind: 'stale', error };
  return { kind: thrown instanceof DataFolderError ? 'folder' : 'other', error };
}

/** The error that a fault was, with the stack of where it was thrown. */
export function errorOf({ kind, error }: Fault): Error {
  switch (kind) {
    case 'unavailable':
      return withStack(new StoreUnavailable(error.message, { cause: error.cause }), error);
    case 'stale':
      return withStack(new StaleEpoch(error.message, { cause: error.cause }), error);
    case 'folder':
      return withStack(new DataFolderError(error.message, { cause: error.cause }), error);
    case 'other':
      return error;
  }
}

function withStack(error: Error, { stack }: Error): Error {
  if (stack !== undefined) error.stack = stack;
  return error;
}
