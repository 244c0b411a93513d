/** Which addresses traffic on behalf of tenants may reach, and a connector that holds to it. */
export { type AddressClass, classOfAddress, isReachableAddress } from "./address-rules.ts";
export { AddressRefusedError } from "./errors.ts";
export {
  assertPublicAddress,
  createPinnedConnector,
  type ReachOptions,
  type ResolveAll,
} from "./pinned-connector.ts";
