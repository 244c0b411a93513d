import { nothingFound } from "../../answers.ts";
import type { Check } from "../../check.ts";
import { valueIn } from "../../facts/collected.ts";
import { gatewayPath, valueRef } from "../../facts/refs.ts";
import { said } from "../../facts/words.ts";

export const doctor: Check = {
  id: "gateway.doctor",
  stage: "gateway",
  title: "Gateway doctor",
  needs: ["gateway.doctor"],
  run(evidence) {
    const found = valueIn(evidence.gateway.doctor) ?? [];
    const lookedAt = "The gateway's settings, issuer, grants and door, looked at now.";
    const gatewayId = valueIn(evidence.hosting.urls)?.gatewayId ?? null;
    const [worst] = found;
    if (worst === undefined) return nothingFound(lookedAt, "All is well.");
    return {
      status: "warn",
      lookedAt,
      finding: `${said(worst.title, 100)}: ${said(worst.detail, 300)}`,
      evidence: found
        .slice(0, 10)
        .map(({ id, title, detail }) =>
          valueRef(
            `gateway.doctor.${said(id, 80)}`,
            `${said(title, 100)}: ${said(detail, 200)}`,
            gatewayPath(gatewayId, "/doctor"),
          ),
        ),
      supports: found.some(({ id }) => /issuer|jwks|keys/i.test(id)) ? ["issuer_unreachable"] : [],
      fix: found.flatMap(({ fix }) => (fix === "" ? [] : [said(fix, 300)])).slice(0, 3),
    };
  },
};
