import { statfsSync } from 'node:fs';

/** What a copy leaves of the disk that it goes to: messages may have to be kept there. */
const spareBytes = 64 * 1024 * 1024;

/** Why a copy of the database, of so many bytes, may not go into a folder; undefined: there is room. */
export function lackOfRoom(folder: string, bytes: number): string | undefined {
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= bytes + spareBytes) return undefined;
  return `${folder} has ${freeBytes} bytes free: a copy takes ${bytes}, and ${spareBytes} must be left for messages`;
}
