import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * Where an IP address leads: into the internet; into this machine or a network of our own; or where nobody may be sent
 * who can only name a URL (metadata services, multicast, reserved, an IPv4 address in the clothes of IPv6, no address).
 */
export type AddressKind = 'public' | 'private' | 'forbidden';

type Network = readonly [address: string, prefix: number];

const privateV4: readonly Network[] = [
  ['9.0.0.0', 8], // IBM's on paper; DC/OS gives it to containers on its overlay network
  ['10.0.0.0', 8],
  ['11.0.0.0', 8], // the US military's on paper, never routed; DC/OS gives it to its named virtual addresses
  ['100.64.0.0', 10], // shared by carriers
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
];

const forbiddenV4: readonly Network[] = [
  ['0.0.0.0', 8],
  ['100.100.100.200', 32], // Alibaba's metadata
  ['168.63.129.16', 32], // Azure's
  ['169.254.0.0', 16], // link-local, with most metadata services
  ['192.0.0.0', 24], // protocol assignments, with Oracle's metadata
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation on paper; DC/OS gives it to its own services on every agent
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
];

const globalV6: readonly Network[] = [['2000::', 3]];

const privateV6: readonly Network[] = [
  ['::1', 128],
  ['fc00::', 7],
];

const forbiddenV6: readonly Network[] = [
  ['2001::', 23], // protocol assignments, with Teredo
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4
  ['3fff::', 20], // documentation
  ['fd00:ec2::', 32], // AWS's metadata
  ['fd20:ce::', 32], // Google's
];

function blockList(networks: readonly Network[], type: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of networks) list.addSubnet(address, prefix, type);
  return list;
}

const lists = {
  ipv4: { private: blockList(privateV4, 'ipv4'), forbidden: blockList(forbiddenV4, 'ipv4') },
  ipv6: {
    private: blockList(privateV6, 'ipv6'),
    forbidden: blockList(forbiddenV6, 'ipv6'),
    global: blockList(globalV6, 'ipv6'),
  },
};

/**
 * Judges an address as a resolver writes it: four numbers, or IPv6 without brackets. What is no such address is forbidden,
 * and so is every IPv6 address that is neither global unicast nor private: mapped (`::ffff:…`), NAT64 (`64:ff9b::…`),
 * link-local, with a zone (`%eth0`).
 */
export function judgeAddress(address: string): AddressKind {
  if (isIPv4(address)) {
    if (lists.ipv4.forbidden.check(address, 'ipv4')) return 'forbidden';
    return lists.ipv4.private.check(address, 'ipv4') ? 'private' : 'public';
  }
  if (!isIPv6(address) || address.includes('%') || lists.ipv6.forbidden.check(address, 'ipv6')) return 'forbidden';
  if (lists.ipv6.private.check(address, 'ipv6')) return 'private';
  return lists.ipv6.global.check(address, 'ipv6') ? 'public' : 'forbidden';
}
