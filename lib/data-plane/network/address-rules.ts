import { isIPv4, isIPv6 } from "node:net";

/**
 * Which addresses tenant-controlled traffic may reach. IPv4 is a deny list of every special-purpose range; IPv6 is an
 * allow list (global unicast) with its special ranges cut out. Pure: no name is resolved here.
 */

/** Why an address is not a public one. Operators may open the first three; the others are never reachable. */
export const ADDRESS_CLASSES = [
  "loopback",
  "private",
  "carrier_grade_nat",
  "link_local",
  "metadata",
  "multicast",
  "reserved",
  "not_an_address",
] as const;
export type AddressClass = "public" | (typeof ADDRESS_CLASSES)[number];

const OPENED_BY_OPERATOR: ReadonlySet<AddressClass> = new Set(["loopback", "private", "carrier_grade_nat"]);

const IPV4_RANGES: readonly (readonly [string, number, AddressClass])[] = [
  // Metadata services first: some hide in ranges that look private or even public.
  ["169.254.169.254", 32, "metadata"],
  ["169.254.170.2", 32, "metadata"],
  ["100.100.100.200", 32, "metadata"],
  ["168.63.129.16", 32, "metadata"],
  ["192.0.0.192", 32, "metadata"],
  ["0.0.0.0", 8, "reserved"],
  ["10.0.0.0", 8, "private"],
  ["100.64.0.0", 10, "carrier_grade_nat"],
  ["127.0.0.0", 8, "loopback"],
  ["169.254.0.0", 16, "link_local"],
  ["172.16.0.0", 12, "private"],
  ["192.0.0.0", 24, "reserved"],
  ["192.0.2.0", 24, "reserved"],
  ["192.31.196.0", 24, "reserved"],
  ["192.52.193.0", 24, "reserved"],
  ["192.88.99.0", 24, "reserved"],
  ["192.168.0.0", 16, "private"],
  ["192.175.48.0", 24, "reserved"],
  ["198.18.0.0", 15, "reserved"],
  ["198.51.100.0", 24, "reserved"],
  ["203.0.113.0", 24, "reserved"],
  ["224.0.0.0", 4, "multicast"],
  ["240.0.0.0", 4, "reserved"],
];

const ipv4Number = (address: string): number =>
  address.split(".").reduce((value, part) => value * 256 + Number(part), 0);

const IPV4_BOUNDS = IPV4_RANGES.map(([base, bits, kind]) => {
  const first = ipv4Number(base);
  return { first, last: first + 2 ** (32 - bits) - 1, kind };
});

const classOfIpv4 = (value: number): AddressClass =>
  IPV4_BOUNDS.find(({ first, last }) => value >= first && value <= last)?.kind ?? "public";

/** The eight 16-bit groups of a valid IPv6 address without a zone. */
function ipv6Groups(address: string): number[] {
  const dotted = /(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  let text = address;
  if (dotted !== undefined) {
    const value = ipv4Number(dotted);
    const pair = `${Math.floor(value / 65_536).toString(16)}:${(value % 65_536).toString(16)}`;
    text = address.slice(0, -dotted.length) + pair;
  }
  const [head = "", tail] = text.split("::");
  const groups = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...new Array<number>(zeros).fill(0), ...after];
}

function classOfIpv6(groups: readonly number[]): AddressClass {
  const [g0 = 0, g1 = 0, g2 = 0, g3 = 0, g4 = 0, g5 = 0, g6 = 0, g7 = 0] = groups;
  const last32 = g6 * 65_536 + g7;
  const first80AreZero = g0 === 0 && g1 === 0 && g2 === 0 && g3 === 0 && g4 === 0;
  if (first80AreZero && g5 === 0 && last32 === 1) return "loopback";
  // IPv4-mapped and IPv4-compatible: the IPv4 address inside decides, and the compatible form is never public.
  if (first80AreZero && g5 === 0xffff) return classOfIpv4(last32);
  if (first80AreZero && g5 === 0) return "reserved";
  // NAT64: the translator will connect to the IPv4 address inside.
  if (g0 === 0x64 && g1 === 0xff9b && g2 === 0 && g3 === 0 && g4 === 0 && g5 === 0)
    return classOfIpv4(last32);
  if (g0 === 0xfd00 && g1 === 0x0ec2) return "metadata";
  if (g0 === 0xfd20 && g1 === 0x00ce) return "metadata";
  if ((g0 & 0xfe00) === 0xfc00) return "private";
  if ((g0 & 0xffc0) === 0xfe80) return "link_local";
  if ((g0 & 0xffc0) === 0xfec0) return "private";
  if ((g0 & 0xff00) === 0xff00) return "multicast";
  if ((g0 & 0xe000) !== 0x2000) return "reserved";
  // Inside global unicast: IETF protocol assignments (with Teredo and ORCHID), documentation, 6to4, AS112.
  if (g0 === 0x2001 && g1 < 0x0200) return "reserved";
  if (g0 === 0x2001 && g1 === 0x0db8) return "reserved";
  if (g0 === 0x2002) return "reserved";
  if (g0 === 0x2620 && g1 === 0x004f && g2 === 0x8000) return "reserved";
  if (g0 === 0x3fff && g1 < 0x1000) return "reserved";
  return "public";
}

/** The class of an IP address in text form, with or without brackets. Anything with a zone is `link_local`. */
export function classOfAddress(address: string): AddressClass {
  const bare = address.startsWith("[") && address.endsWith("]") ? address.slice(1, -1) : address;
  if (isIPv4(bare)) return classOfIpv4(ipv4Number(bare));
  if (!isIPv6(bare)) return "not_an_address";
  return bare.includes("%") ? "link_local" : classOfIpv6(ipv6Groups(bare));
}

/** True when traffic may go to `address`. `allowPrivate` opens loopback, private and carrier-grade ranges, never more. */
export function isReachableAddress(address: string, allowPrivate = false): boolean {
  const kind = classOfAddress(address);
  return kind === "public" || (allowPrivate && OPENED_BY_OPERATOR.has(kind));
}
