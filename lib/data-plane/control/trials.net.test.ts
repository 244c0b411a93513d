import { expect, it } from "vitest";
import { createTrials, type TrialsOptions } from "./trials.ts";

it("keeps a trial until the exception that comes after its answer is known, then tells it", async () => {
  const written: string[] = [];
  let isStopped = false;
  const parts = {
    directory: { byId: () => null },
    driver: {
      trial: async () => ({
        lease: { origin: "http://runtime", path: "/mcp", exit: () => null, end: () => undefined },
        startMs: 1,
        stop: async () => {
          isStopped = true;
        },
      }),
    },
    lines: { position: () => ({ head: 0 }), errorsOf: () => [...written] },
  };
  const trials = createTrials(parts as unknown as TrialsOptions);
  const started = await trials.start({
    organizationId: "org_1",
    serverId: "srv_1",
    versionId: "ver_1",
    semver: "1.0.0",
    bundle: { mainModule: "main.js", modules: {} },
    environment: {},
  });
  if (!started.ok) throw new Error("the trial did not start");
  setTimeout(() => {
    if (!isStopped) written.push("Uncaught Error: no key");
  }, 50);
  const [first, second] = await Promise.all([trials.stop(started.trialId), trials.stop(started.trialId)]);
  expect(first.errorLines).toEqual(["Uncaught Error: no key"]);
  expect(isStopped).toBe(true);
  expect(second.errorLines).toEqual([]);
});
