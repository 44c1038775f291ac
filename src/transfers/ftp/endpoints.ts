import { isIP, isIPv4 } from 'node:net';

export type Endpoint = { readonly address: string; readonly port: number };

/** Reads the argument of PORT (RFC 959 §5.3.2): h1,h2,h3,h4,p1,p2. */
export function readPort(argument: string): Endpoint | undefined {
  const numbers = /^\s*(\d{1,3}(?:,\d{1,3}){5})\s*$/.exec(argument)?.[1]?.split(',').map(Number);
  if (numbers === undefined || numbers.some((number) => number > 255)) return undefined;
  const [high = 0, low = 0] = numbers.slice(4);
  return { address: numbers.slice(0, 4).join('.'), port: high * 256 + low };
}

/** Reads the argument of EPRT (RFC 2428 §2): |1|132.235.1.2|6275|, with any delimiter. */
export function readExtendedPort(argument: string): Endpoint | undefined {
  const text = argument.trim();
  const [before, family, address = '', port = '', after] = text.split(text.charAt(0));
  if (before !== '' || after !== '' || !/^\d{1,5}$/.test(port) || Number(port) > 65_535) return undefined;
  if (isIP(address) !== (family === '1' ? 4 : 6) || (family !== '1' && family !== '2')) return undefined;
  return { address, port: Number(port) };
}

/** The six numbers of a PASV reply; undefined when the address is not IPv4. */
export function passiveNumbers({ address, port }: Endpoint): string | undefined {
  return isIPv4(address) ? [...address.split('.'), port >> 8, port & 0xff].join(',') : undefined;
}
