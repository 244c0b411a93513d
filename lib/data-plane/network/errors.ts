import type { AddressClass } from "./address-rules.ts";

const MEANING: Readonly<Record<AddressClass, string>> = {
  public: "a public address",
  loopback: "this machine itself",
  private: "a private network",
  carrier_grade_nat: "a carrier-grade NAT network",
  link_local: "a link-local network",
  metadata: "a cloud metadata service",
  multicast: "a multicast group",
  reserved: "a reserved range",
  not_an_address: "not an IP address",
};

/** A destination that tenant-controlled traffic may not reach. `message` is public and names no resolved address. */
export class AddressRefusedError extends Error {
  override readonly name = "AddressRefusedError";
  readonly host: string;
  readonly addressClass: AddressClass;

  constructor(host: string, addressClass: AddressClass) {
    super(`${host} is ${MEANING[addressClass]}, which is not reachable from here`);
    this.host = host;
    this.addressClass = addressClass;
  }
}
