import { randomBytes } from 'node:crypto';
import type { Credentials } from '../ports.ts';

const longestName = 100;

/** 32 letters, so that a byte picks each of them equally often; no l, o, 0, 1 for people who read URLs aloud. */
const letters = 'abcdefghijkmnpqrstuvwxyz23456789';

/** Credentials of one job: 128 bits of token, 80 bits of password. */
export function newCredentials(issuedAtMs: number): Credentials {
  return { token: word(26), user: `u${word(8)}`, password: `p${word(16)}`, issuedAtMs };
}

function word(length: number): string {
  return [...randomBytes(length)].map((byte) => letters.charAt(byte % letters.length)).join('');
}

/**
 * The last segment of a name that a peer chose, as something harmless to show, to keep and to put into a URL; undefined
 * when nothing is left of it.
 */
export function harmlessName(name: string, longest = longestName): string | undefined {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const harmless = last.replaceAll(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '');
  if (harmless.length <= longest) return harmless === '' ? undefined : harmless;
  const extension = /\.[A-Za-z0-9]{1,8}(?:\.[A-Za-z0-9]{1,4})?$/.exec(harmless)?.[0] ?? '';
  return `${harmless.slice(0, Math.max(longest - extension.length, 1))}${extension}`.slice(0, longest);
}
