import { type ParseArgsConfig, parseArgs } from 'node:util';
import { StoreUnavailable } from '../gateway/store-port.ts';
import { DataFolderError } from '../store/data-folder-error.ts';
import { exits, type Io } from './io.ts';

/** What was asked cannot be done; the message says why and is all that the person at the terminal needs. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly exit: number;

  constructor(message: string, exit: number = exits.failed, options?: ErrorOptions) {
    super(message, options);
    this.exit = exit;
  }
}

/** Runs a command: a refusal, or a data folder that cannot be used, is told on stderr without a stack. */
export async function tellRefusals(io: Io, command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (thrown) {
    if (!isForPeople(thrown)) throw thrown;
    io.err(`${thrown.message.trimEnd()}\n`);
    return thrown instanceof Refusal ? thrown.exit : exits.failed;
  }
}

/** Errors of the system (no permission, no such folder) say enough by themselves. */
function isForPeople(thrown: unknown): thrown is Error {
  if (thrown instanceof Refusal || thrown instanceof DataFolderError || thrown instanceof StoreUnavailable) return true;
  return thrown instanceof Error && 'syscall' in thrown;
}

/** Node's parseArgs, with mistakes as a Refusal that shows the usage. */
export function readArguments<T extends ParseArgsConfig>(config: T, usage: string): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (thrown) {
    if (!isMistake(thrown)) throw thrown;
    throw misused(usage, thrown.message);
  }
}

/** The arguments make no sense together. */
export function misused(usage: string, message?: string): Refusal {
  return new Refusal(message === undefined ? usage : `${message}\n${usage}`, exits.usage);
}

function isMistake(thrown: unknown): thrown is Error {
  return thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('ERR_PARSE_ARGS_');
}
