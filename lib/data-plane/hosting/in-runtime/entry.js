/** The main module of every hosted isolate: `__TENANT_MODULE__` is filled in by the driver. */

import * as tenant from "__TENANT_MODULE__";
import { duringRequest } from "./mcpstack-console-prelude.js";

const handler = tenant.default;
const isClass = typeof handler === "function" && typeof handler.prototype?.fetch === "function";
if (!isClass && typeof handler?.fetch !== "function") {
  throw new TypeError(
    "The main module has no fetch handler: it must `export default { async fetch(request, env) { … } }`.",
  );
}

/** A class is an entrypoint that the runtime itself constructs. */
const subclass = () =>
  class extends handler {
    fetch(request, ...rest) {
      return duringRequest(request, () => super.fetch(request, ...rest));
    }
  };

export default isClass
  ? subclass()
  : { fetch: (request, env, context) => duringRequest(request, () => handler.fetch(request, env, context)) };
