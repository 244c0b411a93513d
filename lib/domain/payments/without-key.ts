import type { Ctx } from "../access/index.ts";

/** The same call without its idempotency key: for steps that are safe to repeat, whatever they find. */
export const withoutKey = ({ idempotency: _used, ...ctx }: Ctx): Ctx => ctx;
