import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TransferError } from '../errors.ts';

/** Makes the names in a folder durable: a rename is on disk only when its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Creates a folder below `parent` that outlives a power cut. */
export async function makeFolder(parent: string, name: string): Promise<string> {
  const folder = join(parent, name);
  if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) await syncFolder(parent);
  return folder;
}

/** Opens a regular file for reading; a symbolic link in its place is an error. */
export function openToRead(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
}

/** Opens a file for reading and writing, created when it is not there; a symbolic link in its place is an error. */
export function openToWrite(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
}

type Entry = { readonly name: string; readonly path: string; readonly bytes: number; readonly modifiedAtMs: number };

/** The regular files directly in a folder; links and folders are passed over. */
export async function regularFiles(folder: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const state = await lstat(path);
    if (state.isFile()) entries.push({ name, path, bytes: state.size, modifiedAtMs: state.mtimeMs });
  }
  return entries;
}

/** What a failed write means to a transfer; errors other than a full disk are the environment's, and stay as they are. */
export function writeFailure(thrown: unknown): unknown {
  const full = thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT');
  return full ? new TransferError('SpoolFull', 'the disk of the spool is full', { cause: thrown }) : thrown;
}
