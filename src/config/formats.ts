import { isIP, isIPv4 } from 'node:net';
import { validate as isCron } from 'node-cron';

/** A form of text: how it is told, its name, and the words for it in a mistake. `secret` values are never repeated in one. */
export type TextFormat = {
  readonly test: (value: string) => boolean;
  readonly name: string;
  readonly expected: string;
  readonly secret?: true;
};

/** The formats that schema fields name. */
export const textFormats: Readonly<Record<string, TextFormat>> = {
  'ws-url': {
    name: 'URL',
    test: (value) => isUrl(value, ['ws:', 'wss:']),
    expected: 'a URL such as wss://csms.example.com/ocpp, without user, password, query or fragment',
    secret: true,
  },
  'http-url': {
    name: 'URL',
    test: (value) => isUrl(value, ['http:', 'https:']),
    expected: 'a URL such as http://192.0.2.10:8180/ocpp, without user, password, query or fragment',
    secret: true,
  },
  'feed-url': {
    name: 'URL',
    test: (value) => isBareUrl(value, ['http:', 'https:']),
    expected: 'a URL such as https://prices.example.com/today.csv, without user, password or fragment',
    secret: true,
  },
  'image-url': {
    name: 'URL',
    test: (value) => isBareUrl(value, ['http:', 'https:', 'ftp:', 'ftps:']),
    expected: 'a URL such as https://firmware.example.com/wall-2.1.bin, without user, password or fragment',
    secret: true,
  },
  sha256: {
    name: 'SHA-256',
    test: (value) => /^[\da-fA-F]{64}$/.test(value),
    expected: 'a SHA-256 of 64 hexadecimal digits',
  },
  'url-path': {
    name: 'path',
    test: (value) => /^\/[^\s?#\\]*$/.test(value),
    expected: 'a path that starts with "/", without query, fragment or blanks',
  },
  cidr: { name: 'network', test: isCidr, expected: 'a network such as 10.0.0.0/24 or fd00::/64, or one address' },
  timezone: { name: 'time zone', test: isTimezone, expected: 'an IANA time zone such as Europe/Berlin' },
  'time-of-day': {
    name: 'time of day',
    test: (value) => /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(value),
    expected: 'a time of day such as 07:00',
  },
  cron: {
    name: 'cron expression',
    test: isCronOfFive,
    expected: 'a cron expression of five fields such as "15 13 * * *" (minute, hour, day, month, weekday; in UTC)',
  },
  'wall-cron': {
    name: 'cron expression',
    test: isCronOfFive,
    expected: 'a cron expression of five fields such as "10 2 * * *" (minute, hour, day, month, weekday)',
  },
  'site-id': {
    name: 'name',
    test: (value) => /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/.test(value),
    expected: '1 to 64 letters, digits, underscores, hyphens, or dots behind the first',
  },
  identity: {
    name: 'identity',
    test: (value) => /^[^\p{Cc}/\\]{1,255}$/u.test(value),
    expected: '1 to 255 printable characters without slash or backslash',
  },
  'secret-reference': {
    name: '`env:NAME`, `file:PATH`',
    test: (value) => /^(env:[A-Za-z_]\w*|file:.+)$/.test(value),
    expected: 'env:NAME or file:PATH; secrets themselves do not belong into the config',
    secret: true,
  },
  file: { name: 'file', test: (value) => !value.includes('\0'), expected: 'the path of a file' },
  folder: { name: 'folder', test: (value) => !value.includes('\0'), expected: 'the path of a folder' },
  'pem-file': { name: 'file', test: (value) => !isPemText(value), expected: 'the path of a PEM file' },
  'pem-key-file': {
    name: 'file',
    test: (value) => !isPemText(value),
    expected: 'the path of a PEM file; keys themselves do not belong into the config',
    secret: true,
  },
};

function isUrl(value: string, schemes: readonly string[]): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return schemes.includes(protocol) && username + password + search + hash === '';
}

/** Price feeds and presigned images are told apart by their query. */
function isBareUrl(value: string, schemes: readonly string[]): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, hash } = new URL(value);
  return schemes.includes(protocol) && username + password + hash === '';
}

function isCidr(value: string): boolean {
  const [address = '', bits, ...more] = value.split('/');
  if (isIP(address) === 0 || more.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4(address) ? 32 : 128);
}

function isCronOfFive(value: string): boolean {
  return value.trim().split(/\s+/).length === 5 && isCron(value);
}

function isTimezone(value: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
  } catch {
    // RangeError is how Intl says that it knows no such zone.
    return false;
  }
}

const isPemText = (value: string): boolean => value.includes('-----BEGIN');
