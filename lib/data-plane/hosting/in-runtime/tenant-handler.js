/** Wraps the tenant's module into the handler that the runtime calls, and refuses one that has none as it loads. */
import { duringRequest } from "./console-prelude.js";

const wrappedClass = (Entrypoint) =>
  class extends Entrypoint {
    fetch(request, ...rest) {
      return duringRequest(request, () => super.fetch(request, ...rest));
    }
  };

/** The default export for a tenant's module namespace: an object with `fetch`, or a class that the runtime constructs. */
export function tenantHandler(tenant) {
  const handler = tenant.default;
  if (typeof handler === "function" && typeof handler.prototype?.fetch === "function")
    return wrappedClass(handler);
  if (typeof handler?.fetch !== "function") {
    throw new TypeError(
      "The main module has no fetch handler: it must `export default { async fetch(request, env) { … } }`.",
    );
  }
  return {
    fetch: (request, env, context) => duringRequest(request, () => handler.fetch(request, env, context)),
  };
}
