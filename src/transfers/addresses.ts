import { BlockList, isIP, isIPv6 } from 'node:net';
import { plainAddress } from '../gateway/networks.ts';

/** Addresses and CIDRs. */
export class Networks {
  readonly #list = new BlockList();

  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = '', bits] = network.split('/');
      const family = isIPv6(address) ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(bits), family);
    }
  }

  /** False for what is no address. */
  has(address: string): boolean {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && this.#list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
  }
}

/** What no location of a CSMS may lead to: ourselves, private networks, metadata services, and addresses that hide those. */
const unroutable = new Networks([
  // IANA special-purpose address registries (RFC 6890), multicast and the reserved rest.
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  '100::/64',
  '2001:db8::/32',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
  // IPv4 inside IPv6: NAT64 (RFC 6052, RFC 8215), Teredo and 6to4.
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2001::/32',
  '2002::/16',
]);

/** Decides which addresses a transfer may be made with; `allowed` are CIDRs that are open although private. */
export function addressRule(allowed: readonly string[]): (address: string) => boolean {
  const exceptions = new Networks(allowed);
  return (address) => exceptions.has(address) || (isIP(plainAddress(address)) !== 0 && !unroutable.has(address));
}
