import { expect, test } from "vitest";
import { CreateLogDrain, UpdateLogDrain } from "./log-drains.ts";

test("a choice of servers that is misspelt is refused, not taken for all servers", () => {
  const drain = { name: "archive", kind: "http_ndjson", url: "https://logs.example.com", logs: ["console"] };
  expect(CreateLogDrain.parse(drain).serverIds).toBeNull();
  expect(CreateLogDrain.safeParse({ ...drain, servers: ["srv_1"] }).success).toBe(false);
  expect(UpdateLogDrain.safeParse({ serverIDs: ["srv_1"] }).success).toBe(false);
});
