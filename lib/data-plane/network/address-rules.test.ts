import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AddressClass, classOfAddress, isReachableAddress } from "./index.ts";

const CORPUS: readonly (readonly [string, AddressClass])[] = [
  ["1.1.1.1", "public"],
  ["8.8.8.8", "public"],
  ["100.63.255.255", "public"],
  ["100.128.0.0", "public"],
  ["172.15.255.255", "public"],
  ["172.32.0.0", "public"],
  ["223.255.255.255", "public"],
  ["2606:4700:4700::1111", "public"],
  ["2a00:1450:4001:80b::200e", "public"],
  ["::ffff:8.8.8.8", "public"],
  ["64:ff9b::808:808", "public"],
  ["[2606:4700:4700::1111]", "public"],
  ["127.0.0.1", "loopback"],
  ["127.255.255.254", "loopback"],
  ["::1", "loopback"],
  ["0:0:0:0:0:0:0:1", "loopback"],
  ["::ffff:127.0.0.1", "loopback"],
  ["::ffff:7f00:1", "loopback"],
  ["64:ff9b::7f00:1", "loopback"],
  ["10.0.0.1", "private"],
  ["172.16.0.1", "private"],
  ["172.31.255.255", "private"],
  ["192.168.1.1", "private"],
  ["::ffff:10.1.2.3", "private"],
  ["64:ff9b::a00:1", "private"],
  ["fc00::1", "private"],
  ["fdff:ffff::1", "private"],
  ["fec0::1", "private"],
  ["100.64.0.1", "carrier_grade_nat"],
  ["100.127.255.255", "carrier_grade_nat"],
  ["169.254.1.1", "link_local"],
  ["fe80::1", "link_local"],
  ["febf::1", "link_local"],
  ["fe80::1%eth0", "link_local"],
  ["169.254.169.254", "metadata"],
  ["::ffff:169.254.169.254", "metadata"],
  ["::ffff:a9fe:a9fe", "metadata"],
  ["64:ff9b::a9fe:a9fe", "metadata"],
  ["169.254.170.2", "metadata"],
  ["100.100.100.200", "metadata"],
  ["168.63.129.16", "metadata"],
  ["192.0.0.192", "metadata"],
  ["fd00:ec2::254", "metadata"],
  ["fd20:ce::254", "metadata"],
  ["224.0.0.1", "multicast"],
  ["239.255.255.255", "multicast"],
  ["ff02::1", "multicast"],
  ["0.0.0.0", "reserved"],
  ["0.1.2.3", "reserved"],
  ["192.0.2.1", "reserved"],
  ["198.18.0.1", "reserved"],
  ["198.19.255.255", "reserved"],
  ["198.51.100.7", "reserved"],
  ["203.0.113.9", "reserved"],
  ["240.0.0.1", "reserved"],
  ["255.255.255.255", "reserved"],
  ["::", "reserved"],
  ["::7f00:1", "reserved"],
  ["::127.0.0.1", "reserved"],
  ["64:ff9b:1::1", "reserved"],
  ["100::1", "reserved"],
  ["2001::1", "reserved"],
  ["2001:10::1", "reserved"],
  ["2001:db8::1", "reserved"],
  ["2002:7f00:1::", "reserved"],
  ["2002:c0a8:101::1", "reserved"],
  ["3fff::1", "reserved"],
  ["4000::1", "reserved"],
  ["localhost", "not_an_address"],
  ["127.1", "not_an_address"],
  ["0x7f000001", "not_an_address"],
  ["2130706433", "not_an_address"],
  ["", "not_an_address"],
  ["1.2.3.4.5", "not_an_address"],
];

describe("classOfAddress", () => {
  it.each(CORPUS)("%s is %s", (address, kind) => {
    expect(classOfAddress(address)).toBe(kind);
  });

  it("gives an IPv4 address and its IPv6-mapped and NAT64 forms the same class", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        const kind = classOfAddress(address);
        expect(classOfAddress(`::ffff:${address}`)).toBe(kind);
        expect(classOfAddress(`::ffff:${hex}`)).toBe(kind);
        expect(classOfAddress(`64:ff9b::${hex}`)).toBe(kind);
      }),
    );
  });

  it("never calls anything outside global unicast public, whatever its notation", () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        if (classOfAddress(address) !== "public") return;
        const first = Number.parseInt(address.split(":")[0] || "0", 16);
        expect(first >= 0x2000 && first <= 0x3fff ? "unicast" : address).toSatisfy(
          (found: string) =>
            found === "unicast" || found.startsWith("64:") || found.toLowerCase().includes("ffff:"),
        );
      }),
    );
  });
});

describe("isReachableAddress", () => {
  it("opens private ranges for the operator, but never metadata, link-local or multicast", () => {
    expect(isReachableAddress("127.0.0.1")).toBe(false);
    for (const open of ["127.0.0.1", "10.0.0.1", "100.64.0.1", "::1", "fc00::1"]) {
      expect(isReachableAddress(open, true)).toBe(true);
    }
    for (const closed of [
      "169.254.169.254",
      "168.63.129.16",
      "fe80::1",
      "224.0.0.1",
      "0.0.0.0",
      "fd00:ec2::254",
    ]) {
      expect(isReachableAddress(closed, true)).toBe(false);
    }
  });
});
