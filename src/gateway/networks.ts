import { BlockList, isIP, isIPv6 } from 'node:net';

/** IPv4-mapped IPv6 addresses (RFC 4291 §2.5.5.2) are the IPv4 addresses that they carry. */
export function plainAddress(address: string): string {
  const bare = address.startsWith('[') ? address.slice(1, -1) : address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare);
  return mapped?.[1] ?? bare;
}

/** True if `address` lies in one of the CIDRs (or is one of the plain addresses) in `networks`. */
export function inNetworks(address: string, networks: readonly string[]): boolean {
  const plain = plainAddress(address);
  if (isIP(plain) === 0) return false;
  return networks.some((network) => blockListOf(network).check(plain, familyOf(plain)));
}

/** The same /24 (IPv6: /64): what a DHCP lease usually stays in. */
export function sameNeighbourhood(one: string, other: string): boolean {
  const a = plainAddress(one);
  const b = plainAddress(other);
  if (isIP(a) === 0 || isIP(a) !== isIP(b)) return false;
  return newBlockList(`${a}/${isIPv6(a) ? 64 : 24}`).check(b, familyOf(b));
}

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** Networks of the config: they are few. */
const blockLists = new Map<string, BlockList>();

function blockListOf(network: string): BlockList {
  const list = blockLists.get(network) ?? newBlockList(network);
  blockLists.set(network, list);
  return list;
}

function newBlockList(network: string): BlockList {
  const list = new BlockList();
  const [address = '', bits] = network.split('/');
  if (bits === undefined) list.addAddress(address, familyOf(address));
  else list.addSubnet(address, Number(bits), familyOf(address));
  return list;
}
