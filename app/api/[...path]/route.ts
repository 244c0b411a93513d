import { dispatch } from "#lib/http/api.ts";

/** Nothing is here: an unknown address below `/api` is answered as a problem, not as a page. */
export const dynamic = "force-dynamic";

export {
  dispatch as DELETE,
  dispatch as GET,
  dispatch as HEAD,
  dispatch as OPTIONS,
  dispatch as PATCH,
  dispatch as POST,
  dispatch as PUT,
};
