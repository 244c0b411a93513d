import type { Evidence, VerdictCode } from "#lib/contract/index.ts";
import { valueIn } from "../../facts/collected.ts";

export type Probe = NonNullable<ReturnType<typeof probeOf>>;

export const probeOf = (evidence: Evidence, era: "modern" | "legacy") => valueIn(evidence.smoke[era]);

export const stateCauses = ({ subject: { server } }: Evidence): VerdictCode[] => {
  if (server === null) return [];
  if (server.isDeleted) return ["server_deleted"];
  if (server.kind === "hosted" && server.version === null) return ["not_published"];
  return server.status === "active" ? [] : ["server_inactive"];
};
