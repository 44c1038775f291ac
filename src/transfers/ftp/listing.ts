import type { Pass } from '../door/tickets.ts';
import type { Place } from './places.ts';

/** One line of a listing. */
export type Entry = { readonly name: string; readonly bytes: number | 'folder'; readonly modifiedAtMs: number };

export type ListFormat = 'LIST' | 'NLST' | 'MLSD';

/** What is at a place of a job's tree. */
export async function entriesAt(place: Place, { credentials, goods }: Pass): Promise<readonly Entry[]> {
  const modifiedAtMs = credentials.issuedAtMs;
  if (place.kind === 'elsewhere') return [];
  const file = goods.kind === 'download' ? { name: goods.name, bytes: goods.file.bytes } : await goods.intake.settled();
  const files = file === undefined ? [] : [{ ...file, modifiedAtMs }];
  if (place.kind === 'file') return files.filter(({ name }) => name === place.name);
  const folder: Entry = { name: credentials.token, bytes: 'folder', modifiedAtMs };
  return place.path === '/' ? [folder, ...files] : files;
}

/** Entries as the lines of a listing. */
export function listingText(entries: readonly Entry[], format: ListFormat): string {
  return entries.map((entry) => `${listed[format](entry)}\r\n`).join('');
}

/** The facts of an entry (RFC 3659 §7). */
export function factsOf({ name, bytes, modifiedAtMs }: Entry): string {
  const modify = `modify=${timeValue(modifiedAtMs)};`;
  return bytes === 'folder' ? `type=dir;${modify} ${name}` : `type=file;size=${bytes};${modify} ${name}`;
}

/** YYYYMMDDHHMMSS in UTC (RFC 3659 §2.3). */
export function timeValue(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:T]|\..*/g, '');
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

const listed: Readonly<Record<ListFormat, (entry: Entry) => string>> = {
  NLST: ({ name }) => name,
  MLSD: factsOf,
  // As `ls -l` prints it: what clients have learned to read.
  LIST: ({ name, bytes, modifiedAtMs }) => {
    const at = new Date(modifiedAtMs);
    const date = `${months[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)}  ${at.getUTCFullYear()}`;
    const [mode, size] = bytes === 'folder' ? ['drwx------', 4096] : ['-rw-------', bytes];
    return `${mode} 1 charger charger ${String(size).padStart(12)} ${date} ${name}`;
  },
};
