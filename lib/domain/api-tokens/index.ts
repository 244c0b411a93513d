/** API tokens: how scripts and agents act in an organization. Only hashes are stored. */
export { createApiToken, listApiTokens, revokeApiToken } from "./api-tokens.ts";
export { findTokenBySecret } from "./find-token.ts";
