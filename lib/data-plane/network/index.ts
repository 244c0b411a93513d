/** Which addresses traffic on behalf of tenants may reach, a connector that holds to it, and which headers end at a hop. */
export { type AddressClass, classOfAddress, isReachableAddress } from "./address-rules.ts";
export { AddressRefusedError } from "./errors.ts";
export { HOP_BY_HOP, namedByConnection } from "./hop-by-hop.ts";
export {
  assertPublicAddress,
  createPinnedConnector,
  type ReachOptions,
  type ResolveAll,
  type ResolvedTarget,
  resolveTarget,
} from "./pinned-connector.ts";
