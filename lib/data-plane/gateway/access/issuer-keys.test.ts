import { expect, it } from "vitest";
import { recordingLog } from "#lib/testing/recording-log.ts";
import { Issuers } from "./issuer-keys.ts";

const ISSUER = "https://login.example.com";

/** Looks for the key of a token at an authorization server that publishes this metadata. */
async function look(metadata: object): Promise<{ asked: string[]; problem: string }> {
  const asked: string[] = [];
  const issuers = new Issuers({
    fetchJson: async (url) => {
      asked.push(url);
      return url.includes("/.well-known/") ? metadata : { keys: [] };
    },
    monotonicMs: () => 0,
    log: recordingLog(),
  });
  const error: unknown = await issuers
    .of(ISSUER, null)
    .candidates({ alg: "RS256" })
    .catch((cause) => cause);
  return { asked, problem: error instanceof Error ? error.message : "" };
}

it("reads the keys where the metadata says", async () => {
  const { asked } = await look({ issuer: ISSUER, jwks_uri: "https://keys.example.com/set" });
  expect(asked).toContain("https://keys.example.com/set");
});

it.each([
  [{ issuer: ISSUER, jwks_uri: "http://keys.example.com/set" }, "without https"],
  [{ issuer: `${ISSUER}/`, jwks_uri: "https://keys.example.com/set" }, "another issuer"],
  [{ issuer: ISSUER }, "no jwks_uri"],
  [{ issuer: ISSUER, jwks_uri: ["https://keys.example.com/set"] }, "no jwks_uri"],
])("takes no keys by way of %j", async (metadata, words) => {
  const { asked, problem } = await look(metadata);
  expect(problem).toContain(words);
  expect(asked.filter((url) => !url.includes("/.well-known/"))).toEqual([]);
});
