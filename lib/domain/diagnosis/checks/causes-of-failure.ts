import type { VerdictCode } from "#lib/contract/index.ts";
import type { FailureKind } from "../facts/failures.ts";

/** Causes for which a failing call of a kind speaks. */
export const CAUSES_OF_FAILURE: Readonly<Record<FailureKind, readonly VerdictCode[]>> = {
  authorization: ["upstream_auth", "call_time_authorization", "config_change", "bad_deployment"],
  arguments: ["schema_mismatch", "bad_deployment", "config_change"],
  unknown_tool: [
    "handler_missing",
    "tool_removed",
    "tool_unknown",
    "client_cached_list",
    "bad_deployment",
    "config_change",
  ],
  too_large: ["size_cap", "bad_deployment", "config_change"],
  too_long: ["time_cap", "upstream_slow", "upstream_down", "bad_deployment", "config_change"],
  crash: ["runtime_crash", "bad_deployment", "config_change"],
  unreachable: ["upstream_down", "region_down", "bad_deployment", "config_change"],
  upstream_error: ["upstream_errors", "region_down", "bad_deployment", "config_change"],
  code: ["server_code_error", "bad_deployment", "config_change"],
};
